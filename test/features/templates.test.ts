// The templates of “New Network…”: each opens with its costs, and with no problem.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { before, describe, it } from 'node:test';
import { defaultSettings, open, price, problems, startPython } from '../../server/src/core/index.ts';

const folder = new URL('../../templates/', import.meta.url);
before(() => startPython());

/** The editor's languages: a new document has no name. */
const languages: Readonly<Record<string, string>> = { '.net.yaml': 'flopline', '.yaml': 'yaml', '.py': 'python' };

describe('templates', () => {
  for (const name of readdirSync(folder)) {
    it(`${name} has costs and no problem`, () => {
      const text = readFileSync(new URL(name, folder), 'utf8');
      const ending = Object.keys(languages).find(each => name.endsWith(each))!;
      const document = open({ name: 'Untitled-1', text, languageId: languages[ending] }, defaultSettings);
      const analysed = document && price(document, defaultSettings);
      assert.ok(analysed, 'it is a network');
      const { macs, params } = analysed.model.totals;
      assert.ok(macs.complete && params.complete && macs.value > 1e6 && params.value > 1e4);
      assert.deepEqual(
        problems(analysed).map(({ code, message }) => `${code}: ${message}`),
        [],
      );
    });
  }

  it('are all offered', () => {
    const offered = readFileSync(new URL('../../client/src/templates.ts', import.meta.url), 'utf8');
    for (const name of readdirSync(folder)) assert.ok(offered.includes(`'${name}'`), name);
  });
});

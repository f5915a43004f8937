// Tabs as PyYAML reads them: none is allowed outside quotes, comments and block text.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultSettings, open, price, report } from '../../server/src/core/index.ts';

const rows = ['nc: 2', 'backbone:', '  - [-1, 1, Conv, [8, 3, 1]] # a', 'head:', '  - [[0], 1, Detect, [nc]]', ''];

function read(text: string) {
  const document = open({ name: 'a.yaml', text }, defaultSettings)!;
  const { totals, problems } = report(price(document, defaultSettings)!);
  return {
    params: totals.params,
    codes: problems.filter(({ severity }) => severity === 'error').map(({ code }) => code),
  };
}

const text = rows.join('\n');
const { params } = read(text);

for (const [what, from, to] of [
  ['after a word', 'Conv,', 'Conv\t,'],
  ['after a comma', 'Conv, ', 'Conv,\t'],
  ['after a colon', 'nc: 2', 'nc:\t2'],
  ['in front of a comment', '] # a', ']\t# a'],
  ['at the end of a line', '[nc]]', '[nc]]\t'],
] as const) {
  test(`a tab ${what} is an error, and the line is read with a space`, () => {
    assert.deepEqual(read(text.replace(from, to)), { params, codes: ['yaml-stray-tab'] });
  });
}

for (const [what, from, to] of [
  ['in a comment', '# a', '# a\tb'],
  ['in quotes', 'nc: 2', "nc: 2\nname: 'a\tb'"],
] as const) {
  test(`a tab ${what} is nothing`, () => {
    assert.deepEqual(read(text.replace(from, to)), { params, codes: [] });
  });
}

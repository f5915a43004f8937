// One spelling of a quantity wherever a person reads it: `347M MACs`, `3.16M params`, `12.6 MB`, `812 params`.
import assert from 'node:assert/strict';
import { describe, it, test } from 'node:test';
import { terminalTable } from '../../server/src/cli/table.ts';
import {
  type Analysed,
  defaultSettings,
  markdownReport,
  open,
  orderOf,
  price,
  report,
  summary,
} from '../../server/src/core/index.ts';
import { specs, texts } from '../support/texts.ts';

const quantity = /(\d[\d.,]*)(\s?)([kMGTPEZY]?)(\s?)(MACs|FLOPs|ops|params|parameters(?! \()|B)\b(?!\/)/g;
/** Units that are not ours. */
const foreign = /\d\s?(?:K|[KMGT]i)B\b|\d\s?[kMG](?:MACs|FLOPs|params)|\b[kMGT]MACs\b/g;
/** What a framework prints, and what a comment of the text says, are quoted. */
const quoted = /\d[\d.]* [GB]FLOPs|(?<=[GB]FLOPs, |the network has )[\d,]+ parameters/g;

/** The quantities of a text that are spelled otherwise. */
function misspelled(text: string): string[] {
  const own = text.replace(quoted, '');
  const found = [...own.matchAll(quantity)].filter(([, number, before, prefix, after, unit]) => {
    const isRounded = prefix === '' ? /^\d{1,3}$/.test(number!) : /^(?:\d\.\d\d|\d\d\.\d|\d{3})$/.test(number!);
    const gaps = prefix === '' ? `${before}${after}` : unit === 'B' ? `${before}|${after}` : `${after}|${before}`;
    const isSpaced = gaps.replace('\u00a0', ' ') === (prefix === '' ? ' ' : ' |');
    return !isRounded || !isSpaced || unit === 'parameters';
  });
  return [...found.map(([all]) => all), ...(own.match(foreign) ?? [])];
}

test('quantities that are spelled otherwise are found', () => {
  assert.deepEqual(misspelled('347M MACs · 1.58G MACs · 812 params · 12.6 MB · 512 B · 7.59 FLOPs/byte'), []);
  assert.deepEqual(misspelled('8.9 GFLOPs as printed by Ultralytics; 8.7 GFLOPs, 3,151,904 parameters'), []);
  for (const wrong of ['347 M MACs', '347MMACs', '1.6G MACs', '1,200 MACs', '3.16M parameters', '3.16Mparams'])
    assert.equal(misspelled(wrong).length > 0, true, wrong);
  for (const wrong of ['12.6MB', '12.6 MiB', '12.60 MB', '12 KB', '1500 B', '4.37 GMACs', '2.0k params'])
    assert.equal(misspelled(wrong).length > 0, true, wrong);
});

describe('quantities are spelled alike', () => {
  for (const source of specs) {
    it(source.name, () => {
      const document = open(source, defaultSettings);
      const analysed = document && price(document, defaultSettings);
      if (!analysed) return;
      const wrong = [...texts(analysed, { step: 97, advice: 3 }), ...reports(analysed)].flatMap(([what, text]) =>
        misspelled(text).map(found => `${what}: ${found} in ${text}`),
      );
      assert.deepEqual(wrong.slice(0, 5), []);
    });
  }
});

function reports(analysed: Analysed): readonly (readonly [string, string])[] {
  const { detail } = summary(analysed);
  const words = { detail, unit: analysed.model.convention.unit, shapeOrder: orderOf(analysed) };
  const result = report(analysed);
  return [
    ['table', terminalTable(result, words)],
    ['markdown', markdownReport(result, words)],
  ];
}

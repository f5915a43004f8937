// What may be written in a row is data beside the words of its hover, and agrees with what is reported.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Analysed, defaultSettings, open, price } from '../../../server/src/core/index.ts';

type Note = Analysed['spec']['graph']['root']['notes'][number];

function analyse(row: string): Analysed {
  const text = `nc: 80\nbackbone:\n  - [-1, 1, Conv, [64, 3, 2]]\n  - ${row}\nhead: []\n`;
  return price(open({ name: 'own.yaml', text }, defaultSettings)!, defaultSettings)!;
}

/** What may be written at the one place of the second row that has this text. */
function allowedAt(row: string, written: string): Note['allowed'] {
  const { document, spec } = analyse(row);
  const { text } = document.source;
  const { notes } = spec.graph.root.children[1]!;
  const found = notes.filter(({ range }) => text.slice(range.from, range.to) === written);
  assert.equal(found.length, 1, `places with ${written}`);
  return found[0]!.allowed;
}

const errors = (row: string): readonly string[] =>
  analyse(row).problems.flatMap(({ severity, code }) => (severity === 'error' ? [code] : []));

describe('what may be written in a row', () => {
  it('a reference, a number of repeats, a module', () => {
    const row = '[-1, 2, C2f, [32]]';
    assert.deepEqual(allowedAt(row, '-1'), { kind: 'reference' });
    assert.deepEqual(allowedAt(row, '2'), { kind: 'number', min: 0 });
    const modules = allowedAt(row, 'C2f');
    assert.ok(modules?.kind === 'operator');
    const names = modules.choices();
    assert.ok(names.includes('C2f') && names.includes('nn.Conv2d') && !names.includes('CoordAtt'));
  });
  for (const [row, written, kind, right, wrong] of [
    ['[-1, 1, Conv, [32, 5]]', '5', 'integer', '3', '0'],
    ['[-1, 1, C2f, [32, True]]', 'True', 'boolean', 'False', 'maybe'],
    ['[-1, 1, C2f, [32, False, 1, 0.25]]', '0.25', 'number', '0.5', 'half'],
    ['[-1, 1, nn.Upsample, [None, 2, nearest]]', 'nearest', 'choice', 'bilinear', 'smooth'],
  ] as const) {
    it(`${kind}: ${right} is taken, ${wrong} is reported`, () => {
      const allowed = allowedAt(row, written);
      assert.equal(allowed?.kind, kind);
      if (allowed.kind === 'choice') {
        assert.ok(allowed.choices().includes(right) && !allowed.choices().includes(wrong));
      }
      if (allowed.kind === 'integer') assert.equal(allowed.min, 1);
      assert.deepEqual(errors(row.replace(written, right)), []);
      assert.equal(errors(row.replace(written, wrong)).length, 1);
    });
  }
});

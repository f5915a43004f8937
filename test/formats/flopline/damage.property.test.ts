// One line of a correct network is damaged: rows above it stay, and rows below keep their places.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { it } from 'node:test';
import fc from 'fast-check';
import { defaultSettings, type FileReport, open, price, report } from '../../../server/src/core/index.ts';
import { damaged } from '../../support/damage.ts';

const examples = new URL('../../../examples/', import.meta.url);
const texts = readdirSync(examples)
  .filter(name => name.endsWith('.net.yaml'))
  .map(name => readFileSync(new URL(name, examples), 'utf8'));

it('Networks with one damaged line keep their rows, and never hide what could not be read', () => {
  fc.assert(
    fc.property(damaged(texts), ({ text, line }) => {
      const now = costs(text);
      const before = costs(texts.find(spec => sameElsewhere(spec, text, line))!);
      const { layers, totals, problems } = now;
      const damagedRow =
        /^ {0,3}-? ?-/.test(text.split('\n')[line]!) && before.layers.some(row => row.line === line + 1);
      if (damagedRow && !text.includes('&')) {
        for (const row of before.layers.filter(each => each.line! < line + 1)) {
          const same = layers[row.index];
          assert.deepEqual([same?.name, same?.macs, same?.params], [row.name, row.macs, row.params], text);
        }
      }
      if (layers.some(({ complete }) => !complete)) assert.equal(totals.complete, false, text);
      for (const row of layers) {
        if (row.repaired)
          assert.ok(
            problems.some(({ severity }) => severity === 'error'),
            text,
          );
      }
      const unread = problems.some(({ code, message }) => code === 'yaml-syntax' && message.startsWith('This line'));
      if (unread) assert.equal(totals.complete, false, text);
      // A dash that was lost or has no space behind it costs no row its place.
      if (
        totals.complete &&
        !layers.some(row => row.repaired) &&
        problems.every(({ severity }) => severity !== 'error')
      ) {
        assert.ok(layers.length <= before.layers.length, text);
      }
    }),
    { numRuns: 500 },
  );
});

function sameElsewhere(spec: string, text: string, line: number): boolean {
  const [a, b] = [spec.split('\n'), text.split('\n')];
  return a.length === b.length && a.every((each, index) => index === line || each === b[index]);
}

function costs(text: string): FileReport {
  const document = open({ name: 'any.net.yaml', text }, defaultSettings)!;
  return report(price(document, defaultSettings)!);
}

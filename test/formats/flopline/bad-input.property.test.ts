// No text throws, and every range lies inside the text.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { operatorNames } from '../../../server/src/core/formats/flopline/operators.ts';
import { defaultSettings, hints, open, price, type Range, report, symbols } from '../../../server/src/core/index.ts';

const examples = new URL('../../../examples/', import.meta.url);
const seeds = [new URL('./fixtures/', import.meta.url), examples].flatMap(folder =>
  readdirSync(folder)
    .filter(name => name.endsWith('.net.yaml'))
    .map(name => readFileSync(new URL(name, folder), 'utf8')),
);

describe('Flopline YAML, any text', () => {
  it('texts of words, numbers and signs', () => {
    const word = fc.oneof(
      fc.constantFrom(...operatorNames),
      fc.constantFrom('branches', 'residual', 'repeat', 'layers', 'times', 'join', 'shortcut', 'from', 'name', 'if'),
      fc.constantFrom('repeats', 'norm', 'act', 'kernel', 'out', 'padding', 'same', 'depthwise', 'stride', 'axis'),
      fc.constantFrom('$a', '$(a * 2)', '"$(a // 0)"', '$channels', 'a', 'b', 'input', '-1', '.nan', '1e308', '~'),
      fc.integer({ min: -3, max: 70 }).map(String),
    );
    const value: fc.Arbitrary<string> = fc.letrec<{ value: string }>(tie => ({
      value: fc.oneof(
        { maxDepth: 4 },
        word,
        fc.array(tie('value'), { maxLength: 3 }).map(items => `[${items.join(', ')}]`),
        fc
          .array(fc.tuple(word, tie('value')), { maxLength: 4 })
          .map(entries => `{${entries.map(([key, item]) => `${key}: ${item}`).join(', ')}}`),
      ),
    })).value;
    const rows = fc.array(value, { minLength: 1, maxLength: 8 }).map(list => list.map(row => `  - ${row}`).join('\n'));
    const input = fc.constantFrom('[3, 8, 8]', '[4, 6]', '[5]', '{a: [3, 8, 8], b: [3, 8, 8]}', '?');
    fc.assert(
      fc.property(input, rows, rows, value, (sizes, body, layers, extra) => {
        check(
          `input: ${sizes}\nlet: {a: 2, b: ${extra}}\nblocks:\n  a(x, a=3):\n${body}\nlayers:\n${layers}\noutput: ${extra}\n`,
        );
      }),
      { numRuns: 1500 },
    );
  });

  it('mutated specs', () => {
    const cut = fc.tuple(
      fc.nat(),
      fc.nat({ max: 12 }),
      fc.constantFrom(
        '',
        ' ',
        '\n',
        '- ',
        ': ',
        '[',
        ']',
        '{',
        '}',
        '"',
        "'",
        '#',
        '*a',
        '&a ',
        '$',
        '~',
        '|',
        '\t',
        '9',
        '<<: ',
        '\u0000',
        '🙂',
      ),
    );
    fc.assert(
      fc.property(fc.nat({ max: seeds.length - 1 }), fc.array(cut, { minLength: 1, maxLength: 4 }), (seed, cuts) => {
        let text = seeds[seed]!;
        for (const [at, length, put] of cuts) {
          const from = at % (text.length + 1);
          text = text.slice(0, from) + put + text.slice(from + length);
        }
        check(text);
      }),
      { numRuns: 1500 },
    );
  });

  it('a blank where a parameter should be', () =>
    check('name: n\nblocks:\n  f(a, ):\n    - relu\nlayers:\n  - f: 1\n'));
});

function check(text: string): void {
  const document = open({ name: 'any.net.yaml', text }, defaultSettings)!;
  const analysed = price(document, defaultSettings)!;
  const inside = ({ from, to }: Range, what: string): void => {
    assert.ok(from >= 0 && from <= to && to <= text.length, `${what}: ${from}–${to} of ${text.length} in\n${text}`);
  };
  for (const { range, code, message } of analysed.problems) {
    inside(range, `problem ${code}`);
    assert.ok(!/undefined|NaN|\[object/.test(message.replace(/“[^”]*”/g, '')), `${message}\n${text}`);
  }
  const visit = (frame: (typeof analysed.model.graph.root.children)[number]): void => {
    for (const { range: site } of frame.sites) inside(site, `site of ${frame.label}`);
    for (const note of frame.notes) inside(note.range, `note of ${frame.label}`);
    frame.children.forEach(visit);
  };
  analysed.model.graph.root.children.forEach(visit);
  inside(analysed.spec.head, 'head');
  hints(analysed, { from: 0, to: text.length });
  symbols(analysed);
  report(analysed);
}

// One line of a correct cfg is damaged. Where Darknet's own parser goes on, the totals are its reading; where it stops,
// they are not complete, or those of the text that was meant. What read_cfg and read_option make of a text is written
// down here once more, as the plainest text with the same sections.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { sectionOf } from '../../../server/src/core/formats/darknet/keys.ts';
import { defaultSettings, open, price, type RowReport, report } from '../../../server/src/core/index.ts';

const detector = `[net]
width=64
height=64
channels=3

# 0
[convolutional]
batch_normalize=1
filters=16
size=3
stride=2
pad=1
activation=leaky

[maxpool]
size=2
stride=2

[convolutional]
filters=16
size=3
pad=1
activation=leaky

[shortcut]
from=-2
activation=linear

[upsample]
stride=2

[route]
layers = -1, 0

[convolutional]
filters=21
size=1
activation=linear

[yolo]
mask = 0,1,2
anchors = 10,14, 23,27, 37,58, 81,82, 135,169, 344,319
classes=2
num=6
`;

const classifier = `; a classifier
[net]
height=24
width=32
channels=3
[convolutional]
filters=8
size=3
pad=1
groups=1
[avgpool]
[connected]
output=10
activation=relu
[softmax]
[cost]
type=sse
`;

type Damage = (lines: readonly string[], at: number, column: number) => readonly string[];

const on =
  (change: (line: string, column: number) => string): Damage =>
  (lines, at, column) =>
    lines.with(at, change(lines[at]!, column % (lines[at]!.length + 1)));

const insert = (text: string): Damage => on((line, column) => line.slice(0, column) + text + line.slice(column));

const damages: readonly Damage[] = [
  on(line => `  ${line}`),
  on((line, column) => line.slice(0, column) + line.slice(column + 1)),
  on((line, column) => line.slice(0, column) + line.slice(column + 3)),
  on((line, column) => line.slice(0, column)),
  on(line => line.replace(/[[\]=]/, '')),
  on(line => line.replace(/=.*/, '=')),
  on(line => line.replace('=', ' ')),
  ...['[', ']', '=', ' ', 'x', '7', ',', '#', ';', '\t', '\n'].map(insert),
  (lines, at) => lines.toSpliced(at, 1),
  (lines, at) => lines.toSpliced(at, 2, lines.slice(at, at + 2).join('')),
];

describe('Darknet cfg, one damaged line', () => {
  it('is read as Darknet reads it, or is not complete, or is repaired; rows above stay', () => {
    const kinds = { accepted: 0, repaired: 0, incomplete: 0 };
    fc.assert(
      fc.property(
        fc.constantFrom(detector, classifier),
        fc.nat(),
        fc.nat(),
        fc.constantFrom(...damages),
        (text, line, column, damage) => {
          const lines = text.split('\n');
          const at = line % (lines.length - 1);
          kinds[check(text, damage(lines, at, column).join('\n'), at)]++;
        },
      ),
      { numRuns: 1500 },
    );
    // None of the three may be there for nothing.
    assert.ok(Math.min(...Object.values(kinds)) > 20, JSON.stringify(kinds));
  });
});

function check(text: string, damaged: string, line: number): 'accepted' | 'repaired' | 'incomplete' {
  const told = damaged.slice(0, 2000);
  const is = priced(damaged);
  assert.ok(is, `not read at all: ${told}`);
  const plain = asRead(damaged);
  const repaired = is.layers.filter(row => row.repaired);
  if (repaired.length > 0) {
    assert.ok(
      is.problems.some(({ severity }) => severity === 'error'),
      told,
    );
    assert.ok(plain === undefined || !priced(plain)?.totals.complete, `Darknet goes on, but it was repaired: ${told}`);
  } else if (plain === undefined) {
    assert.ok(!is.totals.complete, `Darknet stops, but the totals are complete: ${told}`);
  } else {
    const want = priced(plain);
    // Reasons speak of lines, which are others there.
    const numbers = (of: ReturnType<typeof priced>): unknown => [
      { ...of?.totals, why: undefined },
      of?.native,
      costs(of?.layers),
    ];
    assert.deepEqual(numbers(is), numbers(want), told);
  }
  const was = priced(text)!;
  // The section that the line stands in may be another one; those above it may not.
  const above = was.layers.filter(row => row.line !== null && row.line <= line + 1).slice(0, -1);
  assert.deepEqual(costs(is.layers.slice(0, above.length)), costs(above), told);
  return repaired.length > 0 ? 'repaired' : is.totals.complete ? 'accepted' : 'incomplete';
}

const costs = (rows: readonly RowReport[] | undefined): unknown =>
  rows?.map(({ op, outputs, params, macs, complete }) => [op, outputs, params, macs, complete]);

function priced(text: string) {
  const document = open({ name: 'x.cfg', text }, { ...defaultSettings, dialect: 'alexeyab' });
  const analysed = document && price(document, { ...defaultSettings, dialect: 'alexeyab' });
  return analysed && report(analysed);
}

/** The sections of read_cfg with the options that option_find finds; undefined where Darknet stops before any layer. */
function asRead(text: string): string | undefined {
  const sections: { header: string; options: Map<string, string | undefined> }[] = [];
  for (const line of text.split('\n')) {
    const own = line.replace(/[ \t\r\n]/g, '');
    if (own === '' || own.startsWith('#') || own.startsWith(';')) continue;
    if (own.startsWith('[')) sections.push({ header: own, options: new Map() });
    else if (sections.length === 0) return undefined;
    else {
      const equals = own.indexOf('=');
      if (equals >= 0 && equals === own.length - 1) continue;
      const key = equals < 0 ? own : own.slice(0, equals);
      const { options } = sections.at(-1)!;
      if (!options.has(key)) options.set(key, equals < 0 ? undefined : own.slice(equals + 1));
    }
  }
  const types = sections.map(({ header }) => /^\[(\w+)\]$/.exec(header)?.[1] ?? '');
  if (types.some((type, index) => (sectionOf(type)?.name === 'net') !== (index === 0) || !sectionOf(type)))
    return undefined;
  return sections
    .map(({ header, options }) => {
      const lines = [...options].flatMap(([key, value]) => (value === undefined ? [] : [`${key}=${value}`]));
      return [header, ...lines].join('\n');
    })
    .join('\n');
}

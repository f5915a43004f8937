// Random cfgs: every fix that advice offers is applied alone and checked, and edits of any kind keep who reads whom.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { darknet } from '../../../server/src/core/formats/darknet/index.ts';
import type { GraphEdit, NewConv, Place } from '../../../server/src/core/graph/edit.ts';
import { applyEdits, defaultSettings } from '../../../server/src/core/index.ts';
import { parseCfg, placedSection } from '../../../server/src/core/syntax/cfg.ts';
import { checkAllAdvice } from '../../support/advice.ts';

const runs = (standard: number): number => Number(process.env.FLOPLINE_RUNS ?? standard);

// ——— Advice ————————————————————————————————————————————————————————————————————————————————————————————————————————

/** Lines of a section; `equals` is what its author writes around `=`. */
type Section = (equals: string, index: number) => readonly string[];

const widths = fc.constantFrom(8, 16, 24, 32, 64);

const convolution: fc.Arbitrary<Section> = fc
  .record({
    type: fc.constantFrom('convolutional', 'convolutional', 'conv'),
    filters: widths,
    size: fc.constantFrom(1, 1, 3, 3, 5, 7),
    border: fc.constantFrom('pad', 'pad', 'padding', 'none'),
    more: fc.subarray(['batch_normalize=1', 'stride=1', 'groups=1', '# a comment inside', 'xnor=1', 'dilation=2']),
    stride: fc.constantFrom('', '', '', 'stride=2', 'stride_x=2'),
    activation: fc.constantFrom('activation=leaky', 'activation=linear', 'activation=mish  # why not', ''),
    first: fc.boolean(),
  })
  .map(({ type, filters, size, border, more, stride, activation, first }) => (equals: string) => {
    const edge = border === 'pad' ? ['pad=1'] : border === 'padding' ? [`padding=${(size - 1) / 2}`] : [];
    const lines = [`filters=${filters}`, `size=${size}`, ...(stride ? [stride] : []), ...edge];
    const rest = [...more.filter(line => line !== 'stride=1' || stride === ''), ...(activation ? [activation] : [])];
    const all = first ? [...rest, ...lines] : [...lines, ...rest];
    return [`[${type}]`, ...all.map(line => (line.startsWith('#') ? line : line.replace('=', equals)))];
  });

const back = fc.nat(5);

/** A layer above, by its number or counted back. */
const named = (index: number, far: number, absolute: boolean): number => {
  const target = Math.max(0, index - 1 - far);
  return absolute ? target : target - index;
};

const joint: fc.Arbitrary<Section> = fc
  .record({ kind: fc.constantFrom('shortcut', 'shortcut', 'route', 'split', 'sam'), far: back, absolute: fc.boolean() })
  .map(({ kind, far, absolute }) => (equals: string, index: number) => {
    if (index === 0) return ['[dropout]', 'probability=.1'];
    const one = named(index, far, absolute);
    if (kind === 'route') return ['[route]', `layers${equals}-1, ${one}`];
    if (kind === 'split') return ['[route]', `layers${equals}${one}`, `groups${equals}2`, `group_id${equals}1`];
    return [`[${kind}]`, `from${equals}${one}`, `activation${equals}linear`];
  });

const other: fc.Arbitrary<Section> = fc
  .constantFrom(
    ['[maxpool]', 'size=2', 'stride=2'],
    ['[maxpool]', 'size=3', 'stride=1'],
    ['[local_avgpool]', 'size=2', 'stride=2', 'padding=0'],
    ['[batchnorm]'],
    ['[activation]', 'activation=relu'],
    ['[dropout]', 'probability=.5'],
    ['[upsample]', 'stride=2'],
    ['[avgpool]'],
  )
  .map(lines => (equals: string) => lines.map(line => line.replace('=', equals)));

const section = fc.oneof(
  { weight: 6, arbitrary: convolution },
  { weight: 2, arbitrary: joint },
  { weight: 2, arbitrary: other },
);

const heads: readonly (readonly string[])[] = [
  [],
  ['[convolutional]', 'filters=18', 'size=1', 'activation=linear', '', '[yolo]', 'mask=0,1', 'num=2', 'classes=4'],
  ['[connected]', 'output=64', 'activation=relu', '', '[dropout]', '', '[connected]', 'output=10', '', '[softmax]'],
];

const cfg = fc
  .record({
    sections: fc.array(fc.tuple(section, fc.constantFrom('', '', '; above', '# A heading', '# 3', '# 7 of them')), {
      minLength: 2,
      maxLength: 8,
    }),
    head: fc.constantFrom(...heads),
    equals: fc.constantFrom('=', '=', ' = ', '= '),
    margin: fc.constantFrom('', '', '  '),
    gap: fc.constantFrom(0, 1, 1, 2),
    numbered: fc.boolean(),
    newline: fc.constantFrom('\n', '\n', '\r\n'),
    end: fc.boolean(),
  })
  .map(({ sections, head, equals, margin, gap, numbered, newline, end }) => {
    const all = sections.map(([lines, above], index) => [
      ...(above ? [above] : []),
      ...(numbered ? [`# ${index}`] : []),
      ...lines(equals, index).map((line, at) => (at === 0 ? line : margin + line)),
    ]);
    const text = [['[net]', 'width=16', 'height=16', 'channels=32'], ...all, ...(head.length > 0 ? [head] : [])];
    return text.map(lines => lines.join(newline)).join(newline.repeat(gap + 1)) + (end ? newline : '');
  });

describe('advice on random networks', () => {
  it('in Darknet cfg', () => {
    fc.assert(
      fc.property(cfg, text => {
        checkAllAdvice('random.cfg', text, { ...defaultSettings, input: [] });
      }),
      { numRuns: runs(12) },
    );
  });
});

// ——— Any edit ——————————————————————————————————————————————————————————————————————————————————————————————————————

/** Which options of which sections name layers. */
const names: Readonly<Record<string, string>> = {
  route: 'layers',
  shortcut: 'from',
  sam: 'from',
  scale_channels: 'from',
  convolutional: 'share_index',
  contrastive: 'yolo_layer',
  yolo: 'embedding_layer',
};

interface Seen {
  /** The comment inside a section that tells it apart; undefined is new. */
  readonly tag: string | undefined;
  readonly type: string;
  /** The number in the comment above. */
  readonly number: number | undefined;
  readonly above: number | undefined;
  readonly named: readonly number[];
}

/** What a text says, read without anything that made it. */
function seenIn(text: string): Seen[] {
  const blocks = text
    .split(/^(?=# \d+\r?\n\[)|^(?<!# \d+\r?\n)(?=\[)/m)
    .filter(block => /^\[/m.test(block) && !block.includes('[net]'));
  return blocks.map((block, index) => {
    const type = /^\[(\w+)\]/m.exec(block)![1]!;
    const number = /^# (\d+)\r?$/m.exec(block)?.[1];
    const value = new RegExp(`^${names[type] ?? 'none'} = (.*?)\\r?$`, 'm').exec(block)?.[1];
    const named = (value === undefined ? [] : value.split(',')).map(Number);
    return {
      tag: /^# (tag \d+)\r?$/m.exec(block)?.[1],
      type,
      number: number === undefined ? undefined : Number(number),
      above: type === 'route' || index === 0 ? undefined : index - 1,
      named: named.map(each => (each < 0 ? index + each : each)),
    };
  });
}

const tagged = fc
  .record({
    rows: fc.array(
      fc.record({
        type: fc.constantFrom(
          ...[
            'convolutional',
            'convolutional',
            'convolutional',
            'shared',
            'route',
            'route',
            'route',
            'shortcut',
            'sam',
          ],
          ...['scale_channels', 'contrastive', 'yolo', 'maxpool', 'batchnorm'],
        ),
        far: fc.array(back, { minLength: 1, maxLength: 2 }),
        absolute: fc.boolean(),
        number: fc.boolean(),
      }),
      { minLength: 3, maxLength: 12 },
    ),
    newline: fc.constantFrom('\n', '\r\n'),
  })
  .map(({ rows, newline }) => {
    const blocks = rows.map(({ type, far, absolute, number }, index) => {
      const isList = type === 'route' || type === 'shortcut';
      // Of a contrastive layer, 0 means none.
      const isSafe = type !== 'contrastive' || index - 1 - far[0]! > 0;
      const from = (isList ? far : far.slice(0, 1)).map(each => named(index, isSafe ? each : 0, absolute)).join(', ');
      const kind =
        type === 'shared'
          ? 'convolutional'
          : (index === 0 && names[type]) || (index === 1 && type === 'contrastive')
            ? 'dropout'
            : type;
      const key = type === 'convolutional' ? undefined : names[kind];
      return [
        ...(number ? [`# ${index}`] : []),
        `[${kind}]`,
        `# tag ${index}`,
        ...(kind === 'convolutional' ? ['filters = 16', 'size = 3', 'pad = 1'] : []),
        ...(key && index > 0 ? [`${key} = ${from}`] : []),
      ].join(newline);
    });
    return ['[net]', ...blocks].join(newline.repeat(2)) + newline;
  });

const pointwise: NewConv = {
  op: 'conv',
  depthwise: false,
  out: 8,
  kernel: [1, 1],
  strided: [false, false],
  border: 'none',
  norm: false,
  act: true,
};

describe('edits of a Darknet network', () => {
  it('keep who reads whom, whatever comes and goes', () => {
    const wishes = fc.record({
      before: fc.array(fc.tuple(fc.nat(11), fc.integer({ min: 1, max: 3 })), { maxLength: 2 }),
      remove: fc.option(fc.nat(11)),
    });
    fc.assert(
      fc.property(tagged, wishes, (text, { before, remove }) => {
        const was = seenIn(text);
        const sites = parseCfg(text)
          .chunks.slice(1)
          .map(chunk => placedSection(chunk).range);
        assert.equal(sites.length, was.length);
        const edits: GraphEdit[] = [];
        const put = new Set<number>();
        for (const [wish, count] of before) {
          const index = wish % was.length;
          if (was[index]!.type !== 'convolutional' || put.has(index)) continue;
          put.add(index);
          const place: Place = { item: sites[index]!, norm: [], act: undefined };
          edits.push({ kind: 'insert', before: place, layers: Array.from({ length: count }, () => pointwise) });
        }
        const gone = remove === null ? -1 : remove % was.length;
        if (gone >= 0 && !put.has(gone)) edits.push({ kind: 'remove', item: sites[gone]! });
        if (edits.length === 0) return;
        const made = darknet.open({ name: 'r.cfg', text }).rewrite!(edits, {});
        const removes = edits.at(-1)!.kind === 'remove';
        if (!made) {
          // Only what is gone can make an edit impossible.
          assert.ok(removes, text);
          return;
        }
        const fixed = applyEdits(text, made);
        const is = seenIn(fixed);
        const tell = `${text}\n———\n${fixed}`;
        for (const [index, { number }] of is.entries()) {
          if (number !== undefined) assert.equal(number, index, `the comment above ${index}\n${tell}`);
        }
        /** Of a section that is gone, the one that it has read. */
        const standing = (index: number | undefined): number | undefined =>
          removes && index === gone ? (was[index]!.type === 'route' ? was[index]!.named[0] : was[index]!.above) : index;
        const kept = was.filter((_, index) => !removes || index !== gone);
        assert.deepEqual(
          is.flatMap(({ tag }) => tag ?? []),
          kept.map(({ tag }) => tag),
          tell,
        );
        for (const row of kept) {
          const now = is.find(({ tag }) => tag === row.tag)!;
          const wanted = row.named.map(index => was[standing(index)!]?.tag);
          assert.deepEqual(
            now.named.map(index => is[index]?.tag),
            wanted,
            `${row.tag} names others\n${tell}`,
          );
          let above = now.above;
          while (above !== undefined && is[above]!.tag === undefined) above = is[above]!.above;
          const over = standing(row.above);
          assert.equal(
            above === undefined ? undefined : is[above]!.tag,
            over === undefined ? undefined : was[over]!.tag,
            tell,
          );
        }
      }),
      { numRuns: runs(600) },
    );
  });
});

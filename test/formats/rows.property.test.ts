// Commands on rows of random networks: moved and moved back, and duplicated and deleted, a text is what it was; what is
// inserted or deleted leaves every other row reading what it read.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import {
  type Analysed,
  accept,
  advance,
  applyEdits,
  defaultSettings,
  open,
  price,
  type RowCommand,
  rowEdits,
} from '../../server/src/core/index.ts';
import { caffeNetworks } from '../support/caffeNetworks.ts';

interface Language {
  readonly name: string;
  readonly texts: fc.Arbitrary<string>;
  /** Texts whose comments have numbers of other rows too. */
  readonly misnumbered?: fc.Arbitrary<string>;
}

/** By row, the rows that it reads, as steps back: 0 is the row above. */
const network = fc.array(
  fc.record({
    reads: fc.array(fc.tuple(fc.nat(6), fc.boolean()), { minLength: 1, maxLength: 3 }),
    comment: fc.nat(5),
  }),
  { minLength: 3, maxLength: 9 },
);

/** Numbers of the rows that one reads: −1 for the row above, which the first row reads alone. */
function numbersOf(reads: readonly (readonly [number, boolean])[], row: number): readonly number[] {
  if (row === 0) return [-1];
  const numbers = reads.map(([back, isAbsolute]) => {
    const source = Math.max(0, row - 1 - back);
    return isAbsolute ? source : source - row;
  });
  return [...new Set(numbers)];
}

const remarks = ['', ' # a remark', '', '# above', '', '  # one more  '];

/** By row, by how much the number in its comment is off. */
const exact: fc.Arbitrary<readonly number[]> = fc.constant([]);
const off = fc.array(fc.constantFrom(0, 0, 1, -1, 2), { minLength: 9, maxLength: 9 });

const yolo = (slips: fc.Arbitrary<readonly number[]>): fc.Arbitrary<string> =>
  fc
    .tuple(network, fc.boolean(), fc.boolean(), fc.nat(8), fc.constantFrom('\n', '\r\n'), slips)
    .map(([rows, isNumbered, isFlow, split, newline, slip]) => {
      const written = rows.map(({ reads, comment }, row) => {
        const from = numbersOf(reads, row);
        const text =
          from.length === 1
            ? `[${from[0]}, 1, Conv, [${8 * (row + 1)}, 1, 1]]`
            : `[[${from.join(', ')}], 1, Concat, [1]]`;
        const remark = remarks[comment]!;
        return {
          text,
          above: remark.startsWith('#') ? [`    ${remark}`] : [],
          behind: isNumbered
            ? `${isFlow && split % 3 === 0 ? '#' : ' # '}${Math.max(0, row + (slip[row] ?? 0))}-P${row}/2`
            : remark.startsWith('#')
              ? ''
              : remark,
        };
      });
      const at = 1 + (split % (rows.length - 1));
      const list = (part: typeof written): string[] =>
        part.flatMap(({ text, above, behind }, row) => {
          if (!isFlow) return [...above, `  - ${text}${behind}`];
          const isLast = row === part.length - 1;
          const line = `${row === 0 ? '  [' : '   '}${text}${isLast ? (split % 2 === 0 ? ']' : '') : ','}${behind}`;
          return [...above, line, ...(isLast && split % 2 === 1 ? ['  ]'] : [])];
        });
      const head = '  # [from, number, module, args]';
      return [
        'nc: 4',
        'depth_multiple: 1.0',
        'width_multiple: 1.0',
        'backbone:',
        head,
        ...list(written.slice(0, at)),
        '',
        'head:',
        ...list(written.slice(at)),
        '',
      ].join(newline);
    });

const darknet = (slips: fc.Arbitrary<readonly number[]>): fc.Arbitrary<string> =>
  fc
    .tuple(network, fc.boolean(), fc.constantFrom('\n', '\r\n'), fc.constantFrom('', '\n'), slips)
    .map(([rows, isNumbered, newline, end, slip]) => {
      const sections = rows.map(({ reads, comment }, row) => {
        const [first, second] = numbersOf(reads, row);
        const head = [
          ...(remarks[comment]!.startsWith('#') ? [remarks[comment]!] : []),
          ...(isNumbered ? [`# ${Math.max(0, row + (slip[row] ?? 0))}`] : []),
        ];
        if (row === 0 || (first === -1 && second === undefined) || comment === 5)
          return [...head, '[convolutional]', `filters=${8 * (row + 1)}`, 'size=1', 'activation=linear'];
        if (first === -1) return [...head, '[shortcut]', `from = ${second}`, 'activation=linear'];
        return [...head, '[route]', `layers = ${numbersOf(reads, row).join(', ')}`];
      });
      const net = ['[net]', 'width=32', 'height=32', 'channels=3'];
      return [net, ...sections].map(lines => lines.join(newline)).join(newline + newline) + (end && newline);
    });

/** Two side branches that read the input, somewhere among the other layers: they can change places with them. */
const caffe: fc.Arbitrary<string> = fc.tuple(caffeNetworks, fc.nat(9), fc.nat(9)).map(([text, ...places]) => {
  const parts = text.split(/^(?=layer \{)/m);
  for (const [at, place] of places.entries()) {
    const pooling = 'pooling_param { pool: MAX kernel_size: 2 stride: 2 }';
    const side = `# side ${at}\nlayer { name: "side${at}" type: "Pooling" bottom: "data" top: "side${at}" ${pooling} }\n\n`;
    parts.splice(Math.min(2 + place, parts.length - 1), 0, side);
  }
  return parts.join('');
});

const languages: readonly Language[] = [
  { name: 'net.yaml', texts: yolo(exact), misnumbered: yolo(off) },
  { name: 'net.cfg', texts: darknet(exact), misnumbered: darknet(off) },
  { name: 'net.prototxt', texts: caffe },
];

function read(name: string, text: string): Analysed {
  const document = open({ name, text }, defaultSettings);
  const analysed = document && price(document, defaultSettings);
  assert.ok(analysed, text);
  return analysed;
}

/** A text that a command has made of another one in an editor, which knows that its numbers are right. */
function edited(before: Analysed, text: string): Analysed {
  const document = open({ ...before.document.source, text }, defaultSettings, before.document);
  const analysed = document && price(document, defaultSettings, advance(before, document), before);
  assert.ok(analysed, text);
  return analysed.numbers ? price(document, defaultSettings, accept(analysed), before)! : analysed;
}

const itemsOf = ({ document }: Analysed) => document.reader!.items!();

interface Ran {
  readonly text: string;
  readonly cursor: number;
  readonly message: string | undefined;
}

/** The text after a command on a row, and where the cursor is; undefined where it is refused. */
function ran(analysed: Analysed, row: number, command: RowCommand): Ran | undefined {
  const found = rowEdits(analysed, itemsOf(analysed)[row]!.range.from, command);
  if ('refused' in found) return undefined;
  assert.equal(applyEdits(analysed.document.source.text, found.edits), found.text);
  return { text: found.text, cursor: found.selection.from, message: found.message };
}

/** By row, what it reads: the rows that make the tensors that come into it, −1 for the network's input. */
function wiring(analysed: Analysed): readonly (readonly number[])[] {
  const { root } = analysed.model.graph;
  return itemsOf(analysed).map(({ range }) => {
    const frame = root.children.find(({ sites }) => sites[0]?.range.from === range.from);
    if (!frame) return [];
    const sources: number[] = [];
    for (const node of analysed.model.graph.nodes.slice(frame.first, frame.end)) {
      for (const { node: source } of node.inputs) {
        if (source.id >= frame.first) continue;
        const from = root.children.find(({ first, end }) => first <= source.id && source.id < end);
        sources.push(itemsOf(analysed).findIndex(item => item.range.from === from?.sites[0]?.range.from));
      }
    }
    // A shortcut fits the channels of one of its inputs first, whichever that is.
    return analysed.document.format.id.startsWith('darknet') ? sources.sort((a, b) => a - b) : sources;
  });
}

const errorsOf = ({ problems }: Analysed): number => problems.filter(({ severity }) => severity === 'error').length;

const pick = fc.nat(30);

for (const { name, texts, misnumbered } of languages) {
  describe(name, () => {
    /** `next` is what is known of the text that comes of one. */
    const checkThereAndBack = (
      sources: fc.Arbitrary<string>,
      next: (before: Analysed, text: string) => Analysed,
      numRuns: number,
    ): void => {
      let count = 0;
      fc.assert(
        fc.property(sources, pick, fc.boolean(), (text, at, isUp) => {
          const analysed = read(name, text);
          const row = at % itemsOf(analysed).length;
          const there = ran(analysed, row, isUp ? 'up' : 'down');
          if (!there) return;
          const moved = next(analysed, there.text);
          const now = itemsOf(moved).findIndex(({ range }) => range.from <= there.cursor && there.cursor <= range.to);
          assert.equal(now, isUp ? row - 1 : row + 1);
          const back = ran(moved, now, isUp ? 'down' : 'up');
          assert.equal(back?.text, text, there.text);
          assert.deepEqual(read(name, back!.text).model.totals, analysed.model.totals);
          count++;
        }),
        { numRuns },
      );
      assert.ok(count > 2, `moved ${count} times`);
    };

    it('a row that is moved and moved back restores the text', () =>
      checkThereAndBack(texts, (_, text) => read(name, text), 150));

    if (misnumbered) {
      // Opened anew, such a text has comments that speak of rows which have moved; an editor knows what it did.
      it('in an editor, so it is where comments have numbers of other rows', () =>
        checkThereAndBack(misnumbered, edited, 80));
    }

    it('a row that is duplicated and deleted restores the text', () => {
      let count = 0;
      fc.assert(
        fc.property(texts, pick, (text, at) => {
          const analysed = read(name, text);
          const row = at % itemsOf(analysed).length;
          const there = ran(analysed, row, 'duplicate');
          if (!there) return;
          const twice = read(name, there.text);
          assert.equal(itemsOf(twice).length, itemsOf(analysed).length + 1);
          assert.equal(itemsOf(twice)[row + 1]!.range.from, there.cursor);
          assert.equal(ran(twice, row + 1, 'delete')?.text, text, there.text);
          count++;
        }),
        { numRuns: 100 },
      );
      assert.ok(count > 15, `duplicated ${count} times`);
    });

    it('a row that is inserted keeps the network valid, and all others read what they read', () => {
      let count = 0;
      fc.assert(
        fc.property(texts, pick, (text, at) => {
          const analysed = read(name, text);
          const row = at % itemsOf(analysed).length;
          const there = ran(analysed, row, 'insert');
          if (!there) return;
          const more = read(name, there.text);
          const before = wiring(analysed);
          const after = wiring(more);
          const place = (index: number): number => (index > row ? index + 1 : index);
          for (const [index, sources] of before.entries()) {
            const now = after[place(index)]!;
            const expected = sources.map(place);
            // Who reads the row above reads the new one; by name all do.
            const past = now.map(source => (source === row + 1 ? after[row + 1]![0]! : source));
            assert.deepEqual(past, expected, there.text);
          }
          const errors = (read: Analysed): number =>
            read.problems.filter(({ severity }) => severity === 'error').length;
          assert.equal(errors(more), errors(analysed), there.text);
          count++;
        }),
        { numRuns: 100 },
      );
      assert.ok(count > 10, `inserted ${count} times`);
    });

    it('a row that is deleted leaves all others reading what they read, or what it read', () => {
      let count = 0;
      let redirected = 0;
      fc.assert(
        fc.property(texts, pick, (text, at) => {
          const analysed = read(name, text);
          const items = itemsOf(analysed);
          const row = at % items.length;
          const there = ran(analysed, row, 'delete');
          if (!there) return;
          const before = wiring(analysed);
          const less = read(name, there.text);
          // Where a reference is left that means nothing, what is below it is unknown.
          if (errorsOf(less) > errorsOf(analysed)) {
            assert.match(there.message ?? '', /by hand|errors? more/, there.text);
            return;
          }
          const after = wiring(less);
          const place = (index: number): number => (index > row ? index - 1 : index);
          let isReported = false;
          for (const [index, sources] of before.entries()) {
            if (index === row) continue;
            const now = after[place(index)];
            const [source, ...others] = before[row]!;
            // A section that routes is no layer, and reads nothing itself.
            if (source !== undefined && !sources.includes(row)) {
              assert.deepEqual(now, sources.map(place), there.text);
              continue;
            }
            const followed = sources.map(each => place(each === row ? source! : each));
            if (name === 'net.cfg') followed.sort((a, b) => a - b);
            if (others.length === 0 && isDeepStrictEqual(now, followed)) redirected++;
            // The row below reads the one above it then.
            else isReported ||= index > row + 1 || others.length === 0;
          }
          if (isReported) assert.match(there.message ?? '', /by hand/, there.text);
          count++;
        }),
        { numRuns: 100 },
      );
      assert.ok(count > 10 && redirected > 0, `deleted ${count} times, redirected ${redirected}`);
    });
  });
}

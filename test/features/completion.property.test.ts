// Whatever is offered can be accepted: the text reads as it did, and a reference has the shape that it says.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  type Analysed,
  applyEdits,
  type Completion,
  completions,
  defaultSettings,
  hover,
  open,
  type Problem,
  price,
  signatureHelp,
} from '../../server/src/core/index.ts';
import { specs } from '../support/texts.ts';

function analyse(name: string, text: string): Analysed | undefined {
  const document = open({ name, text }, defaultSettings);
  return document && price(document, defaultSettings);
}

const errorsOf = ({ problems }: Analysed): readonly Problem[] =>
  problems.filter(({ severity }) => severity === 'error');

/** Texts without errors, short enough to be read often. */
const sound = specs
  .filter(({ text }) => text.length < 6000)
  .flatMap(({ name, text }) => {
    const analysed = analyse(name, text);
    return analysed && errorsOf(analysed).length === 0 ? [{ name, text, format: analysed.document.format.id }] : [];
  });

/** What sizes that do not fit each other are reported as: no slot knows what the rows below expect. */
const misfit =
  /mismatch|larger-than-input|not-divisible|out-of-range|rank|too-many-normalized-axes|across-sizes|not-an-image|unsupported|piece-sizes|undersized|list-as-input|wrong-input-count|missing-output-size|wrong-layer-type|input-too-small|empty-output|incomplete-order|value-per-dimension|element-count|duplicate-top/;

/** The errors of a text that another one does not have, misfits apart. */
function newErrors(before: Analysed | undefined, after: Analysed | undefined): readonly string[] {
  if (!after) return ['the text is no spec any more'];
  const left = new Map<string, number>();
  for (const { code } of before ? errorsOf(before) : []) left.set(code, (left.get(code) ?? 0) + 1);
  return errorsOf(after).flatMap(({ code, message }) => {
    const count = left.get(code) ?? 0;
    left.set(code, count - 1);
    return count > 0 || misfit.test(code) ? [] : [`${code}: ${message}`];
  });
}

function accepted(text: string, { range, text: put }: Completion): string {
  return applyEdits(text, [{ ...range, text: put }]);
}

const pick = <T>(list: readonly T[], seed: number): T => list[seed % list.length]!;

const seeds = fc.tuple(fc.nat(), fc.nat(), fc.nat());

test('there are texts of each format', () => {
  assert.deepEqual([...new Set(sound.map(({ format }) => format))].sort(), [
    'caffe-prototxt',
    'darknet-cfg',
    'flopline',
    'ultralytics',
  ]);
});

test('in place of a value, what is offered leaves a text that reads', () => {
  let tried = 0;
  fc.assert(
    fc.property(seeds, ([which, where, choice]) => {
      const { name, text } = pick(sound, which);
      const before = analyse(name, text)!;
      const offset = where % (text.length + 1);
      const offered = completions(before, offset).filter(({ kind }) =>
        ['choice', 'reference', 'parameter', 'value'].includes(kind),
      );
      if (offered.length === 0) return;
      const completion = pick(offered, choice);
      // Layers below read the top that is there: it is no slot that can be filled in another way.
      if (/\btop: *"?[^"]*$/.test(text.slice(0, completion.range.from).split('\n').at(-1)!)) return;
      tried++;
      const after = accepted(text, completion);
      assert.deepEqual(newErrors(before, analyse(name, after)), [], `${name}: ${lineOf(after, completion.range.from)}`);
    }),
    { numRuns: 150 },
  );
  assert.ok(tried > 1, `only ${tried} slots`);
});

/** Something new in a text: where, what is written in front of the cursor and behind it. */
interface Opening {
  readonly at: number;
  readonly to?: number;
  readonly before: string;
  readonly after: string;
}

const places: Readonly<Record<string, (text: string) => readonly Opening[]>> = {
  ultralytics: text =>
    // In place of the last row, which is a head mostly: nothing reads what that outputs.
    [...text.matchAll(/^( *)- \[.*\n/gm)].slice(-1).flatMap(({ index, 0: row, 1: indent }) =>
      ['', '- ', '- [-1, 1, '].map(start => ({
        at: index,
        to: index + row.length,
        before: `${indent}${start}`,
        after: '\n',
      })),
    ),
  flopline: text => [
    ...[...text.matchAll(/^ {2}- .*\n(?=(?: {2}- )|$)/gm)].map(({ index, 0: row }) => ({
      at: index + row.length,
      before: '  - ',
      after: '\n',
    })),
    ...[...text.matchAll(/^ {2}- conv: \{.*(?=\}\n)/gm)].map(({ index, 0: row }) => ({
      at: index + row.length,
      before: ', ',
      after: '',
    })),
  ],
  'darknet-cfg': text => [
    { at: text.length, before: '\n[', after: '\n' },
    ...[...text.matchAll(/^\w+ *=.*\n(?=\s*\[)/gm)].map(({ index, 0: row }) => ({
      at: index + row.length,
      before: '',
      after: '\n',
    })),
  ],
  'caffe-prototxt': text => [
    { at: text.length, before: '\n', after: '\n' },
    ...[...text.matchAll(/^ *(?:num_output|kernel_size): \d+\n/gm)].map(({ index, 0: row }) => ({
      at: index + row.length,
      before: '    ',
      after: '\n',
    })),
  ],
};

test('where something new begins, what is offered reads as soon as it is accepted', () => {
  const tried = new Map<string, number>();
  fc.assert(
    fc.property(seeds, ([which, where, choice]) => {
      const { name, text, format } = pick(sound, which);
      const openings = places[format]!(text);
      if (openings.length === 0) return;
      const { at, to = at, before: start, after: end } = pick(openings, where);
      const typed = applyEdits(text, [{ from: at, to, text: start + end }]);
      const analysed = analyse(name, typed);
      // A section or a message without its end is a text of another kind for a moment.
      const offered = analysed ? completions(analysed, at + start.length) : [];
      // Modules that read a list are last where there is one number, and so on.
      const list = offered.filter(({ kind }) => kind !== 'block');
      if (list.length === 0) return;
      tried.set(format, (tried.get(format) ?? 0) + 1);
      const completion = pick(list.slice(0, 20), choice);
      const after = accepted(typed, completion);
      const found = newErrors(analyse(name, text), analyse(name, after));
      assert.deepEqual(found, [], `${name}: ${completion.label} in ${lineOf(after, at + 1)}`);
    }),
    { numRuns: 150 },
  );
  assert.deepEqual([...tried.keys()].sort(), Object.keys(places).sort());
});

/** What is wrong with the item around a place, or with its line where no item is known. */
function wrongAt({ problems, document }: Analysed, at: number): readonly Problem[] {
  const { text } = document.source;
  const item = document.reader?.items?.().find(({ range }) => range.from <= at && at <= range.to)?.range;
  const from = item?.from ?? text.lastIndexOf('\n', at - 1) + 1;
  const to = item?.to ?? text.indexOf('\n', at);
  return problems.filter(({ range }) => from <= range.from && range.to <= to);
}

test('a reference that is offered is what it says, and fits where nothing else is said', () => {
  let tried = 0;
  let unfit = 0;
  fc.assert(
    fc.property(seeds, ([which, where, choice]) => {
      const { name, text } = pick(sound, which);
      const before = analyse(name, text)!;
      const numbers = [
        ...text.matchAll(/(?<=^ *- \[\[?)-?\d+|(?<=^(?:layers|from) *= *)-?\d+|(?<=bottom: ")[\w/]+|(?<=from: )\w+/gm),
      ];
      if (numbers.length === 0) return;
      const { index } = pick(numbers, where);
      // In front of it everything is offered.
      const offered = completions(before, index).filter(({ kind }) => kind === 'reference');
      if (offered.length === 0) return;
      const completion = pick(offered, choice);
      const { misfit } = completion;
      const shape = /(?:^| )(\d+(?:×\d+)*)$/.exec(completion.detail)?.[1];
      const line = /line (\d+)/.exec(completion.detail)?.[1];
      if (shape === undefined) return;
      const after = analyse(name, accepted(text, completion))!;
      const [said] = hover(after, index)?.markdown.split('\n') ?? [];
      assert.ok(said?.includes(`\`${shape}\``), `${name}: ${completion.label}, ${completion.detail}: ${said}`);
      if (line !== undefined) assert.ok(said?.includes(`line ${line}`), `${completion.detail}: ${said}`);
      const wrong = wrongAt(after, index);
      if (misfit === undefined)
        assert.deepEqual(
          // A layer that works in place has its top from elsewhere: what is wrong then is a name.
          wrong.filter(({ severity, code }) => severity === 'error' && code !== 'duplicate-top'),
          [],
          `${name}: ${completion.label} for ${lineOf(text, index)}`,
        );
      else assert.ok(wrong.length > 0, `${name}: ${completion.label} for ${lineOf(text, index)}: ${misfit}`);
      if (misfit !== undefined) unfit++;
      // What fits is in front of what does not.
      const first = offered.findIndex(other => other.misfit !== undefined);
      assert.ok(first < 0 || offered.slice(first).every(other => other.misfit !== undefined));
      tried++;
    }),
    { numRuns: 150 },
  );
  assert.ok(tried > 10, `only ${tried} references`);
  assert.ok(unfit > 2, `only ${unfit} that do not fit`);
});

test('completion and signature help never throw, and replace what is around the cursor', () => {
  fc.assert(
    fc.property(seeds, fc.string({ maxLength: 6 }), ([which, where, cut], typed) => {
      const { name, text } = pick(specs, which);
      const at = where % (text.length + 1);
      const broken = applyEdits(text, [{ from: at, to: Math.min(text.length, at + (cut % 30)), text: typed }]);
      const analysed = analyse(name, broken);
      if (!analysed) return;
      const offset = Math.min(broken.length, at + typed.length);
      for (const { range } of completions(analysed, offset)) {
        assert.ok(range.from <= offset && offset <= range.to);
        assert.ok(!broken.slice(range.from, range.to).includes('\n'));
      }
      const help = signatureHelp(analysed, offset);
      for (const { from, to } of help?.parameters ?? []) assert.ok(from < to && to <= help!.label.length);
    }),
    { numRuns: 150 },
  );
});

function lineOf(text: string, at: number): string {
  return text.slice(text.lastIndexOf('\n', at - 1) + 1).split('\n')[0]!;
}

// Throws mutated specs at the whole way from text to features: nothing may throw, take over a second of the processor,
// or point outside the text, and what is said must agree with itself: rows with totals, a text that was edited with the
// same text opened, a price with what it costs. Reproducible: a mutant is known by its seed (and by the files mutated).
//   npm run fuzz [-- --count 100000] [--seed FIRST] [--format ID] [--workers N] [--sources DIR] [--mutants]
// Programs in Python are those of DIR besides, a fourth of them with the files around them, and ones that never end are
// tried first (not with --mutants).
//   npm run fuzz -- --seed N                                       shows one mutant and what is wrong with it
// What its time is spent on: sixteen mutants follow each other that are edits of one text, as in an editor; each eighth of
// them (of a text that is no program, each third) is read afresh too, and says the same. A program whose own reading
// takes more than some ten thousand instructions is taken the less often the longer it takes: large networks are few
// among the mutants, but they are there.
// Memory: a process has a heap of 1 GB, no mutant makes it larger than 1.5 GB in all, and after 250 of them no more than
// 384 MB are left.
// A run that was stopped says which --seed and --count go on with it, as each line of its progress does.
import { fork } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inspect, isDeepStrictEqual, parseArgs } from 'node:util';
import {
  type Analysed,
  adviceCandidates,
  applyEdits,
  conventions,
  type Document,
  defaultSettings,
  definitionOf,
  documentProblems,
  fedBy,
  feeding,
  findings,
  fixes,
  foldings,
  formatOf,
  hintDetail,
  hints,
  hover,
  lenses,
  open,
  preparation,
  price,
  priceAdvice,
  problemsWithHints,
  type Range,
  type RowReport,
  referencesTo,
  report,
  type Settings,
  type Source,
  type SymbolNode,
  selectionsAt,
  startPython,
  summary,
  symbols,
} from '../server/src/core/index.ts';
import { Disk } from '../server/src/host/disk.ts';
import { hostilePrograms } from './fuzz/hostile.ts';
import { changedProgram } from './fuzz/python.ts';
import { Random } from './fuzz/random.ts';

const root = join(import.meta.dirname, '..');

/** Texts that are built to hurt: bombs, depth, sizes, cycles. */
function attacks(): Source[] {
  const laughs = ['a0: &a0 [ha, ha, ha, ha, ha, ha, ha, ha, ha]'];
  for (let level = 1; level < 30; level++)
    laughs.push(
      `a${level}: &a${level} [${Array(9)
        .fill(`*a${level - 1}`)
        .join(', ')}]`,
    );
  const bomb = laughs.join('\n');
  const deep = (open: string, close: string, n = 10_000): string => open.repeat(n) + close.repeat(n);
  const own = (rows: string, blocks = ''): Source => ({
    name: 'attack.net.yaml',
    text: `name: x\ninput: [3, 32, 32]\n${blocks}layers:\n${rows}\n`,
  });
  const yolo = (rows: string, head = ''): Source => ({
    name: 'attack.yaml',
    text: `nc: 80\n${head}\nbackbone:\n${rows}\nhead:\n  - [-1, 1, Conv, [64]]\n`,
  });
  return [
    ...hostilePrograms(),
    own('  - conv: *a29', `${bomb}\n`),
    own('  - repeat: {times: 1000000000, layers: [relu]}'),
    // One row that is used tens of thousands of times, for what looks at all uses of each use.
    own('  - flatten\n  - repeat: {times: 20000, layers: [linear: 64, linear: 64]}'),
    own(
      '  - repeat: {times: 10000, layers: [conv: {out: 8, kernel: 1}, maxpool: {kernel: 1}, conv: {out: 8, kernel: 3, padding: same}]}',
    ),
    own('  - b: {}', 'blocks:\n  b(): [b: {}]\n'),
    own('  - a: {}', 'blocks:\n  a(): [b: {}]\n  b(): [a: {}]\n'),
    own('  - conv: {out: 1.0e+308, kernel: 3}\n  - conv: {out: .nan, kernel: .inf}'),
    own('  - conv: {out: 64, kernel: 3, from: later}\n  - relu: {name: later}'),
    own(`  - ${deep('[', ']')}`),
    own(`  - branches: ${deep('[{branches: [', ']}]', 3000)}`),
    own(`  - conv: {out: $${'('.repeat(5000)}1${')'.repeat(5000)}, kernel: 1}`),
    own(
      Array.from({ length: 30 }, () => '  - b9: {}').join('\n'),
      `blocks:\n  b0(): [relu]\n${Array.from({ length: 9 }, (_, i) => `  b${i + 1}(): [${Array(8).fill(`b${i}: {}`).join(', ')}]`).join('\n')}\n`,
    ),
    yolo('  - [-1, 1000000000, C2f, [64, True]]\n  - [-1, 1000000000, nn.ReLU, []]'),
    yolo('  - [-1, 1, Conv, [1.0e+308, 3, 2]]\n  - [-1, 1, Conv, [.nan, .inf, -1]]'),
    yolo('  - [5, 1, Conv, [64]]\n  - [1, 1, Conv, [64]]\n  - [-99, 1, Conv, [64]]'),
    yolo('  - [-1, 3, C2f, [64]]', 'depth_multiple: 1.0e+308\nwidth_multiple: 1.0e+308'),
    yolo('  - [-1, 3, C2f, [64]]', 'scales: {n: [.nan, .inf, 0], s: [], m: 3}'),
    yolo(`  - [-1, 1, Conv, ${deep('[', ']')}]`),
    yolo('  - [-1, 1, SPP, [64, [1000000001, 5]]]\n  - [-1, 1, nn.Upsample, [None, 1000000, nearest]]'),
    yolo('  - [-1, 1, Conv, *a29]', bomb),
    { name: 'empty.net.yaml', text: '' },
    { name: 'zeros.net.yaml', text: '\0'.repeat(1000) },
    { name: 'half.net.yaml', text: 'layers:\n  - conv: {out: \ud800' },
    { name: 'carriage.net.yaml', text: 'name: x\rinput: [3, 8, 8]\rlayers:\r  - relu\r' },
    { name: 'deep.cfg', text: `[net]\nwidth=416\nheight=416\nchannels=3\n${'[route]\nlayers=-1\n'.repeat(3000)}` },
    {
      name: 'huge.cfg',
      text: '[net]\nwidth=1e308\nheight=-1\nchannels=nan\n[convolutional]\nfilters=1e308\nsize=0\nstride=0\npad=1\n[route]\nlayers=99,-99,\n[shortcut]\nfrom=0\n',
    },
    {
      name: 'long.cfg',
      text: `[net]\nwidth=8\nheight=8\nchannels=3\n[conv]\n[route]\nlayers=${'0,'.repeat(20_000)}\n`,
    },
    {
      name: 'wide.cfg',
      text: `[net]\nwidth=8\nheight=8\nchannels=3\n${Array.from({ length: 60 }, (_, at) => `[shortcut]\nfrom=${'-1,'.repeat(at ? 300 : 0)}-1\nweights_type=per_channel\n`).join('')}`,
    },
    { name: 'keys.cfg', text: `[net]\n${Array.from({ length: 10_000 }, (_, at) => `kye${at}=1\n`).join('')}` },
    { name: 'strays.cfg', text: `${'='.repeat(50_000)}\n[net]\n${'a\n='.repeat(20_000)}[${' '.repeat(100_000)}` },
    { name: 'blank.cfg', text: `[net]\nwidth${' '.repeat(100_000)}=${'\t'.repeat(100_000)}8` },
    { name: 'deep.prototxt', text: `layer { type: "ReLU" bottom: "a" top: "a" ${'x { '.repeat(10_000)}` },
    { name: 'lists.prototxt', text: `layer { type: "ReLU" x: ${'[{a: '.repeat(10_000)}` },
    { name: 'layers.prototxt', text: 'layers { layer {\n'.repeat(5000) },
    { name: 'strings.prototxt', text: `layer { name: ${'"a" '.repeat(50_000)} type: "ReLU" }` },
    {
      name: 'spp.prototxt',
      text: `input: "x" input_dim: 1 input_dim: 9 input_dim: 4000000000 input_dim: 4000000000\n${'layer { type: "SPP" bottom: "x" top: "y" spp_param { pyramid_height: 4000000000 } }\nlayer { type: "Im2col" bottom: "x" top: "z" convolution_param { kernel_size: 1000 } }\n'.repeat(300)}`,
    },
    {
      name: 'splits.prototxt',
      text: `input: "x" input_dim: 1 input_dim: 9 input_dim: 9 input_dim: 9\n${`layer { type: "Slice" bottom: "x" ${'top: "y" '.repeat(1000)} }\n`.repeat(80)}`,
    },
    {
      name: 'huge.prototxt',
      text: 'input: "data" input_dim: 1e308 input_dim: nan layer { name: "c" type: "Convolution" bottom: "data" top: "c" convolution_param { num_output: 1e308 kernel_size: 0 stride: 0 group: 0 } }',
    },
  ];
}

const words = [
  '-1', '0', '1e308', '-1e308', '.nan', '.inf', 'nan', '1000000000', '9007199254740993', '0.5', 'null', '~', 'None', 'True', 'nc',
  '[', ']', '{', '}', '[]', '{}', ':', ': ', ',', '- ', '"', "'", '&a ', '*a', '!!str ', '|', '>', '#', '\n', '\r\n', '\t', '\n  - ', '\n\n',
  'from', 'out', 'kernel', 'repeat', 'conv', 'branches', 'Conv', 'C2f', 'Concat', 'Detect', 'backbone:', 'head:', 'layers:', '$c', '$(', '[net]',
  '[route]', 'layers=-4', 'filters=', '[shortcut]', 'from=-2', '[yolo]', 'mask=0,1', '[crnn]', '[conv_lstm]', 'groups=2', 'stride=-2', 'share_index=-1', 'layer {', 'type:', 'bottom: "data"', '\ud83d\ude00', '\0', '\u2028',
]; // biome-ignore format: a list

const attacksOf = (format: string | undefined): readonly Source[] =>
  attacks().filter(source => format === undefined || formatOf(source)?.id === format);

function mutate(text: string, others: readonly string[], random: Random): string {
  let result = text;
  for (let left = 1 + random.below(4); left > 0; left--) {
    const at = random.below(result.length + 1);
    const end = Math.min(result.length, at + 1 + random.below(random.below(8) === 0 ? 200 : 8));
    switch (random.below(9)) {
      case 0:
        result = result.slice(0, at) + result.slice(end);
        break;
      case 1:
        result = result.slice(0, at) + random.pick(words) + result.slice(at);
        break;
      case 2:
        result = result.slice(0, at) + random.pick(words) + result.slice(end);
        break;
      case 3:
        result = result.slice(0, at) + String.fromCharCode(random.below(128)) + result.slice(at + 1);
        break;
      case 4: {
        // A number becomes another.
        const numbers = [...result.matchAll(/-?\d+(?:\.\d+)?/g)];
        if (numbers.length === 0) break;
        const number = random.pick(numbers);
        const value = random.pick([
          '0',
          '-1',
          '1',
          '2',
          '3',
          '7',
          '64',
          '100000',
          '1e9',
          '1e308',
          '2147483648',
          '0.25',
          '-0.5',
          'x',
          '',
        ]);
        result = result.slice(0, number.index) + value + result.slice(number.index + number[0].length);
        break;
      }
      case 5: {
        // A line is doubled, dropped or moved.
        const lines = result.split('\n');
        const from = random.below(lines.length);
        const [line] = random.below(2) ? [lines[from]!] : lines.splice(from, 1);
        lines.splice(random.below(lines.length + 1), 0, line!);
        result = lines.join('\n');
        break;
      }
      case 6: {
        // A piece of another spec.
        const other = random.pick(others);
        const start = random.below(other.length + 1);
        result = result.slice(0, at) + other.slice(start, start + random.below(120)) + result.slice(at);
        break;
      }
      case 7:
        // Cut off, as while it is typed.
        if (random.below(4) === 0) result = result.slice(0, at);
        break;
      default: {
        const tokens = [...result.matchAll(/[\w.]+/g)];
        if (tokens.length < 2) break;
        const [a, b] = [random.pick(tokens), random.pick(tokens)];
        result = result.slice(0, a.index) + b[0] + result.slice(a.index + a[0].length);
      }
    }
    if (result.length > 60_000) result = result.slice(0, 60_000);
  }
  return result;
}

/** What is wrong with a mutant, if anything is, and what it took. */
interface Verdict {
  readonly wrong: string | undefined;
  /** Milliseconds of the processor, for the whole way and all checks. */
  readonly taken: number;
  /** The most bytes that the process has had meanwhile. */
  readonly memory: number;
}

/** A program is run up to its bounds. */
const mostTaken = (source: Source): number => (isProgram(source) ? 4000 : 1000);
const mostMemory = 1.5 * 2 ** 30;

/** Goes the whole way. What takes long is tried again, step by step: a busy machine is no hang. */
function trial(mutant: Mutant): Verdict {
  const most = mostTaken(mutant.source);
  forgetPeak();
  const { wrong, taken } = attempt(mutant);
  const memory = peak();
  if (wrong !== undefined) return { wrong, taken, memory };
  if (memory > mostMemory) return { wrong: `it took ${Math.round(memory / 2 ** 20)} MB`, taken, memory };
  if (taken <= most) return { wrong, taken, memory };
  const { slowest } = attempt(mutant, true);
  const isSlow = slowest.taken > most;
  const found = isSlow ? `${slowest.step} took ${Math.round(slowest.taken)} ms` : undefined;
  return { wrong: found, taken, memory };
}

/** The most memory is counted from here on, where the system lets us (Linux). */
function forgetPeak(): void {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {
    // It is the most of the whole run then.
  }
}

function peak(): number {
  try {
    return Number(/^VmHWM:\s*(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))![1]) * 1024;
  } catch {
    return process.memoryUsage.rss();
  }
}

const isProgram = ({ name }: Source): boolean => name.endsWith('.py');

interface Step {
  readonly step: string;
  /** Milliseconds of the processor. */
  readonly taken: number;
}

interface Attempt {
  readonly wrong: string | undefined;
  readonly slowest: Step;
  readonly taken: number;
}

/** `isTimed` where each step is. */
function attempt(mutant: Mutant, isTimed = false): Attempt {
  const begin = process.cpuUsage();
  let slowest: Step = { step: 'nothing', taken: 0 };
  // What the process has worked, not what it has waited: others may be at work on the machine.
  let last = begin;
  const lap: Lap = step => {
    if (!isTimed) return;
    const now = process.cpuUsage();
    const taken = (now.user + now.system - last.user - last.system) / 1000;
    if (step !== undefined && taken > slowest.taken) slowest = { step, taken };
    last = now;
  };
  let wrong: string | undefined;
  try {
    wayOf(mutant, lap);
  } catch (error) {
    wrong = error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  const { user, system } = process.cpuUsage(begin);
  return { wrong, slowest, taken: (user + system) / 1000 };
}

/** Ends a step: what an editor asks for at once, and waits for. Without a name, it was only a check of ours. */
type Lap = (step?: string) => void;

/** Throws what is wrong. */
function wayOf({ source, earlier, choices }: Mutant, lap: Lap): void {
  const random = new Random(choices);
  const inside: Inside = (range, what, length = source.text.length) => {
    if (!(range.from >= 0 && range.from <= range.to && range.to <= length)) {
      throw new Error(`${what} points at ${range.from}–${range.to} in a text of ${length}`);
    }
  };
  const settings: Settings = {
    ...defaultSettings,
    batch: 1 + random.below(2),
    scale: random.below(8) ? undefined : 'm',
    convention: random.below(4) ? 'macs' : random.pick(conventions).name,
  };
  // A program is changed in an editor; reading another text afresh costs little.
  const isEdit = isProgram(source);
  const before = isEdit ? earlier?.() : undefined;
  lap();
  const document = open(source, settings, before);
  if (!document) return;
  for (const problem of documentProblems(document)) inside(problem.range, problem.code);
  const analysed = price(document, settings);
  if (!analysed) return;
  lap('opening');
  for (const problem of problemsWithHints(analysed)) {
    inside(problem.range, problem.code);
    for (const { range, file } of problem.related ?? []) {
      const text = file === undefined ? source.text : source.files?.read(file);
      if (text !== undefined) inside(range, `${problem.code} (related)`, text.length);
    }
    for (const edit of (problem.fixes ?? []).flatMap(({ edits }) => edits)) inside(edit, `${problem.code} (fix)`);
  }
  findings(analysed);
  lap('problems');
  const whole = { from: 0, to: source.text.length };
  const shown = hints(analysed, whole);
  for (const hint of shown) {
    inside({ from: hint.at, to: hint.at }, 'a hint');
    if ([...hint.label].length > 42) throw new Error(`a hint of ${hint.label.length} characters: ${hint.label}`);
  }
  lap('hints');
  for (let probe = Math.min(8, Math.ceil(shown.length / 8)); probe > 0; probe--) {
    hintDetail(analysed, random.pick(shown).line);
    lap('what a hint says more');
  }
  for (let probe = isEdit ? 2 : 4; probe > 0; probe--) {
    const found = hover(analysed, random.below(source.text.length + 1));
    if (found) inside(found.range, 'a hover');
    lap('a hover');
    navigates(analysed, random.below(source.text.length + 1), inside);
    lap('navigation');
  }
  for (const lens of lenses(analysed)) inside(lens.range, 'a lens');
  lap('the lens');
  const walk = (nodes: readonly SymbolNode[]): void => {
    for (const node of nodes) {
      inside(node.range, 'a symbol');
      inside(node.selection, 'a symbol’s selection');
      walk(node.children);
    }
  };
  walk(symbols(analysed));
  lap('symbols');
  summary(analysed);
  lap('the summary');
  const candidates = adviceCandidates(analysed);
  lap('the list of advice');
  const most = isEdit ? random.below(2) : 2;
  for (let left = candidates.length > 0 ? most : 0; left > 0; left--) {
    const offer = priceAdvice(analysed, random.pick(candidates));
    lap('a price');
    if (!offer) continue;
    disjoint(offer.title, offer.edits, inside);
    if (offer.refused === null && random.below(4) === 0) costsAsPriced(analysed, offer);
    lap();
  }
  const offered = random.below(4) === 0 ? fixes(analysed, whole).map(({ fix }) => fix) : [];
  lap('fixes');
  for (const fix of offered) disjoint(fix.title, fix.edits, inside);
  const told = report(analysed, { blocks: random.below(4) === 0 });
  lap('the report');
  agrees(told);
  if (random.below(isEdit ? 8 : 3) === 0) sameEitherWay(isEdit ? undefined : earlier, analysed, settings, told, lap);
  lap();
}

/** The length is that of the text itself, if none is given. */
type Inside = (range: Range, what: string, length?: number) => void;

/** What is at an offset has a definition and references in the text, and those agree. */
function navigates(analysed: Analysed, offset: number, inside: Inside): void {
  const found = definitionOf(analysed, offset);
  if (found) {
    inside(found.at, 'a definition');
    inside(found.whole, 'what is defined');
  }
  const references = referencesTo(analysed, offset, true);
  for (const range of references) inside(range, 'a reference');
  // Nobody names a layer of Caffe: its name stands for what it outputs, and is no reference to it.
  const from = found?.from && found.from.from !== found.at.from ? found.from : undefined;
  if (from && references.length > 1 && !references.some(range => range.from === from.from))
    throw new Error(`what is written at ${from.from} is not among its references`);
  for (const range of selectionsAt(analysed.document, offset)) inside(range, 'a selection');
  for (const { range } of [...feeding(analysed, offset), ...fedBy(analysed, offset)]) inside(range, 'a layer');
  for (const { first, last } of foldings(analysed.document))
    if (last <= first || last >= analysed.document.lines.count) throw new Error(`lines ${first} to ${last} are folded`);
}

interface Edit extends Range {
  readonly text: string;
}

function disjoint(title: string, edits: readonly Edit[], inside: Inside): void {
  let end = 0;
  for (const edit of edits.toSorted((a, b) => a.from - b.from || a.to - b.to)) {
    inside(edit, title);
    if (edit.from < end) throw new Error(`edits of “${title}” overlap at ${edit.from}`);
    end = edit.to;
  }
}

/** A price is what the changed text costs. */
function costsAsPriced({ document, settings }: Analysed, offer: NonNullable<ReturnType<typeof priceAdvice>>): void {
  const text = applyEdits(document.source.text, offer.edits);
  const changed = open({ ...document.source, text }, settings);
  const totals = changed && price(changed, settings)?.model.totals;
  const found = totals && { macs: totals.macs.value, params: totals.params.value };
  if (!isDeepStrictEqual(found, { macs: offer.after.macs, params: offer.after.params })) {
    throw new Error(`“${offer.title}” costs ${JSON.stringify(found)}, not ${JSON.stringify(offer.after)}`);
  }
}

/** Rows sum to totals; what is not complete says why, and nothing else does; JSON holds all of it. */
function agrees(told: ReturnType<typeof report>): void {
  const { totals, layers } = told;
  // The rows of a program are modules within modules.
  const areNested = told.format === 'pytorch';
  for (const key of areNested ? [] : (['params', 'macs', 'value', 'activations'] as const)) {
    const sum = layers.reduce((before, row) => before + (row[key] ?? 0), 0);
    const total = totals[key] ?? 0;
    // Past 2⁵³, or in a convention with fractions, sums depend on their order;
    const off = Math.abs(sum - total);
    const exact = Number.isSafeInteger(sum) && Number.isSafeInteger(total);
    if (exact ? off > 0 : off > 1e-9 * Math.max(sum, total)) {
      throw new Error(`rows have ${sum} ${key}, the total is ${totals[key]}`);
    }
  }
  const explained = (row: Pick<RowReport, 'complete' | 'why'>, what: string): void => {
    if (row.complete !== (row.why === undefined)) {
      throw new Error(`${what} is ${row.complete ? '' : 'not '}complete, and why is ${JSON.stringify(row.why)}`);
    }
    if (row.why?.trim() === '') throw new Error(`${what} has an empty reason`);
  };
  const visit = (rows: readonly RowReport[]): void => {
    for (const row of rows) {
      explained(row, `row ${row.name}`);
      if (row.children) visit(row.children);
    }
  };
  visit(layers);
  explained(totals, 'the whole');
  if (totals.complete && layers.some(({ complete }) => !complete))
    throw new Error('the whole is complete, a row is not');
  for (const { cause } of layers) {
    if (cause !== undefined && !layers[cause]) throw new Error(`a row points at row ${cause}, which is not there`);
  }
  const lost = firstDifference(told, JSON.parse(JSON.stringify(told)));
  if (lost) throw new Error(`JSON does not hold the report: ${lost}`);
}

/** A text that was edited answers like the same text opened: read with what was before, or without it. */
function sameEitherWay(
  earlier: Mutant['earlier'],
  read: Analysed,
  settings: Settings,
  told: ReturnType<typeof report>,
  lap: Lap,
): void {
  const { source } = read.document;
  const problems = problemsWithHints(read);
  const before = earlier?.();
  lap();
  const other = open(source, settings, before);
  const analysed = other && price(other, settings);
  lap(before ? 'an edit' : 'opening afresh');
  if (!analysed) throw new Error('edited, it is no spec any more');
  const blocks = told.layers.some(({ children }) => children !== undefined);
  const difference =
    firstDifference(told, report(analysed, { blocks })) ?? firstDifference(problems, problemsWithHints(analysed));
  if (difference) throw new Error(`edited, it says something else: ${difference}`);
}

/** Where two values of plain data differ; NaN does from itself, because JSON cannot hold it. */
function firstDifference(a: unknown, b: unknown, path = ''): string | undefined {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) {
    return a === b ? undefined : `${path || 'it'} is ${inspect(a)} and ${inspect(b)}`;
  }
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const found = firstDifference((a as Fields)[key], (b as Fields)[key], `${path}.${key}`);
    if (found) return found;
  }
  return undefined;
}

type Fields = Readonly<Record<string, unknown>>;

/** The texts that are mutated; programs of a folder with the files around them, for those that are read so. */
function seeds(format: string | undefined, folder: string | undefined): Source[] {
  const formats = ['caffe', 'darknet', 'flopline', 'ultralytics'].map(name => `test/formats/${name}/fixtures`);
  const programs = ['scripts/fuzz/programs', 'test/core/python/programs', 'test/formats/pytorch'];
  const files = ['examples', ...formats, ...programs, ...(folder === undefined ? [] : [folder])]
    .flatMap(each => readdirSync(resolve(root, each), { recursive: true, withFileTypes: true }))
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
  const disk = new Disk();
  const sources = files.map((file): Source => {
    const source = { name: basename(file), text: readFileSync(file, 'utf8') };
    return isProgram(source) ? { ...source, path: file, files: disk } : source;
  });
  return sources.filter(source => {
    const found = formatOf(source);
    return (
      found !== undefined &&
      source.text.length < (isProgram(source) ? 30_000 : 6000) &&
      (format === undefined || found.id === format)
    );
  });
}

/** A mutated spec, and the spec that it was. */
interface Mutant {
  readonly source: Source;
  /** The seed of the choices of its trial. */
  readonly choices: number;
  /** Reads what it was before; undefined where it never was anything else. */
  readonly earlier: (() => Document | undefined) | undefined;
}

/** So many mutants follow each other that are edits of one text. */
const edits = 16;
/** A program that costs no more than this is taken whenever it is its turn. */
const light = 2;

/** What a text was read as, and what that cost: slices of 20,000 instructions, hundreds of operators, 10,000 characters. */
interface Clean {
  readonly source: Source;
  readonly document: Document | undefined;
  readonly cost: number;
}

const costs = new Map<string, number>();
let latest: Clean | undefined;

/** Reads a text as it is; the last one is kept. */
function cleanOf(source: Source): Clean {
  if (latest && latest.source.path === source.path && latest.source.text === source.text) return latest;
  const document = open(source, defaultSettings);
  const slices = [...((document && preparation(document, defaultSettings)) ?? [])].length;
  const operators = (document && price(document, defaultSettings)?.spec.graph.nodeCount) ?? 0;
  latest = { source, document, cost: slices + operators / 100 + source.text.length / 10_000 };
  return latest;
}

function costOf(source: Source): number {
  if (!isProgram(source)) return 0;
  const key = source.path ?? source.text;
  const cost = costs.get(key) ?? cleanOf(source).cost;
  costs.set(key, cost);
  return cost;
}

/** The text that the mutants of a group are edits of: the longer it takes to be read, the less often. */
function originalOf(group: number, sources: readonly Source[]): Source {
  const random = new Random(~group);
  for (;;) {
    const { name, text, path, files } = random.pick(sources);
    const source = path !== undefined && random.below(4) === 0 ? { name, text, path, files } : { name, text };
    if (random.below(1000) * costOf(source) <= 1000 * light) return source;
  }
}

function mutant(seed: number, sources: readonly Source[], others: readonly string[]): Mutant {
  const random = new Random(seed);
  const original = originalOf(Math.floor(seed / edits), sources);
  const isChanged = isProgram(original) && random.below(4) > 0;
  const text = isChanged
    ? changedProgram(original.text, others, random, random.below(2) === 0)
    : mutate(original.text, others, random);
  return { source: { ...original, text }, choices: random.below(2 ** 32), earlier: () => cleanOf(original).document };
}

/** Where a mutant is kept that something is wrong with. */
function keep(seed: number, { name, text }: Source): string {
  const folder = join(tmpdir(), 'flopline-fuzz');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${seed}-${name}`);
  writeFileSync(file, text);
  return file;
}

/** What is listed at the end: more than two seconds, or a gigabyte. */
const isDear = ({ taken, memory }: Cost): boolean => taken > 2000 || memory > 2 ** 30;
const mostListed = 60;

/** Seeds that a process takes at once. */
const share = 250;
/** What may be left of them, in bytes. */
const mostLeft = 384 * 2 ** 20;
/** Far more than any mutant may take, in milliseconds of the processor where the system says how many a process took. */
const patience = 60_000;

/** The processor's time of a process, else the clock's: a machine may have much other work. */
function timeOf(pid: number): number {
  try {
    // proc(5): utime and stime, in hundredths of a second.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return performance.now() / 5;
  }
}

/** The seeds from `from` to `to` − 1. */
interface Job {
  readonly from: number;
  readonly to: number;
  readonly format: string | undefined;
  readonly sources: string | undefined;
  /** They are attacks by their index, not seeds. */
  readonly isAttack?: true;
}

await startPython();
if (!process.send) {
  const { values } = parseArgs({
    args: process.argv.slice(2),
    options: {
      count: { type: 'string' },
      format: { type: 'string' },
      seed: { type: 'string' },
      sources: { type: 'string' },
      mutants: { type: 'boolean', default: false },
      workers: { type: 'string', default: String(Math.min(4, availableParallelism())) },
    },
  });
  const numbers = [values.seed ?? '0', values.count ?? '1', values.workers].map(Number);
  if (!numbers.every(number => Number.isSafeInteger(number) && number >= 0)) {
    console.error('--seed, --count and --workers are whole numbers ≥ 0.');
    process.exit(2);
  }
  if (seeds(values.format, values.sources).length === 0) {
    console.error(`There is no spec of the format “${values.format}” to mutate.`);
    process.exit(2);
  }
  if (values.seed !== undefined && values.count === undefined) {
    const sources = seeds(values.format, values.sources);
    const shown = mutant(
      Number(values.seed),
      sources,
      sources.map(({ text }) => text),
    );
    const { wrong, taken, memory } = trial(shown);
    console.log(shown.source.text);
    console.log('—', shown.source.path ?? shown.source.name, wrong ?? 'nothing wrong', cost({ taken, memory }));
  } else {
    const from = Number(values.seed ?? 0);
    const job = { from, to: from + Number(values.count ?? 100_000), format: values.format, sources: values.sources };
    await run(job, Math.max(1, Number(values.workers)), values.mutants);
  }
} else {
  // Where nobody listens any more, the run was stopped.
  const send = (message: Message): void =>
    void process.send!(message, (error: Error | null) => error && process.exit());
  process.on('message', ({ from, to, format, sources: folder, isAttack }: Job) => {
    const sources = isAttack ? [] : seeds(format, folder);
    const others = sources.map(({ text }) => text);
    const all = isAttack ? attacksOf(format) : [];
    for (let seed = from; seed < to; seed++) {
      send({ at: seed });
      const attack = isAttack && all[seed]!;
      try {
        const each = attack ? { source: attack, choices: 1, earlier: undefined } : mutant(seed, sources, others);
        const { wrong, taken, memory } = trial(each);
        const name = each.source.path ?? each.source.name;
        const found = wrong && !attack ? `${wrong} (${keep(seed, each.source)})` : wrong;
        send({ at: seed, wrong: found, name, taken, memory });
      } catch (error) {
        // What it was before its change cannot be read.
        send({ at: seed, wrong: error instanceof Error ? (error.stack ?? error.message) : String(error) });
      }
    }
    globalThis.gc?.();
    const left = process.memoryUsage().heapUsed;
    const wrong = left > mostLeft ? `${Math.round(left / 2 ** 20)} MB are left` : undefined;
    send({ at: to, done: true, wrong, left });
  });
}

/** What a worker says: the seed that it is at, what is wrong with it, and what it took. */
interface Message extends Partial<Cost> {
  readonly at: number;
  readonly wrong?: string | undefined;
  readonly name?: string;
  readonly done?: boolean;
  /** Bytes of the heap that a share leaves. */
  readonly left?: number;
}

interface Cost {
  readonly taken: number;
  readonly memory: number;
}

function cost({ taken, memory }: Cost): string {
  return `${(taken / 1000).toFixed(1)} s, ${Math.round(memory / 2 ** 20)} MB`;
}

async function run({ from, to, format, sources }: Job, workers: number, onlyMutants: boolean): Promise<void> {
  let failures = 0;
  const fail = (what: string): void => {
    failures++;
    if (failures <= 200) console.log(`FAIL ${what}`);
  };
  // Handed out in shares, lowest first, so that a run can be left and gone on with.
  const jobs: Job[] = [];
  for (let first = from; first < to; first += share)
    jobs.push({ from: first, to: Math.min(to, first + share), format, sources });
  const built = onlyMutants ? 0 : attacksOf(format).length;
  for (let first = 0; first < built; first += share)
    jobs.unshift({ from: first, to: Math.min(built, first + share), format, sources, isAttack: true });
  jobs.reverse();
  const atWork = new Map<number, Job>();
  let done = 0;
  const begin = performance.now();
  const minutes = (seconds: number): string =>
    `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`;
  const dear: (Cost & { readonly what: string })[] = [];
  let most = { taken: 0, memory: 0, left: 0 };
  const next = (): number => {
    const waiting = [...jobs, ...atWork.values()].filter(({ isAttack }) => !isAttack);
    return Math.min(to, ...waiting.map(job => job.from));
  };
  const progress = (): void => {
    const seconds = (performance.now() - begin) / 1000;
    const left = done > 0 ? `, ${minutes((seconds / done) * (to - from - done))} left` : '';
    const rest = `--seed ${next()} --count ${to - next()} goes on`;
    console.log(`${done} of ${to - from} mutants, ${failures} failures, ${minutes(seconds)}${left}; ${rest}`);
  };
  const summary = (): void => {
    for (const each of dear.toSorted((a, b) => b.taken - a.taken).slice(0, mostListed))
      console.log(`${each.what}: ${cost(each)}`);
    const left = Math.round(most.left / 2 ** 20);
    console.log(`${dear.length} took more than 2 s or 1 GB; at most ${cost(most)}; a share leaves at most ${left} MB`);
  };
  const ticking = setInterval(progress, 30_000);
  process.once('SIGINT', () => {
    progress();
    summary();
    process.exit(130);
  });

  /** One process after another, until there is no job left: one that hangs or dies is reported and replaced. */
  const work = (): Promise<void> =>
    new Promise(resolve => {
      // A process each: a worker thread would not get the loader of TypeScript.
      const limits = ['--expose-gc', '--max-old-space-size=1024'];
      const worker = fork(fileURLToPath(import.meta.url), [], { execArgv: [...process.execArgv, ...limits] });
      let job: Job | undefined;
      let at = from;
      let heard = timeOf(worker.pid!);
      const kind = (): string => (job?.isAttack ? 'attack' : 'seed');
      const start = (): void => {
        job = jobs.pop();
        if (!job) {
          worker.disconnect();
          return;
        }
        at = job.from;
        heard = timeOf(worker.pid!);
        atWork.set(worker.pid!, job);
        worker.send(job);
      };
      const watch = setInterval(() => {
        if (!job || timeOf(worker.pid!) - heard < patience) return;
        heard = timeOf(worker.pid!);
        fail(`${kind()} ${at} hangs`);
        worker.kill('SIGKILL');
      }, 1000);
      worker.on('message', (message: Message) => {
        heard = timeOf(worker.pid!);
        at = message.at;
        const { name, wrong, taken, memory } = message;
        if (wrong) fail(`${kind()} ${at} (${name}): ${wrong}`);
        if (taken !== undefined && memory !== undefined) {
          most = { ...most, taken: Math.max(most.taken, taken), memory: Math.max(most.memory, memory) };
          if (isDear({ taken, memory })) dear.push({ what: `${kind()} ${at} (${name})`, taken, memory });
        }
        most = { ...most, left: Math.max(most.left, message.left ?? 0) };
        if (!message.done || !job) return;
        if (!job.isAttack) done += job.to - job.from;
        start();
      });
      worker.on('error', error => fail(`${kind()} ${at}: ${error}`));
      worker.on('exit', (code, signal) => {
        clearInterval(watch);
        atWork.delete(worker.pid!);
        if (!job) return resolve();
        if (signal !== 'SIGKILL') fail(`${kind()} ${at} ends the process with ${code ?? signal}`);
        if (!job.isAttack) done += at + 1 - job.from;
        if (at + 1 < job.to) jobs.push({ ...job, from: at + 1 });
        resolve(work());
      });
      start();
    });
  await Promise.all(Array.from({ length: workers }, work));
  clearInterval(ticking);
  summary();
  const seconds = (performance.now() - begin) / 1000;
  console.log(
    `${to - from} mutants from seed ${from} and ${built} attacks in ${minutes(seconds)}, ${failures} failures`,
  );
  process.exit(failures > 0 ? 1 : 0);
}

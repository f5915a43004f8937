// Throws mutated specs at the whole way from text to features: nothing may throw, take over a second, or point outside
// the text. Reproducible: a mutant is known by its seed.
//   npm run fuzz [-- --count 100000] [--format ID] [--seed N]     --seed alone shows one mutant
import { fork } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import {
  adviceCandidates,
  defaultSettings,
  documentProblems,
  findings,
  formatOf,
  hintDetail,
  hints,
  hover,
  lenses,
  open,
  price,
  priceAdvice,
  problemsWithHints,
  type Range,
  repairs,
  report,
  type Source,
  type SymbolNode,
  summary,
  symbols,
} from '../server/src/core/index.ts';

const root = join(import.meta.dirname, '..');

/** A small generator of its own, so that a mutant is the same on every machine (mulberry32). */
class Random {
  #state: number;
  constructor(seed: number) {
    this.#state = seed >>> 0;
  }
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * limit);
  }
  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }
}

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

/** Goes the whole way; returns what is wrong, if anything is. What takes long is tried again: a busy machine is no hang. */
function trial(source: Source, random: Random): string | undefined {
  const { wrong, taken } = attempt(source, random);
  if (wrong !== undefined || taken <= 1000) return wrong;
  const again = attempt(source, random);
  const least = Math.min(taken, again.taken);
  return again.wrong ?? (least > 1000 ? `took ${Math.round(least)} ms` : undefined);
}

function attempt(source: Source, random: Random): { readonly wrong: string | undefined; readonly taken: number } {
  let worst = 0;
  // What the process has worked, not what it has waited: others may be at work on the machine.
  let start = process.cpuUsage();
  const lap = (): void => {
    const { user, system } = process.cpuUsage(start);
    worst = Math.max(worst, (user + system) / 1000);
    start = process.cpuUsage();
  };
  const wrong = wayOf(source, random, lap);
  lap();
  return { wrong, taken: worst };
}

/** `lap` ends a step: what an editor asks for at once, and waits for. */
function wayOf(source: Source, random: Random, lap: () => void): string | undefined {
  const inside = (range: Range, what: string): void => {
    if (!(range.from >= 0 && range.from <= range.to && range.to <= source.text.length)) {
      throw new Error(`${what} points at ${range.from}–${range.to} in a text of ${source.text.length}`);
    }
  };
  try {
    const settings = { ...defaultSettings, batch: 1 + random.below(2), scale: random.below(8) ? undefined : 'm' };
    const document = open(source, settings);
    if (!document) return undefined;
    for (const problem of documentProblems(document)) inside(problem.range, problem.code);
    const analysed = price(document, settings);
    if (!analysed) return undefined;
    lap();
    for (const problem of problemsWithHints(analysed)) {
      inside(problem.range, problem.code);
      for (const related of problem.related ?? []) inside(related.range, `${problem.code} (related)`);
      for (const edit of (problem.repairs ?? []).flatMap(({ edits }) => edits))
        inside(edit, `${problem.code} (repair)`);
    }
    findings(analysed);
    lap();
    const whole = { from: 0, to: source.text.length };
    for (const hint of hints(analysed, whole)) {
      inside({ from: hint.at, to: hint.at }, 'a hint');
      if ([...hint.label].length > 43) throw new Error(`a hint of ${hint.label.length} characters: ${hint.label}`);
      if (random.below(8) === 0) hintDetail(analysed, hint.line);
    }
    lap();
    for (let probe = 0; probe < 4; probe++) {
      lap();
      const found = hover(analysed, random.below(source.text.length + 1));
      if (found) inside(found.range, 'a hover');
    }
    lap();
    for (const lens of lenses(analysed)) inside(lens.range, 'a lens');
    lap();
    const walk = (nodes: readonly SymbolNode[]): void => {
      for (const node of nodes) {
        inside(node.range, 'a symbol');
        inside(node.selection, 'a symbol’s selection');
        walk(node.children);
      }
    };
    walk(symbols(analysed));
    lap();
    summary(analysed);
    lap();
    const candidates = adviceCandidates(analysed);
    const offers =
      candidates.length > 0
        ? [1, 2].map(() => {
            lap();
            return priceAdvice(analysed, random.pick(candidates));
          })
        : [];
    lap();
    const mends = random.below(4) === 0 ? repairs(analysed, whole).map(({ repair }) => repair) : [];
    for (const offer of [...offers, ...mends]) {
      let end = 0;
      for (const edit of (offer?.edits ?? []).toSorted((a, b) => a.from - b.from || a.to - b.to)) {
        inside(edit, offer!.title);
        if (edit.from < end) throw new Error(`edits of “${offer!.title}” overlap at ${edit.from}`);
        end = edit.to;
      }
    }
    lap();
    JSON.stringify(report(analysed, { blocks: random.below(4) === 0 }));
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  return undefined;
}

function seeds(format: string | undefined): Source[] {
  const files = ['examples', 'test/formats/ultralytics/fixtures', 'test/formats/caffe/fixtures']
    .flatMap(folder => readdirSync(join(root, folder), { recursive: true, withFileTypes: true }))
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath ?? entry.path, entry.name));
  const sources = files.map((file): Source => ({ name: basename(file), text: readFileSync(file, 'utf8') }));
  return sources.filter(source => {
    const found = formatOf(source);
    return found !== undefined && source.text.length < 6000 && (format === undefined || found.id === format);
  });
}

function mutant(seed: number, sources: readonly Source[]): { source: Source; random: Random } {
  const random = new Random(seed);
  const source = random.pick(sources);
  return {
    source: {
      ...source,
      text: mutate(
        source.text,
        sources.map(({ text }) => text),
        random,
      ),
    },
    random,
  };
}

interface Job {
  readonly from: number;
  readonly to: number;
  readonly format: string | undefined;
}

if (!process.send) {
  const { values } = parseArgs({
    args: process.argv.slice(2),
    options: { count: { type: 'string', default: '100000' }, format: { type: 'string' }, seed: { type: 'string' } },
  });
  if (values.seed !== undefined) {
    const { source, random } = mutant(Number(values.seed), seeds(values.format));
    console.log(source.text);
    console.log('—', source.name, trial(source, random) ?? 'nothing wrong');
  } else await run(Number(values.count), values.format);
} else {
  const { from, to, format } = JSON.parse(process.argv[2]!) as Job;
  const send = (message: object): void => void process.send!(message);
  const sources = seeds(format);
  for (let seed = from; seed < to; seed++) {
    if ((seed - from) % 100 === 0) send({ at: seed });
    const { source, random } = mutant(seed, sources);
    const wrong = trial(source, random);
    if (wrong) send({ at: seed, wrong, name: source.name });
  }
  send({ at: to });
}

async function run(count: number, format: string | undefined): Promise<void> {
  let failures = 0;
  for (const source of attacks()) {
    const begin = performance.now();
    const wrong = trial(source, new Random(1));
    if (process.env.FUZZ_TIMES)
      console.log(source.name, source.text.slice(0, 60).replaceAll('\n', '⏎'), Math.round(performance.now() - begin));
    if (!wrong) continue;
    failures++;
    console.log(`FAIL ${source.name}: ${source.text.slice(0, 120).replaceAll('\n', '⏎')}…\n  ${wrong}`);
  }
  const workers = Math.max(1, Math.min(4, availableParallelism()));
  const share = Math.ceil(count / workers);
  const begin = performance.now();
  await Promise.all(
    Array.from({ length: workers }, (_, index) => {
      const job: Job = { from: index * share, to: Math.min(count, (index + 1) * share), format };
      return new Promise<void>(resolve => {
        // A process each: a worker thread would not get the loader of TypeScript.
        const worker = fork(fileURLToPath(import.meta.url), [JSON.stringify(job)]);
        let at = job.from;
        let heard = performance.now();
        const watch = setInterval(() => {
          if (performance.now() - heard < 60_000) return;
          failures++;
          console.log(`FAIL hangs after seed ${at} (one of the 100 from there)`);
          worker.kill('SIGKILL');
        }, 1000);
        worker.on('message', (message: { at: number; wrong?: string; name?: string }) => {
          at = message.at;
          heard = performance.now();
          if (!message.wrong) return;
          failures++;
          if (failures <= 20) console.log(`FAIL seed ${message.at} (${message.name}): ${message.wrong}`);
        });
        worker.on('error', error => {
          failures++;
          console.log(`FAIL crashed near seed ${at}: ${error}`);
        });
        worker.on('exit', code => {
          clearInterval(watch);
          if (code) {
            failures++;
            console.log(`FAIL ended with ${code} near seed ${at}`);
          }
          resolve();
        });
      });
    }),
  );
  const seconds = (performance.now() - begin) / 1000;
  console.log(`${count} mutants and ${attacks().length} attacks in ${seconds.toFixed(0)} s, ${failures} failures`);
  process.exit(failures > 0 ? 1 : 0);
}

// Changes small programs, runs them with PyTorch, and compares: where Python raises, nothing may be complete without an
// error; where it runs, what is complete is equal, and what is not complete says no more than there is.
//   npx tsx scripts/fuzz-torch.ts [--count 1000] [--seed FIRST] [--python /usr/bin/python3] [--show]
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { defaultSettings, open, price, report, type Settings, startPython } from '../server/src/core/index.ts';
import { changedProgram } from './fuzz/python.ts';
import { Random } from './fuzz/random.ts';

const image = 'torch.zeros(1, 3, 16, 16)';
const programs = (
  [
    ['attention.py', 'torch.zeros(1, 12, dtype=torch.long)'],
    ['blocks.py', image],
    ['encoder.py', 'torch.zeros(1, 3, 15, 18)'],
    ['mixed.py', image],
    ['python.py', image],
    ['recurrent.py', 'torch.zeros(2, 6, dtype=torch.long)'],
    ['window.py', image],
  ] as const
).map(([name, inputs]) => ({
  name,
  inputs,
  text: readFileSync(join(import.meta.dirname, 'fuzz/programs', name), 'utf8'),
}));

interface Truth {
  readonly params?: number;
  readonly macs?: number;
  readonly shapes?: readonly (readonly number[])[];
  readonly error?: string;
  readonly died?: boolean;
}

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '0' },
    python: { type: 'string', default: '/usr/bin/python3' },
    show: { type: 'boolean', default: false },
  },
});

await startPython();
const oracle = spawn(values.python, [join(import.meta.dirname, 'oracles/program.py')], {
  stdio: ['pipe', 'pipe', 'inherit'],
});
const answers = createInterface({ input: oracle.stdout })[Symbol.asyncIterator]();

async function truthOf(text: string, inputs: string): Promise<Truth> {
  oracle.stdin.write(`${JSON.stringify({ text, entry: 'Net()', inputs })}\n`);
  const { value, done } = await answers.next();
  if (done) throw new Error('PyTorch is gone');
  return JSON.parse(value) as Truth;
}

function ours(text: string, inputs: string) {
  const settings: Settings = { ...defaultSettings, entry: 'Net()', inputs };
  const document = open({ name: 'net.py', text }, settings);
  const analysed = document && price(document, settings);
  return analysed && report(analysed);
}

/** What is wrong, if anything is; `unlike` where Python gets by and an error is shown. */
function verdict(truth: Truth, told: NonNullable<ReturnType<typeof ours>>): string | undefined {
  // A module that is not installed there may be here.
  if (truth.died || truth.error?.startsWith('ModuleNotFoundError')) return undefined;
  const { params, macs, complete } = told.totals;
  const errors = told.problems.filter(({ severity }) => severity === 'error');
  const said = `${complete ? 'complete' : 'incomplete'} params ${params} macs ${macs}; ${errors.map(({ code, message }) => `${code}: ${message}`).join(' | ')}`;
  if (truth.error !== undefined) {
    return complete && errors.length === 0 ? `SILENT Python says ${truth.error}; here ${said}` : undefined;
  }
  const wanted = `params ${truth.params} macs ${truth.macs}`;
  if (complete && (params !== truth.params || macs !== truth.macs)) return `WRONG ${wanted}; here ${said}`;
  if (!complete && ((params ?? 0) > truth.params! || (macs ?? 0) > truth.macs!)) return `MORE ${wanted}; here ${said}`;
  const shown = errors.filter(({ code }) => code !== 'python-syntax');
  if (shown.length > 0) return `FALSE ${wanted}; here ${said}`;
  return undefined;
}

const [first, count] = [Number(values.seed), Number(values.count)];
const tally = new Map<string, number>();
const bump = (key: string): void => void tally.set(key, (tally.get(key) ?? 0) + 1);
for (let seed = first; seed < first + count; seed++) {
  const random = new Random(seed);
  const program = random.pick(programs);
  const others = programs.map(({ text }) => text);
  const text = changedProgram(program.text, others, random, random.below(5) > 0);
  if (values.show) console.log(text);
  const start = process.cpuUsage();
  let told: ReturnType<typeof ours>;
  let wrong: string | undefined;
  const truth = await truthOf(text, program.inputs);
  try {
    told = ours(text, program.inputs);
    if (told) wrong = verdict(truth, told);
  } catch (error) {
    wrong = `THROWS ${error instanceof Error ? error.stack : error}`;
  }
  const { user, system } = process.cpuUsage(start);
  if ((user + system) / 1000 > 2000) wrong ??= `SLOW ${(user + system) / 1000} ms`;
  bump(truth.died ? 'died' : truth.error !== undefined ? 'raises' : told?.totals.complete ? 'complete' : 'incomplete');
  if (wrong) {
    bump(wrong.split(' ')[0]!);
    console.log(`seed ${seed} (${program.name}): ${wrong}`);
  }
  if (values.show) console.log(truth, told?.totals, told?.problems);
}
console.log(`${count} programs from seed ${first}: ${[...tally].map(([key, times]) => `${times} ${key}`).join(', ')}`);
oracle.stdin.end();

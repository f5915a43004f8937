// Types changes of Python programs into documents that stay open, as an editor does: each mutant is an edit of the text
// before it, so that tens of thousands are read in the time that hundreds take afresh. Nothing may throw, take long or point
// outside the text; each N-th text is read afresh as well and has to say the same.
//   npx tsx scripts/fuzz-live.ts [--count 1000] [--seed FIRST] [--compare N] [--sources DIR] [--show]
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { inspect, isDeepStrictEqual, parseArgs } from 'node:util';
import {
  type Analysed,
  type Document,
  defaultSettings,
  formatOf,
  hints,
  open,
  price,
  problemsWithHints,
  report,
  type Source,
  startPython,
} from '../server/src/core/index.ts';
import { Disk } from '../server/src/host/disk.ts';
import { changedProgram } from './fuzz/python.ts';
import { Random } from './fuzz/random.ts';

const root = join(import.meta.dirname, '..');
const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '0' },
    compare: { type: 'string', default: '25' },
    sources: { type: 'string' },
    show: { type: 'boolean', default: false },
  },
});

/** So many edits a document sees before another one is opened. */
const session = 100;
/** Milliseconds of the processor: what takes longer to read is no text for this, and no edit may take so long. */
const [lightest, slowest] = [120, 4000];
const mostMemory = 2 * 2 ** 30;

function programs(): readonly Source[] {
  const disk = new Disk();
  const folders = ['examples/python', 'scripts/fuzz/programs', 'test/core/python/programs', 'test/formats/pytorch'];
  return [...folders.map(folder => join(root, folder)), ...(values.sources ? [values.sources] : [])]
    .flatMap(folder => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map(name => join(folder, name)))
    .filter(file => file.endsWith('.py'))
    .toSorted()
    .flatMap((path): Source[] => {
      const text = readFileSync(path, 'utf8');
      const source = { name: basename(path), text, path, files: disk };
      return text.length < 20_000 && /\bnn\b/.test(text) && formatOf(source)?.id === 'pytorch' ? [source] : [];
    });
}

const processor = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** What a reader is told of a text. */
function toldOf(analysed: Analysed): unknown {
  return JSON.parse(
    JSON.stringify([
      report(analysed, { blocks: true }),
      problemsWithHints(analysed),
      hints(analysed, { from: 0, to: analysed.document.source.text.length }),
    ]),
  );
}

/** Where two values of plain data differ. */
function firstDifference(a: unknown, b: unknown, path = ''): string {
  if (typeof a === 'object' && typeof b === 'object' && a && b) {
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
      const [one, other] = [(a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]];
      if (!isDeepStrictEqual(one, other)) return firstDifference(one, other, `${path}.${key}`);
    }
  }
  return `${path} is ${inspect(a)}, and ${inspect(b)} afresh`;
}

/** Throws what is wrong with an edit. */
function look(analysed: Analysed): void {
  const { length } = analysed.document.source.text;
  for (const { range, code } of problemsWithHints(analysed))
    if (!(range.from >= 0 && range.from <= range.to && range.to <= length))
      throw new Error(`${code} points at ${range.from}–${range.to} in a text of ${length}`);
  for (const { at, label } of hints(analysed, { from: 0, to: length }))
    if (at < 0 || at > length || [...label].length > 42) throw new Error(`a hint at ${at}: ${label}`);
  const { params, macs } = analysed.model.totals;
  for (const { value } of [params, macs])
    if (value !== undefined && !(value >= 0)) throw new Error(`a total is ${value}`);
}

await startPython();
const sources = programs();
const others = sources.map(({ text }) => text);
const [first, count, compare] = [Number(values.seed), Number(values.count), Number(values.compare)];
const begin = processor();
const heavy = new Set<string>();
let [wrong, compared, complete, networks] = [0, 0, 0, 0];
let longest = { taken: 0, seed: first };

/** A text for a session: one that is read soon. */
function chosen(random: Random): { readonly source: Source; readonly document: Document } {
  for (;;) {
    const source = random.pick(sources);
    if (heavy.has(source.path!)) continue;
    const start = processor();
    const document = open(source, defaultSettings);
    if (document) price(document, defaultSettings);
    if (document && processor() - start < lightest) return { source, document };
    heavy.add(source.path!);
  }
}

for (let start = first - (first % session); start < first + count; start += session) {
  const { source, document } = chosen(new Random(~start));
  let current = document;
  for (let seed = start; seed < Math.min(start + session, first + count); seed++) {
    const random = new Random(seed);
    // Some changes are made to what has been changed already; a person takes most of them back.
    const base = random.below(3) === 0 && current.source.text.length < 40_000 ? current.source.text : source.text;
    const text = changedProgram(base, others, random, random.below(3) > 0);
    if (seed < first) continue;
    if (values.show) console.log(text);
    const before = processor();
    let found: string | undefined;
    try {
      const edited = open({ ...source, text }, defaultSettings, current);
      const analysed = edited && price(edited, defaultSettings);
      if (analysed) {
        networks++;
        if (analysed.model.totals.macs.complete && analysed.model.totals.params.complete) complete++;
        look(analysed);
        const taken = processor() - before;
        if (taken > longest.taken) longest = { taken, seed };
        if (taken > slowest) found = `took ${Math.round(taken)} ms`;
        if (seed % compare === 0) {
          compared++;
          const afresh = open({ ...source, text }, defaultSettings);
          const other = afresh && price(afresh, defaultSettings);
          const [one, two] = [toldOf(analysed), other && toldOf(other)];
          if (!isDeepStrictEqual(one, two)) found ??= `says something else: ${firstDifference(one, two)}`;
        }
        current = edited;
      }
      const { rss } = process.memoryUsage();
      if (rss > mostMemory) found ??= `${Math.round(rss / 2 ** 20)} MB`;
    } catch (error) {
      found = error instanceof Error ? (error.stack ?? error.message) : String(error);
    }
    if (found) {
      wrong++;
      console.log(`seed ${seed} (${source.path}): ${found}`);
    }
  }
  if (start % (session * 20) === 0)
    console.log(
      `up to seed ${Math.min(start + session, first + count) - 1}: ${wrong} wrong, ${networks} networks (${complete} complete), ${compared} compared, ${((processor() - begin) / Math.max(1, start + session - first)).toFixed(1)} ms each, ${Math.round(process.memoryUsage.rss() / 2 ** 20)} MB, longest ${Math.round(longest.taken)} ms (seed ${longest.seed})`,
    );
}
console.log(
  `${count} mutants from seed ${first}: ${wrong} wrong; ${networks} networks, ${complete} complete, ${compared} compared, longest ${Math.round(longest.taken)} ms (seed ${longest.seed})`,
);

// The beginning of dist/server.js and dist/cli.js, put there by scripts/program.mjs. What is bundled stands behind it inside a
// comment, which Node skips: it is compiled here, part by part when it is needed, from what V8 made of it last time (its code
// cache). So a start neither parses what it does not use, nor compiles again what it does. Without a usable cache a part is
// compiled as ever.
const { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } = require('node:fs');
const { basename, extname, join } = require('node:path');
const { setFlagsFromString } = require('node:v8');
const { constants, Script } = require('node:vm');
const { crc32 } = require('node:zlib');

const { argv, env, platform } = process;
const name = basename(__filename, '.js');

// Before code is compiled: a cache is for the same flags alone. V8 would spend more time on better code for the parser of
// Python than that saves.
setFlagsFromString('--liftoff-only');
// What runs once gains nothing from code that is made better while it runs: that comes fifteen times later.
if (name === 'cli') setFlagsFromString('--interrupt-budget=1000000');

/** Of each part: how many chunks of the bundle it has, its length and its lines. */
const parts = CODE_PARTS;
// Another code, V8 or set of flags has another file.
const stamp = ['CODE_HASH', process.version, process.versions.v8, process.arch, ...process.execArgv]
  .join('-')
  .replace(/[^\w.-]+/g, '');

/** Where the cache lies; undefined where there is to be none. */
const folder = (() => {
  if (env.FLOPLINE_CODE_CACHE !== undefined) return env.FLOPLINE_CODE_CACHE || undefined;
  try {
    if (platform === 'win32') return env.LOCALAPPDATA && join(env.LOCALAPPDATA, 'flopline', 'Cache');
    const home = env.HOME || require('node:os').homedir();
    if (platform === 'darwin') return join(home, 'Library', 'Caches', 'flopline');
    return join(env.XDG_CACHE_HOME || join(home, '.cache'), 'flopline');
  } catch {
    return undefined;
  }
})();

/**
 * What a command runs of the code: a file has the uses that it was written after, so what another command runs besides is
 * added once, at its end.
 */
const use = name === 'cli' ? [argv[2] ?? '', ...new Set(argv.slice(3).map(each => extname(each)))].join(' ') : '';
/** So many uses are distinguished. */
const mostUses = 20;

const checked = data => (crc32 ? crc32(data) : data.length) >>> 0;

/** A file of the cache: a line with the uses and a checksum of V8's data, then these. */
function cachedIn(file) {
  if (!folder) return undefined;
  try {
    const all = readFileSync(join(folder, file));
    const end = all.indexOf(10);
    const { uses, checksum } = JSON.parse(all.latin1Slice(0, end));
    const data = all.subarray(end + 1);
    return data.length > 0 && checksum === checked(data) ? { uses, data } : undefined;
  } catch {
    return undefined;
  }
}

const text = readFileSync(__filename);
// Written so that this line is none itself.
const begin = text.indexOf(['/*', '~\n'].join('')) + 4;
/** What would have ended the comment is written otherwise. */
for (let at = text.indexOf(1, begin); at >= 0; at = text.indexOf(1, at)) {
  text[at] = 42;
  text[at + 1] = 47;
}

const loaded = parts.map(() => undefined);

function load(part) {
  const file = `${name}-${part}-${stamp}.bin`;
  const cached = cachedIn(file);
  let from = begin;
  let lineOffset = text.latin1Slice(0, begin).split('\n').length - 1;
  for (const [, length, lines] of parts.slice(0, part)) {
    from += length;
    lineOffset += lines;
  }
  const script = new Script(text.latin1Slice(from, from + parts[part][1]), {
    filename: __filename,
    lineOffset,
    cachedData: cached?.data,
    importModuleDynamically: constants?.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  const uses = cached && !script.cachedDataRejected ? cached.uses : [];
  loaded[part] = { file, script, uses, chunks: script.runInThisContext(), results: [] };
  later();
  return loaded[part];
}

/** What a chunk exports; it runs when it is asked for first. */
function chunk(number) {
  let part = 0;
  let at = number;
  while (at >= parts[part][0]) at -= parts[part++][0];
  const { chunks, results } = loaded[part] ?? load(part);
  results[at] ??= chunks[at](require, module, __filename, __dirname, chunk);
  return results[at];
}

const isNew = part => part !== undefined && part.uses.length < mostUses && !part.uses.includes(use);
let timer;

function keep() {
  clearTimeout(timer);
  if (!folder) return;
  for (const part of loaded.filter(isNew)) {
    part.uses = [...part.uses, use];
    try {
      const data = part.script.createCachedData();
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const own = join(folder, `${part.file}.${process.pid}`);
      const head = Buffer.from(`${JSON.stringify({ uses: part.uses, checksum: checked(data) })}\n`, 'latin1');
      writeFileSync(own, Buffer.concat([head, data]), { mode: 0o600 });
      renameSync(own, join(folder, part.file));
    } catch {
      // It is not needed.
    }
  }
  try {
    // Of a program that was replaced by another one nothing is left.
    for (const other of readdirSync(folder))
      if (other.startsWith(`${name}-`) && !other.includes('CODE_HASH')) rmSync(join(folder, other), { force: true });
  } catch {
    // Nor this.
  }
}

/** A program that goes on does it when it has started, one that ends at its end. */
function later() {
  if (!folder || !loaded.some(isNew)) return;
  clearTimeout(timer);
  timer = setTimeout(keep, 4000);
  timer.unref();
}

process.once('exit', () => loaded.some(isNew) && keep());
chunk(parts[0][0] - 1);

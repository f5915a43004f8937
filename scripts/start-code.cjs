// The beginning of dist/server.js and dist/cli.js, put there by scripts/build.mjs. What is bundled stands behind it as a
// comment, which Node skips: it is compiled here, from what V8 made of it last time (its code cache). So a start neither
// parses what it does not use, nor compiles again what it does. Without a usable cache it is compiled as ever.
const { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } = require('node:fs');
const { homedir } = require('node:os');
const { basename, join } = require('node:path');
const { setFlagsFromString } = require('node:v8');
const { constants, Script } = require('node:vm');
const { crc32 } = require('node:zlib');

// Before code is compiled: a cache is for the same flags alone. V8 would spend more time on better code for the parser of
// Python than that saves.
setFlagsFromString('--liftoff-only');

const { env, platform } = process;
const name = basename(__filename, '.js');
// Another code, V8 or set of flags has another file.
const stamp = ['CODE_HASH', process.version, process.versions.v8, process.arch, ...process.execArgv]
  .join('-')
  .replace(/[^\w.-]+/g, '');
const file = `${name}-${stamp}.bin`;

/** Where the cache lies; undefined where there is to be none. */
const folder = (() => {
  if (env.FLOPLINE_CODE_CACHE !== undefined) return env.FLOPLINE_CODE_CACHE || undefined;
  try {
    if (platform === 'win32') return env.LOCALAPPDATA && join(env.LOCALAPPDATA, 'flopline', 'Cache');
    if (platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'flopline');
    return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'flopline');
  } catch {
    return undefined;
  }
})();

/** A byte for what was in use when it was made, four of a checksum, then V8's data. */
const head = 5;
const checked = data => (crc32 ? crc32(data) : data.length) >>> 0;

const cached = (() => {
  if (!folder) return undefined;
  try {
    const all = readFileSync(join(folder, file));
    const data = all.subarray(head);
    return all.length > head && all.readUInt32LE(1) === checked(data) ? { used: all[0], data } : undefined;
  } catch {
    return undefined;
  }
})();

const text = readFileSync(__filename, 'latin1');
// Written so that this line is none itself.
const from = text.indexOf(['/*', '~'].join('')) + 3;
const to = text.lastIndexOf('~*/');
const parameters = 'exports, require, module, __filename, __dirname, codeInUse';
const code = `(function (${parameters}) {${text.slice(from, to).replaceAll('*\u0001/', '*/')}})${text.slice(to + 3)}`;
const script = new Script(code, {
  filename: __filename,
  lineOffset: text.slice(0, from).split('\n').length - 1,
  cachedData: cached?.data,
  importModuleDynamically: constants?.USE_MAIN_CONTEXT_DEFAULT_LOADER,
});

/** What is in use now, and what the cache has: 1 is the code that always is, 2 Python's. */
let used = 1;
let known = cached && !script.cachedDataRejected ? cached.used : 0;
let timer;

function keep() {
  clearTimeout(timer);
  if (!folder || (used | known) === known) return;
  known |= used;
  try {
    const data = script.createCachedData();
    const start = Buffer.alloc(head, known);
    start.writeUInt32LE(checked(data), 1);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const own = join(folder, `${file}.${process.pid}`);
    writeFileSync(own, Buffer.concat([start, data]), { mode: 0o600 });
    renameSync(own, join(folder, file));
    // Of a program that was replaced by another one nothing is left.
    const others = readdirSync(folder).filter(
      each => each.startsWith(`${name}-`) && !each.startsWith(`${name}-CODE_HASH`),
    );
    for (const other of others) rmSync(join(folder, other), { force: true });
  } catch {
    // It is not needed.
  }
}

/** A program that goes on does it when it has started, one that ends at its end. */
function later() {
  if (!folder || (used | known) === known) return;
  clearTimeout(timer);
  timer = setTimeout(keep, 4000);
  timer.unref();
}

process.once('exit', keep);
later();
script.runInThisContext()(exports, require, module, __filename, __dirname, part => {
  used |= part;
  later();
});

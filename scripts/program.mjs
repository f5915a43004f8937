// A program as one file that runs by itself: its beginning (scripts/start-code.cjs), then what was bundled, in two parts: what
// every start needs, and what is loaded later, if at all. Each part is a script inside one long comment, which Node skips, so
// a part costs nothing until it is asked for.
import { createHash } from 'node:crypto';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { builtinModules, createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';

const start = esbuild.transformSync(
  readFileSync(join(dirname(fileURLToPath(import.meta.url)), 'start-code.cjs'), 'utf8'),
  { minify: true, target: 'node20' },
).code;

/** Of what Node brings, this is seldom needed, and slow to load: it waits for the first call of one of its functions. */
const seldom = new Set(['child_process', 'timers/promises']);

/**
 * What is imported from Node is looked up name by name, and nothing else of it.
 * @type {esbuild.Plugin}
 */
const builtins = {
  name: 'builtins',
  setup(build) {
    const load = createRequire(import.meta.url);
    build.onResolve({ filter: /^node:/ }, ({ path, kind }) =>
      kind === 'import-statement' && builtinModules.includes(path.slice('node:'.length))
        ? { path: path.slice('node:'.length), namespace: 'builtin' }
        : undefined,
    );
    build.onLoad({ filter: /./, namespace: 'builtin' }, ({ path }) => {
      const loaded = load(`node:${path}`);
      const code = `require(${JSON.stringify(`node:${path}`)})`;
      const names = Object.keys(loaded).filter(name => /^[A-Za-z_]\w*$/.test(name));
      const lines = names.map(name =>
        seldom.has(path) && typeof loaded[name] === 'function'
          ? `export const ${name} = (...args) => ${code}.${name}(...args);`
          : `export const ${name} = /* @__PURE__ */ (() => ${code}.${name})();`,
      );
      return { contents: lines.join('\n') };
    });
  },
};

/**
 * Text in ASCII, which is read back byte for byte: esbuild leaves characters of regular expressions as they are.
 * @param {string} code
 */
function ascii(code) {
  if (/\\[^\0-\x7f]/.test(code)) throw new Error('A backslash in front of a character that has to be escaped itself.');
  return code.replace(/[^\0-\x7f]/g, unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/**
 * `a as b, c`, as imports and exports have it, pair by pair.
 * @param {string} list
 * @param {(from: string, to: string) => string} pair
 */
const pairs = (list, pair) =>
  list
    .split(',')
    .map(each => each.trim())
    .filter(each => each !== '')
    .map(each => {
      const [from = '', to = from] = each.split(/\s+as\s+/);
      return pair(from, to);
    })
    .join(',');

const firstImport = /^((?:\s|\/\/.*\n|\/\*[\s\S]*?\*\/)*)import\s*(?:\{([^}]*)\}\s*from\s*)?"\.\/([^"]+)";?/;
/** A module of CommonJS is the default of its chunk: as in Node, its names are exported besides. */
const lastExport = /\bexport\s*(?:\{([^}]*)\}|default\s+([\w$]+\(\)));?\s*(?:\/\/.*\s*|\/\*[\s\S]*?\*\/\s*)*$/;

/**
 * A chunk of esbuild is a module, whose imports of other chunks are at its beginning and whose exports are at its end. This
 * is the same as a function, with as many lines.
 * @param {string} chunk
 * @param {(path: string) => number | undefined} numberOf
 */
function functionOf(chunk, numberOf) {
  let code = chunk;
  let bindings = '';
  for (let found = firstImport.exec(code); found; found = firstImport.exec(code)) {
    const [all, , list, path] = found;
    const pattern = list && pairs(list, (from, to) => `${from}:${to}`);
    bindings += `${pattern ? `var{${pattern}}=` : ''}__chunk(${numberOf(path)});`;
    code = all.replace(/[^\n]/g, '') + code.slice(all.length);
  }
  const [end = '', names = '', common] = lastExport.exec(code) ?? [];
  code = code.slice(0, code.length - end.length);
  code = code.replace(/\bimport\("\.\/([^"]+)"\)/g, (_, path) => {
    const number = numberOf(path);
    const loaded = number === undefined ? `require("./${path}")` : `__chunk(${number})`;
    return `Promise.resolve().then(()=>${loaded})`;
  });
  const result = common ? `default:${common},...${common}` : pairs(names, (from, to) => `${to}:${from}`);
  return `(function(require,module,__filename,__dirname,__chunk){${bindings}${code}return{${result}}${end.replace(/[^\n]/g, '')}})`;
}

/**
 * Bundles a program into one file.
 * @param {esbuild.BuildOptions} common
 * @param {{ readonly entry: string, readonly file: string, readonly head: string }} program
 * @returns {esbuild.BuildOptions}
 */
export function programOptions(common, { entry, file, head }) {
  return {
    ...common,
    entryPoints: { [basename(file, '.js')]: entry },
    outdir: dirname(file),
    format: 'esm',
    splitting: true,
    write: false,
    metafile: true,
    chunkNames: '[name]-[hash]',
    plugins: [
      ...(common.plugins ?? []),
      builtins,
      { name: 'program', setup: build => build.onEnd(result => assemble(result, file, head)) },
    ],
  };
}

/**
 * @param {esbuild.BuildResult} result
 * @param {string} file
 * @param {string} head
 */
function assemble({ errors, outputFiles = [], metafile }, file, head) {
  if (errors.length > 0 || !metafile) return;
  const outputs = new Map(Object.entries(metafile.outputs).map(([path, output]) => [basename(path), output]));
  const textOf = name => outputFiles.find(({ path }) => basename(path) === name)?.text ?? '';
  /** What a chunk imports at its beginning goes before it. */
  const inOrder = [];
  const visit = name => {
    if (inOrder.includes(name)) return;
    for (const { path, kind } of outputs.get(name)?.imports ?? [])
      if (kind === 'import-statement' && outputs.has(basename(path))) visit(basename(path));
    if (!inOrder.includes(name)) inOrder.push(name);
  };
  visit(basename(file));
  const atStart = inOrder.length;
  for (const name of outputs.keys()) if (name.endsWith('.js')) visit(name);
  const numberOf = path => (inOrder.includes(path) ? inOrder.indexOf(path) : undefined);

  const parts = [inOrder.slice(0, atStart), inOrder.slice(atStart)].map(names => {
    const functions = names.map(name => functionOf(ascii(textOf(name)), numberOf));
    return { names, code: `[${functions.join(',\n')}]\n` };
  });
  const hash = createHash('sha256')
    .update(parts.map(({ code }) => code).join('~'))
    .digest('hex')
    .slice(0, 16);
  const table = parts.map(({ names, code }) => [names.length, code.length, code.split('\n').length - 1]);
  const beginning = `${head}${start.replaceAll('CODE_HASH', hash).replaceAll('CODE_PARTS', JSON.stringify(table)).trimEnd()}\n/*~\n`;
  // What would end the comment is written otherwise, in as many bytes.
  const comment = parts.map(({ code }) => code.replaceAll('*/', '\u0001\u0002')).join('');
  const map = outputs.has(`${basename(file)}.map`) ? `//# sourceMappingURL=${basename(file)}.map\n` : '';
  writeFileSync(file, `${beginning}${comment}~*/\n${map}`, 'latin1');
  chmodSync(file, 0o755);
  if (map === '') return;
  let line = beginning.split('\n').length - 1;
  const sections = [];
  for (const name of inOrder) {
    sections.push({ offset: { line, column: 0 }, map: JSON.parse(textOf(`${name}.map`)) });
    line += textOf(name).split('\n').length;
  }
  writeFileSync(`${file}.map`, JSON.stringify({ version: 3, file: basename(file), sections }));
}

// Who may import whom: the table of ARCHITECTURE.md as data, held against every import of the sources.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, posix } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

interface Floor {
  /** A folder (all below it) or a file without its ending, from the repository's root; the longest that fits counts. */
  readonly at: string;
  /** Folders and files that it may import besides itself. */
  readonly imports: readonly string[];
  /** Of these the types alone. */
  readonly types?: readonly string[];
  /** Packages; `node` is everything that Node brings. */
  readonly packages?: readonly string[];
  /** The files or folders inside are siblings and never import each other, but for those named here. */
  readonly shared?: readonly string[];
}

const core = 'server/src/core';
/** Words are needed on every floor. */
const everywhere = ['@vscode/l10n'];

const floors: readonly Floor[] = [
  { at: `${core}/text`, imports: [] },
  { at: `${core}/syntax`, imports: [`${core}/text`] },
  { at: `${core}/syntax/yaml`, imports: [`${core}/text`, `${core}/syntax`], packages: ['js-yaml'] },
  {
    at: `${core}/syntax/python/grammar`,
    imports: [`${core}/text`, `${core}/syntax/python/wasm`],
    packages: ['web-tree-sitter'],
  },
  // Where sources run; bundles have another module in its place.
  { at: `${core}/syntax/python/wasm`, imports: [], packages: ['node:fs', 'node:module', 'node:v8'] },
  { at: `${core}/ops`, imports: [], types: [`${core}/text`], shared: ['op', 'rules'] },
  { at: `${core}/ops/index`, imports: [`${core}/ops`] },
  { at: `${core}/ops/rules`, imports: [`${core}/ops/op`] },
  { at: `${core}/graph`, imports: [`${core}/text`, `${core}/ops`] },
  { at: `${core}/convert`, imports: [`${core}/text`, `${core}/ops`, `${core}/graph`] },
  { at: `${core}/python`, imports: [`${core}/text`, `${core}/syntax`] },
  { at: `${core}/torch`, imports: [`${core}/text`, `${core}/ops`, `${core}/graph`, `${core}/python`] },
  {
    at: `${core}/project`,
    imports: [`${core}/text`, `${core}/syntax`, `${core}/ops`, `${core}/graph`, `${core}/python`],
  },
  {
    at: `${core}/program`,
    imports: [`${core}/text`, `${core}/syntax`, `${core}/graph`, `${core}/ops`, `${core}/python`, `${core}/torch`],
  },
  {
    at: `${core}/formats`,
    imports: ['text', 'syntax', 'graph', 'ops', 'convert', 'python', 'torch', 'program', 'project'].map(
      floor => `${core}/${floor}`,
    ),
    shared: ['format', 'reference', 'slot', 'lineage', 'numbering', 'rows', 'readings'],
  },
  { at: `${core}/formats/index`, imports: [`${core}/formats`] },
  { at: `${core}/analysis`, imports: [`${core}/text`, `${core}/graph`, `${core}/ops`] },
  {
    at: `${core}/settings`,
    imports: [`${core}/text`, `${core}/analysis`, `${core}/formats/index`],
  },
  { at: `${core}/history`, imports: [`${core}/text`, `${core}/formats/index`] },
  {
    at: `${core}/numbers`,
    imports: [`${core}/text`, `${core}/graph`, `${core}/formats/index`, `${core}/analysis`],
  },
  {
    at: `${core}/pipeline`,
    imports: [
      `${core}/text`,
      `${core}/history`,
      `${core}/graph`,
      `${core}/formats/index`,
      `${core}/analysis`,
      `${core}/settings`,
      `${core}/numbers`,
      `${core}/project`,
    ],
  },
  {
    at: `${core}/advice`,
    imports: [`${core}/text`, `${core}/graph`, `${core}/ops`],
    types: [`${core}/analysis`],
    shared: ['advice', 'channels', 'network', 'words'],
  },
  { at: `${core}/advice/index`, imports: [`${core}/advice`] },
  {
    at: `${core}/features`,
    imports: [
      `${core}/text`,
      `${core}/ops`,
      `${core}/graph`,
      `${core}/formats/index`,
      `${core}/analysis`,
      `${core}/settings`,
      `${core}/numbers`,
      `${core}/pipeline`,
      `${core}/project`,
      `${core}/advice/index`,
    ],
  },
  { at: `${core}/index`, imports: [core] },
  { at: 'server/src/protocol', imports: [], types: [`${core}/index`] },
  // The package for its version, which the bundle holds.
  // What both of them ask the disk for.
  { at: 'server/src/host', imports: [], types: [`${core}/index`], packages: ['node'] },
  // Where sources run, as the WebAssembly of Python.
  { at: 'server/src/host/speak', imports: ['server/src/host/bundles'], types: [`${core}/index`] },
  // How files are asked for, and walked: in a browser too.
  { at: 'server/src/host/storage', imports: [], types: [`${core}/index`] },
  {
    at: 'server/src/cli',
    imports: [`${core}/index`, 'server/src/host', 'server/src/mcp/toolbox', 'server/src/mcp/serve'],
    packages: ['node', 'package.json'],
  },
  {
    at: 'server/src/mcp',
    // Files are read and changed as in the terminal.
    imports: [
      `${core}/index`,
      'server/src/host',
      ...['files', 'specs', 'parsers', 'change', 'budgeted'].map(name => `server/src/cli/${name}`),
    ],
    packages: ['node'],
  },
  { at: 'server/src/mcp/serve', imports: [], types: ['server/src/mcp/tool'], packages: ['@modelcontextprotocol/sdk'] },
  {
    at: 'server/src/lsp',
    imports: [`${core}/index`, 'server/src/protocol', 'server/src/host/storage'],
    packages: ['vscode-languageserver', 'vscode-languageserver-textdocument'],
  },
  // Where it runs: a process, or a worker of a browser.
  {
    at: 'server/src/node',
    imports: [
      `${core}/index`,
      'server/src/host',
      'server/src/lsp/server',
      'server/src/lsp/workspace',
      'server/src/mcp/toolbox',
      'server/src/mcp/serve',
    ],
    packages: ['vscode-languageserver', 'node', 'package.json'],
  },
  { at: 'server/src/web', imports: ['server/src/lsp/server'], packages: ['vscode-languageserver'] },
  // A page in a browser, which spells quantities as core does.
  {
    at: 'client/overview',
    imports: [`${core}/text/quantity`],
    types: ['server/src/protocol'],
    packages: ['@tanstack/virtual-core', '@dagrejs/dagre'],
  },
  {
    at: 'client/src',
    // Which locale means which language.
    imports: [`${core}/text/language`],
    types: ['server/src/protocol', 'client/overview/messages'],
    packages: ['vscode', 'vscode-languageclient'],
  },
];

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

describe('floors', () => {
  const files = ['server/src', 'client/src', 'client/overview'].flatMap(sourcesIn);

  it('are known for every source file', () => {
    assert.ok(files.length > 50);
    assert.deepEqual(
      files.filter(file => floorOf(file) === undefined),
      [],
    );
  });

  it('import only what the table allows', () => {
    const wrong = files.flatMap(file => importsOf(file).flatMap(found => complaintAbout(file, found) ?? []));
    assert.equal(wrong.length, 0, `\n${wrong.join('\n')}\n`);
  });

  it('are each there for something that exists or is planned', () => {
    const planned = ['advice', 'protocol', 'lsp', 'cli', 'client'];
    for (const { at } of floors) {
      const used = files.some(file => isWithin(file, at));
      assert.ok(used || planned.some(name => at.includes(name)), `No source file is on the floor ${at}.`);
    }
  });

  it('have no circle of files, not even by types', () => {
    const imports = new Map(
      [...files, ...['test', 'scripts'].flatMap(sourcesIn)].map(file => [
        file,
        importsOf(file).map(({ target }) => target),
      ]),
    );
    const circle = circleIn(imports);
    assert.equal(circle, undefined, `These files import each other in a circle:\n${circle?.join('\n→ ')}\n`);
    assert.deepEqual(circleIn(new Map(Object.entries({ a: ['b', 'c'], b: [], c: ['d'], d: ['c'] }))), ['c', 'd', 'c']);
  });

  it('have a core without files, clock or process', () => {
    for (const file of files.filter(file => isWithin(file, core))) {
      const code = withoutComments(read(file));
      const found = /\b(?:process\.|Date\.now|new Date\(|performance\.now|setTimeout|setInterval|console\.)/.exec(code);
      assert.equal(found?.[0], undefined, `${file} uses ${found?.[0]}: the core is pure.`);
    }
  });

  it('would be told of, one rule each', () => {
    const told: [string, Found, RegExp][] = [
      ['server/src/core/text/lines.ts', { target: 'server/src/core/graph/graph.ts' }, /may not import/],
      ['server/src/core/syntax/tree.ts', { target: 'js-yaml' }, /package/],
      ['server/src/core/pipeline.ts', { target: 'node:fs' }, /package/],
      ['server/src/core/ops/relu.ts', { target: 'server/src/core/ops/conv.ts' }, /sibling/],
      ['server/src/core/ops/relu.ts', { target: 'server/src/core/ops/index.ts' }, /sibling/],
      ['server/src/core/ops/rules/window.ts', { target: 'server/src/core/ops/conv.ts' }, /may not import/],
      ['server/src/core/formats/a/read.ts', { target: 'server/src/core/formats/b/index.ts' }, /sibling/],
      ['server/src/core/torch/layer.ts', { target: 'server/src/core/formats/a/read.ts' }, /may not import/],
      ['server/src/core/python/value.ts', { target: 'server/src/core/torch/layer.ts' }, /may not import/],
      ['server/src/core/pipeline.ts', { target: 'server/src/core/formats/a/index.ts' }, /may not import/],
      ['server/src/core/features/hints.ts', { target: 'server/src/core/syntax/yaml.ts' }, /may not import/],
      ['server/src/lsp/server.ts', { target: 'server/src/core/pipeline.ts' }, /may not import/],
      ['server/src/lsp/server.ts', { target: 'node:path' }, /package/],
      ['server/src/lsp/server.ts', { target: 'server/src/host/disk.ts' }, /may not import/],
      ['server/src/web/main.ts', { target: 'server/src/host/disk.ts' }, /may not import/],
      ['server/src/cli/main.ts', { target: 'server/src/lsp/server.ts' }, /may not import/],
      ['client/src/extension.ts', { target: 'server/src/protocol/index.ts' }, /types/],
      ['client/src/extension.ts', { target: 'vscode-languageserver' }, /package/],
      ['client/src/overview.ts', { target: 'client/overview/network.ts' }, /may not import/],
      ['client/overview/main.ts', { target: 'server/src/core/index.ts' }, /may not import/],
      ['client/overview/main.ts', { target: 'vscode' }, /package/],
    ];
    for (const [file, { target }, message] of told) {
      assert.match(complaintAbout(file, { target, typeOnly: false }) ?? '', message, `${file} imports ${target}`);
    }
    const allowed: [string, string, boolean][] = [
      ['server/src/core/ops/relu.ts', 'server/src/core/ops/rules/activation.ts', false],
      ['server/src/core/formats/a/read.ts', 'server/src/core/formats/a/modules/conv.ts', false],
      ['server/src/core/formats/a/read.ts', 'server/src/core/formats/format.ts', false],
      ['server/src/core/formats/a/modules/conv.ts', 'server/src/core/torch/nn/conv.ts', false],
      ['client/src/extension.ts', 'server/src/protocol/index.ts', true],
      ['client/src/overview.ts', 'client/overview/messages.ts', true],
      ['client/src/extension.ts', 'vscode-languageclient/node', false],
      ['server/src/cli/main.ts', 'node:fs', false],
    ];
    for (const [file, target, typeOnly] of allowed) {
      assert.equal(complaintAbout(file, { target, typeOnly }), undefined);
    }
  });
});

interface Found {
  /** A file from the root, or a package. */
  readonly target: string;
  readonly typeOnly?: boolean;
}

function complaintAbout(file: string, { target, typeOnly }: Found): string | undefined {
  const floor = floorOf(file)!;
  if (!target.startsWith('server/') && !target.startsWith('client/')) {
    const allowed = [...everywhere, ...(floor.packages ?? [])].some(name =>
      name === 'node' ? isBuiltin(target) : target === name || target.startsWith(`${name}/`),
    );
    return allowed
      ? undefined
      : `${file} imports the package ${target}; floor ${floor.at} has ${listOf(floor.packages)}.`;
  }
  const siblings = siblingsOf(file, target);
  if (siblings) return `${file} imports its sibling ${target}: what ${siblings} share sits in their interface file.`;
  if (
    floorOf(target) === floor ||
    [floor.at, ...floor.imports].some(at => isWithin(target, at) && isOpen(target, at))
  ) {
    return undefined;
  }
  if (floor.types?.some(at => isWithin(target, at))) {
    return typeOnly ? undefined : `${file} may import types alone of ${target}: write “import type”.`;
  }
  return `${file} may not import ${target}; floor ${floor.at} may import ${listOf([...floor.imports, ...(floor.types ?? [])])}.`;
}

/** A floor's list of everything (`formats/index`) is for those who name it, or all of core; not for its own members. */
function isOpen(target: string, at: string): boolean {
  return at === core || floorOf(target)!.at === at || isWithin(target, at);
}

/** Two members of a floor of siblings, other than what they share. */
function siblingsOf(file: string, target: string): string | undefined {
  for (const { at, shared } of floors) {
    if (!shared || !isWithin(file, at) || !isWithin(target, at)) continue;
    const from = memberOf(file, at);
    const to = memberOf(target, at);
    if (from === to || from === 'index' || shared.includes(from) || shared.includes(to)) continue;
    return at;
  }
  return undefined;
}

function memberOf(file: string, at: string): string {
  return file
    .slice(at.length + 1)
    .split('/')[0]!
    .replace(/\.ts$/, '');
}

function floorOf(file: string): Floor | undefined {
  let best: Floor | undefined;
  for (const floor of floors) if (isWithin(file, floor.at) && floor.at.length > (best?.at.length ?? 0)) best = floor;
  return best;
}

function isWithin(file: string, at: string): boolean {
  return file.replace(/\.(?:ts|mjs)$/, '') === at || file.startsWith(`${at}/`);
}

function importsOf(file: string): readonly Found[] {
  const code = withoutComments(read(file));
  const found: Found[] = [];
  for (const [, clause, name] of code.matchAll(/^(?:import|export)\s([^;'"]*?)\sfrom\s+['"]([^'"]+)['"]/gm)) {
    found.push({ target: resolve(file, name!), typeOnly: isTypeOnly(clause!) });
  }
  for (const [, name] of code.matchAll(/(?:^import\s+|\bimport\(\s*|\brequire\(\s*)['"]([^'"]+)['"]/gm)) {
    found.push({ target: resolve(file, name!), typeOnly: false });
  }
  return found;
}

function isTypeOnly(clause: string): boolean {
  if (/^type\s/.test(clause)) return true;
  const names = /^\{([^}]*)\}$/.exec(clause.trim())?.[1];
  const list = names?.split(',').filter(name => name.trim() !== '') ?? [];
  return list.length > 0 && list.every(name => /^\s*type\s/.test(name));
}

function resolve(file: string, name: string): string {
  return name.startsWith('.') ? posix.join(posix.dirname(file), name) : name;
}

/** The first circle among files and what they import. */
function circleIn(imports: ReadonlyMap<string, readonly string[]>): readonly string[] | undefined {
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): readonly string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return undefined;
    path.push(file);
    for (const target of imports.get(file) ?? []) {
      const circle = visit(target);
      if (circle) return circle;
    }
    path.pop();
    done.add(file);
    return undefined;
  };
  for (const file of imports.keys()) {
    const circle = visit(file);
    if (circle) return circle;
  }
  return undefined;
}

function sourcesIn(folder: string): string[] {
  let entries: string[];
  try {
    entries = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
  } catch {
    return [];
  }
  return entries
    .map(entry => `${folder}/${entry.replaceAll('\\', '/')}`)
    .filter(file => file.endsWith('.ts') || (folder === 'server/src' && file.endsWith('.mjs')))
    .sort();
}

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

/** Whole-line and block comments alone: a string may hold what looks like one. */
function withoutComments(code: string): string {
  return code.replaceAll(/^\s*\/\/.*$/gm, '').replaceAll(/^\s*\/\*[\s\S]*?\*\//gm, '');
}

function listOf(names: readonly string[] | undefined): string {
  return names?.length ? names.join(', ') : 'none';
}

// The modules of a reading: where they are found, and when they run.
import type { PythonBlock, PythonTree } from '../../syntax/python/ast.ts';
import { reflection } from '../../syntax/python/parse.ts';
import { attributeOf } from '../attributes.ts';
import { compileBlock } from '../compiler/index.ts';
import { Names } from '../frame.ts';
import { absoluteName, boundNames, type FoundModule, findIn, importsFrom, onlyDefines, parseFile } from '../imports.ts';
import { libraryModules } from '../library/index.ts';
import type { Machine } from '../machine.ts';
import { Later, PyFunction, PyLazy, PyList, PyModule, type Steps, type Value } from '../objects.ts';
import type { Source } from './interpreter.ts';
import type { MissingImports } from './missing.ts';

/** A module that has not run. */
type Waiting =
  | FoundModule
  | { readonly tree: PythonTree; readonly isPackage: boolean; readonly path: string | undefined };

/** The modules of a reading: where they are found, and when they run. */
export class Modules {
  readonly #machine: Machine;
  readonly #missing: MissingImports;
  readonly byName = new Map<string, Value>();
  /** Paths of the files that were imported. */
  readonly filesRead: string[] = [];
  /** Packages whose `__init__` waits. */
  readonly pending = new Map<PyModule, Waiting>();
  /** Packages that are folders alone. */
  readonly parts = new Set<string>();
  /** Modules whose code has not come to its end. */
  readonly underWay = new Set<PyModule>();
  /** Of packages. */
  readonly folders = new Map<string, string>();
  readonly #paths = new Map<string, string>();
  readonly #awaited = new Set<PyModule>();
  /** Whether the text looks at all names of modules at once: then they are there from the start. */
  #isReflecting = false;

  constructor(machine: Machine, missing: MissingImports) {
    this.#machine = machine;
    this.#missing = missing;
  }

  /** In what it keeps them. */
  get books(): readonly object[] {
    const { byName, filesRead, pending, parts, underWay, folders } = this;
    return [byName, filesRead, pending, parts, underWay, folders, this.#paths, this.#awaited];
  }

  *run(source: Source): Steps<PyModule> {
    const { tree, name, isPackage = false, path } = source;
    this.#isReflecting = tree.chunks.some(({ block }) => reflection.test(block.text));
    const module = new PyModule(name);
    this.#prepare(module, isPackage, path);
    if (path !== undefined) this.#paths.set(path, name);
    this.byName.set(name, module);
    this.pending.set(module, { tree, isPackage, path });
    module.isPending = true;
    // Python runs the packages around a module first.
    const dot = name.lastIndexOf('.');
    if (this.#machine.options.isEager && dot >= 0) yield* this.importModule(name.slice(0, dot));
    yield* this.ready(module);
    return module;
  }

  #prepare(module: PyModule, isPackage: boolean, path: string | undefined): void {
    module.dict.set('__name__', module.name);
    module.dict.set('__doc__', null);
    module.dict.set('__package__', isPackage ? module.name : module.name.split('.').slice(0, -1).join('.'));
    module.dict.set('__builtins__', this.#machine.unknown('The module of built-in names is not supported.'));
    if (path !== undefined) module.dict.set('__file__', path);
    if (isPackage && path !== undefined) {
      const folder = path.endsWith('.py') ? path.slice(0, path.lastIndexOf('/')) : path;
      module.dict.set('__path__', new PyList([folder]));
      this.folders.set(module.name, folder);
    }
  }

  *#runTree(tree: PythonTree, module: PyModule): Steps<void> {
    this.underWay.add(module);
    for (const { start, block } of tree.chunks) {
      if (block.defines !== undefined && !this.#isReflecting && !this.#machine.options.isEager) {
        const name = block.defines;
        const define = (): Steps => this.#defined(block, name, module, start);
        module.dict.set(name, new PyLazy(define));
        continue;
      }
      const code = compileBlock(block);
      if (code.docstring !== undefined && start === tree.chunks[0]?.start) module.dict.set('__doc__', code.docstring);
      yield* this.#machine.call(new PyFunction(code, module, start, [], new Map(), []), [new Names(module.dict)]);
    }
    this.underWay.delete(module);
  }

  /** Runs a chunk that only defines a name. */
  *#defined(block: PythonBlock, name: string, module: PyModule, start: number): Steps {
    const code = compileBlock(block);
    // Names of its own: in the module it may be another's by now.
    const names = new Map<string, Value>();
    yield* this.#machine.call(new PyFunction(code, module, start, [], new Map(), []), [new Names(names)]);
    return names.get(name) ?? null;
  }

  *importModule(name: string): Steps {
    const known = this.byName.get(name);
    if (known !== undefined) {
      if (known instanceof PyModule && known.isPending) yield* this.ready(known);
      return known;
    }
    const make = libraryModules.get(name) ?? this.#machine.options.natives.get(name);
    if (make) {
      // A package is there before its parts.
      const dot = name.lastIndexOf('.');
      if (dot >= 0) yield* this.importModule(name.slice(0, dot));
      const again = this.byName.get(name);
      if (again !== undefined) return again;
      const module = make(this.#machine);
      this.byName.set(name, module);
      this.#attach(name, module);
      return module;
    }
    const module = yield* this.fileModule(name);
    if (module instanceof PyModule) yield* this.ready(module);
    return module;
  }

  /** The module of a file; that of a package may be pending. */
  *fileModule(name: string): Steps {
    const known = this.byName.get(name);
    if (known !== undefined) return known;
    if (libraryModules.has(name) || this.#machine.options.natives.has(name)) return yield* this.importModule(name);
    const found = yield* this.#find(name);
    if (!found) {
      const asAttribute = yield* this.#attributeModule(name);
      return asAttribute ?? this.#missing.import(name, 'module');
    }
    const again = this.byName.get(name);
    if (again !== undefined) return again;
    const alias = this.#paths.get(found.path);
    if (alias !== undefined) {
      const module = this.byName.get(alias)!;
      this.byName.set(name, module);
      this.#attach(name, module);
      return module;
    }
    const module = new PyModule(name, found.path);
    this.#prepare(module, found.isPackage, found.path);
    if (this.#machine.options.isPartial?.(found.path)) module.unknownNames = this.#missing.partOf(name);
    this.byName.set(name, module);
    this.#paths.set(found.path, name);
    if (found.text === undefined) {
      this.parts.add(name);
      this.#attach(name, module);
      return module;
    }
    this.pending.set(module, found);
    module.isPending = true;
    this.#attach(name, module);
    return module;
  }

  *ready(module: PyModule): Steps<void> {
    const found = this.pending.get(module);
    if (!found) return;
    const tree = this.#treeOf(found);
    yield* this.#packagesFirst(tree, module);
    if (!module.isPending) return;
    this.pending.delete(module);
    module.isPending = false;
    if ('text' in found) this.filesRead.push(found.path);
    try {
      yield* this.#runTree(tree, module);
    } catch (error) {
      this.byName.delete(module.name);
      if (found.path !== undefined) this.#paths.delete(found.path);
      throw error;
    } finally {
      this.underWay.delete(module);
    }
  }

  /** What a module takes from the packages around it is there before it runs, as in Python. */
  *#packagesFirst(tree: PythonTree, module: PyModule): Steps<void> {
    // Nothing is taken from them before something of the module is needed.
    if (!this.#isReflecting && !this.#machine.options.isEager && onlyDefines(tree)) return;
    const isPackage = module.dict.has('__path__');
    for (const { level, module: from, names } of importsFrom(tree)) {
      const name = absoluteName(from, level, module.name, isPackage);
      if (name === undefined || !module.name.startsWith(`${name}.`)) continue;
      const outer = yield* this.fileModule(name);
      if (!(outer instanceof PyModule) || !outer.isPending || this.#awaited.has(outer)) continue;
      if (names.every(each => this.isPart(outer, each.name))) continue;
      this.#awaited.add(outer);
      yield* this.ready(outer);
      this.#awaited.delete(outer);
    }
  }

  #treeOf(waiting: Waiting): PythonTree {
    return 'tree' in waiting
      ? waiting.tree
      : (this.#machine.options.parse ?? parseFile)(waiting.text ?? '', waiting.path);
  }

  /** Makes a module an attribute of its package. */
  #attach(name: string, module: Value): void {
    const dot = name.lastIndexOf('.');
    if (dot < 0) return;
    const parent = this.byName.get(name.slice(0, dot));
    if (parent instanceof PyModule && !parent.dict.has(name.slice(dot + 1)))
      parent.dict.set(name.slice(dot + 1), module);
  }

  /** `import torch.nn.functional` where `torch.nn` is a module that has it as an attribute. */
  *#attributeModule(name: string): Steps<Value | undefined> {
    const dot = name.lastIndexOf('.');
    if (dot < 0) return undefined;
    const parent = yield* this.importModule(name.slice(0, dot));
    if (!(parent instanceof PyModule) || parent.file !== undefined) return undefined;
    const found = attributeOf(parent, name.slice(dot + 1), this.#machine);
    const value = found instanceof Later ? yield* found.steps : found;
    return value instanceof PyModule ? value : undefined;
  }

  locate(name: string): { readonly path: string | undefined } | undefined {
    const known = this.byName.get(name);
    if (known instanceof PyModule) return { path: known.file };
    if (libraryModules.has(name) || this.#machine.options.natives.has(name)) return { path: undefined };
    const parts = name.split('.');
    const { files, roots } = this.#machine.options;
    for (const root of roots) {
      const folder = [root, ...parts.slice(0, -1)].join('/');
      const found = findIn(folder, parts.at(-1)!, name, files);
      if (found) return { path: found.path };
    }
    return undefined;
  }

  *#find(name: string): Steps<FoundModule | undefined> {
    const parts = name.split('.');
    const { files, roots } = this.#machine.options;
    const last = parts.at(-1)!;
    if (parts.length === 1) {
      let folder: FoundModule | undefined;
      for (const root of roots) {
        const found = findIn(root, last, name, files);
        if (found?.text !== undefined) return found;
        folder ??= found;
      }
      return folder;
    }
    const outer = parts.slice(0, -1).join('.');
    const parent = yield* this.#machine.options.isEager ? this.importModule(outer) : this.fileModule(outer);
    if (!(parent instanceof PyModule)) return undefined;
    const folder = this.folders.get(parent.name);
    return folder === undefined ? undefined : findIn(folder, last, name, files);
  }

  submodule(module: PyModule, name: string): Later | undefined {
    const full = `${module.name}.${name}`;
    if (name.startsWith('__')) return undefined;
    if (this.byName.has(full)) return new Later(this.importModule(full));
    if (libraryModules.has(full) || this.#machine.options.natives.has(full)) return new Later(this.importModule(full));
    const folder = this.folders.get(module.name);
    if (folder === undefined || !findIn(folder, name, full, this.#machine.options.files)) return undefined;
    return new Later(this.importModule(full));
  }

  /** Whether a name of a package that has not run is a module in it, which its `__init__` does not bind to anything else. */
  isPart(module: PyModule, name: string): boolean {
    const found = this.pending.get(module);
    const folder = this.folders.get(module.name);
    if (!found?.isPackage || folder === undefined) return false;
    if (!findIn(folder, name, name, this.#machine.options.files)) return false;
    const { names, hasStar } = boundNames(this.#treeOf(found));
    return !hasStar && !names.has(name);
  }

  isText(module: PyModule): boolean {
    return module.dict.has('__builtins__');
  }
}

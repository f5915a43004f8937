// `import` and `from … import`.
import { attributeOf } from '../../attributes.ts';
import type { ImportDetail } from '../../code.ts';
import type { Frame } from '../../frame.ts';
import { absoluteName } from '../../imports.ts';
import { libraryModules } from '../../library/index.ts';
import { Later, PyLazy, PyModule, type Steps, Unknown } from '../../objects.ts';
import { getAttributeSteps } from '../../protocols/attributes.ts';
import { listSteps } from '../../protocols/iterate.ts';
import { awaitSteps } from '../calls.ts';
import type { State } from '../state.ts';
import { done, type Instructions } from './instruction.ts';

export const imports: Instructions = {
  import(vm, frame, operand) {
    importOne(vm, frame, operand, importSteps);
  },

  importFrom(vm, frame, operand) {
    importOne(vm, frame, operand, importFromSteps);
  },

  importStar(vm, frame, operand) {
    awaitSteps(vm, importStarSteps(vm, frame.code!.details[operand] as ImportDetail, frame), 'discard');
  },
};

function importOne(vm: State, frame: Frame, operand: number, steps: typeof importSteps): void {
  const detail = frame.code!.details[operand] as ImportDetail;
  const module = frame.module!;
  if (isPutOff(vm, frame, detail)) done(frame, new PyLazy(() => steps(vm, detail, module), true));
  else awaitSteps(vm, steps(vm, detail, module), 'push');
}

function* importSteps(vm: State, detail: ImportDetail, module: PyModule): Steps {
  const isPackage = module.dict.has('__path__');
  const name = absoluteName(detail.name, detail.level, module.name, isPackage);
  if (name === undefined) {
    throw vm.raise('ImportError', 'attempted relative import with no known parent package');
  }
  // A package waits until something of its own is needed.
  const first = yield* vm.imports.fileModule(name);
  const isPart =
    !detail.names || (first instanceof PyModule && first.isPending && vm.imports.isPart(first, detail.names[0]!));
  if (isPart && first instanceof PyModule && !vm.options.isEager && vm.imports.pending.get(first)?.isPackage) {
    if (detail.names || detail.isAliased) return first;
    return yield* vm.imports.fileModule(name.split('.')[0]!);
  }
  const found = yield* vm.importModule(name);
  if (detail.isGuarded && found instanceof Unknown) {
    forgo(vm, detail, module, found);
    throw vm.raise('ModuleNotFoundError', `No module named '${name}'`);
  }
  if (!detail.names) {
    if (detail.isAliased) return found;
    // `import a.b` binds `a`.
    const top = name.split('.')[0]!;
    return yield* vm.options.isEager ? vm.importModule(top) : vm.imports.fileModule(top);
  }
  return found;
}

function* importFromSteps(vm: State, detail: ImportDetail, module: PyModule): Steps {
  const found = yield* importSteps(vm, detail, module);
  const name = detail.names![0]!;
  if (found instanceof Unknown) return vm.unknownMember(found, name);
  if (found instanceof PyModule && found.isPending) return yield* vm.importModule(`${found.name}.${name}`);
  const value = attributeOf(found, name, vm);
  const result = value instanceof Later ? yield* value.steps : value;
  if (result !== undefined) {
    if (detail.isGuarded && result instanceof Unknown && result.isImport) {
      forgo(vm, detail, module, result);
      throw vm.raise('ImportError', `cannot import name '${name}'`);
    }
    return result;
  }
  const forgone = found instanceof PyModule ? found.forgone?.get(name) : undefined;
  if (forgone && !detail.isGuarded) return forgone;
  if (found instanceof PyModule && !detail.isGuarded && !vm.imports.isText(found)) {
    // Of a native module not everything is known.
    return vm.missingImports.import(`${found.name}.${name}`);
  }
  if (found instanceof PyModule) {
    // A compiled extension beside the sources: there, but not to be read.
    const folder = vm.imports.folders.get(found.name);
    const isCompiled =
      folder !== undefined &&
      vm.options.files.list(folder).some(file => file.startsWith(`${name}.`) && /\.(so|pyd)$/.test(file));
    // A folder without `__init__.py` may be seen in part.
    if (isCompiled || vm.imports.parts.has(found.name)) return vm.missingImports.import(`${found.name}.${name}`);
    throw vm.raise('ImportError', `cannot import name '${name}' from '${found.name}'`);
  }
  throw vm.raise('ImportError', `cannot import name '${name}'`);
}

function* importStarSteps(vm: State, detail: ImportDetail, frame: Frame): Steps<void> {
  const module = frame.module!;
  const found = yield* importSteps(vm, detail, module);
  if (found instanceof Unknown) {
    module.unknownNames ??= found;
    return;
  }
  if (!(found instanceof PyModule)) return;
  for (const [name, unknown] of found.forgone ?? []) {
    module.forgone ??= new Map();
    module.forgone.set(name, unknown);
  }
  const names = frame.names ?? module.dict;
  const all = found.dict.has('__all__') ? yield* getAttributeSteps(found, '__all__', vm) : undefined;
  const listed = all === undefined ? undefined : yield* listSteps(all, vm);
  if (listed !== undefined && !(listed instanceof Unknown)) {
    for (const name of listed) {
      if (typeof name !== 'string') continue;
      // A name that it may have from elsewhere is one that is looked for once it is needed.
      if (found.dict.get(name) instanceof PyLazy || (found.unknownNames && !found.dict.has(name))) {
        names.set(name, new PyLazy(inner => getAttributeSteps(found, name, inner), true));
        continue;
      }
      const value = attributeOf(found, name, vm);
      if (value === undefined) {
        if (!vm.imports.underWay.has(found)) {
          throw vm.raise('AttributeError', `module '${found.name}' has no attribute '${name}'`);
        }
        // A circle of imports: it will be there once it is needed.
        names.set(name, new PyLazy(inner => getAttributeSteps(found, name, inner), true));
        continue;
      }
      names.set(name, value instanceof Later ? yield* value.steps : value);
    }
    return;
  }
  module.unknownNames ??= found.unknownNames;
  for (const [name, value] of [...found.dict]) {
    if (name.startsWith('_')) continue;
    if (value instanceof PyLazy) {
      names.set(name, new PyLazy(inner => getAttributeSteps(found, name, inner), true));
    } else names.set(name, value);
  }
}

function forgo(vm: State, { forgone }: ImportDetail, module: PyModule, why: Unknown): void {
  module.forgone ??= new Map();
  for (const name of forgone) module.forgone.set(name, vm.unknownMember(why, name));
}

/** Whether an import waits until a name of it is needed: those of files at the top of a module. */
function isPutOff(vm: State, frame: Frame, detail: ImportDetail): boolean {
  if (vm.options.isEager || detail.isGuarded || frame.code!.kind !== 'module') return false;
  if (detail.level > 0) return true;
  const top = detail.name.split('.')[0]!;
  return !libraryModules.has(top) && !vm.options.natives.has(top);
}

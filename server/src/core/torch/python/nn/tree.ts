// The tree of modules of an entry: its rows, and the parameters that its forward pass does not use.
import { Native, type Place, type Steps, Unknown } from '../../../python/objects.ts';
import type { PyParameter, PyTensor } from '../tensor.ts';
import { type ModuleInstance, modulesOf, parametersOf } from './instance.ts';
import { named } from './natives.ts';
import { type NN, tensorsIn } from './state.ts';

/** One module of a tree. */
export interface ModuleRow {
  /** As `named_modules()` has it: `layer1.0.conv1`; empty for the root. */
  readonly path: string;
  /** Its class: `Conv2d`. */
  readonly type: string;
  readonly module: ModuleInstance;
  /** The head of its class; undefined for a class of torch. */
  readonly definition: Place | undefined;
  /** Where the calls stand that constructed it, from the inside out, up to and with the nearest `__init__`. */
  readonly construct: readonly Place[];
  /** How often it was called in the forward pass that is priced. */
  readonly calls: number;
  /** Its own and those of all inside, each once. */
  readonly parameters: readonly PyParameter[];
  readonly isLeaf: boolean;
  /** The tensors that its last call returned. */
  readonly outputs: readonly PyTensor[];
  /** Something in it cannot be known: a child of an unknown class. */
  readonly unknown: Unknown | undefined;
}

/** One row for each module, in the order of `named_modules()`. */
export function moduleTree(nn: NN, root: ModuleInstance): readonly ModuleRow[] {
  return [...modulesOf(root)].map(({ path, value: module }) => {
    const calls = nn.calls.get(module);
    return {
      path,
      type: module.cls.name,
      module,
      definition: module.cls.place,
      construct: module.construct,
      calls: calls?.count ?? 0,
      parameters: [...parametersOf(module)].map(({ value }) => value),
      isLeaf: isLeaf(module),
      outputs: calls ? tensorsIn(calls.result) : [],
      unknown: unknownPart(module),
    };
  });
}

/** It calls no module of its own; attention of torch has a child, whose weights it reads without a call. */
function isLeaf(module: ModuleInstance): boolean {
  for (const [name] of module.ownChildren()) {
    if (name === 'parametrizations') continue;
    if (name !== 'out_proj' || !module.cls.mro.some(cls => cls.name === 'MultiheadAttention' && !cls.place)) return false;
  }
  return true;
}

function unknownPart(module: ModuleInstance): Unknown | undefined {
  if (module.unknown) return module.unknown;
  for (const registry of [module.children, module.parameters]) {
    for (const [, value] of named(registry)) if (value instanceof Unknown) return value;
  }
  return undefined;
}

/**
 * Puts every parameter of a tree into the graph that nothing counts yet, in the frame of its module; to be run while the
 * graph is still recorded. What is unknown in the tree becomes an opaque node, so that totals say “at least”.
 */
export function* finishParameters(nn: NN, root: ModuleInstance): Steps {
  const open = openModules(nn, root);
  if (open.has(root)) yield* nn.machine.call(registering(nn, root, open, new Set()), []);
  return null;
}

function isOpen(nn: NN, module: ModuleInstance): boolean {
  if (unknownPart(module)) return true;
  for (const [, parameter] of module.ownParameters()) if (!nn.world.countedBy(parameter)) return true;
  return false;
}

/** The modules in which something is to be counted, themselves or inside. */
function openModules(nn: NN, root: ModuleInstance): ReadonlySet<ModuleInstance> {
  const open = new Set<ModuleInstance>();
  const list = [...modulesOf(root)].reverse();
  for (const { value } of list) {
    const inside = [...value.ownChildren()].some(([, child]) => open.has(child));
    if (inside || isOpen(nn, value)) open.add(value);
  }
  return open;
}

function registering(
  nn: NN,
  module: ModuleInstance,
  open: ReadonlySet<ModuleInstance>,
  done: Set<ModuleInstance>,
): Native {
  return new Native(
    module.cls.name,
    undefined,
    function* (): Steps {
      const at = nn.machine.top;
      if (at) at.tag = { ...nn.tag(module, at.parent), isCall: false };
      done.add(module);
      for (const [, parameter] of module.ownParameters()) if (!nn.world.countedBy(parameter)) nn.world.node(parameter);
      const unknown = unknownPart(module);
      if (unknown) nn.world.opaque(unknown, []);
      for (const [, child] of module.ownChildren()) {
        if (open.has(child) && !done.has(child)) yield* nn.machine.call(registering(nn, child, open, done), []);
      }
      return null;
    },
    true,
  );
}

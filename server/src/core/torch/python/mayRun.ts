// Statements of which data decide whether they run: what they do in the graph counts at most, and tensors that they write
// into have other values or not.
import * as l10n from '@vscode/l10n';
import type { Guard } from '../../graph/graph.ts';
import * as ops from '../../ops/index.ts';
import type { Shape } from '../../ops/op.ts';
import { type MayRun, PyInstance, Unknown, type Value } from '../../python/objects.ts';
import type { Reason } from '../../text/reason.ts';
import { ModuleInstance } from './nn/instance.ts';
import { sameList } from './print.ts';
import type { Storage } from './storage.ts';
import { type DType, PyParameter, PyTensor } from './tensor.ts';
import type { World } from './world.ts';

/** Where the graph is recorded. */
interface Graphs extends Pick<World, 'apply' | 'opaque'> {
  openGuard(guard: Guard): void;
  /** `lost`: why the work that was recorded is no upper bound, if it is none. */
  closeGuard(lost: Reason | undefined): void;
}

interface Before {
  readonly shape: Shape | undefined;
  readonly dtype: DType;
  readonly hasType: boolean;
  readonly storage: Storage | undefined;
  readonly version: number;
}

export class Attempt implements MayRun {
  readonly #world: Graphs;
  readonly #guard: Guard;
  readonly #tensors = new Map<PyTensor, Before>();
  readonly #hooks = new Map<ModuleInstance, readonly unknown[]>();
  #isLost = false;

  constructor(world: Graphs, guard: Guard) {
    this.#world = world;
    this.#guard = guard;
  }

  note(object: PyInstance): readonly Value[] {
    if (object instanceof ModuleInstance) {
      this.#hooks.set(object, object.hooks);
      return [object.children, object.parameters, object.buffers];
    }
    if (!(object instanceof PyTensor)) return [];
    const { shape, dtype, hasType, storage } = object;
    this.#tensors.set(object, { shape, dtype, hasType, storage, version: storage?.version ?? 0 });
    return [];
  }

  begin(): void {
    this.#world.openGuard(this.#guard);
  }

  lose(): void {
    this.#isLost = true;
  }

  either(before: Value | undefined, after: Value | undefined): Value {
    if (before instanceof PyTensor && after instanceof PyTensor && isLike(before, after)) {
      // Who writes into what is one of them may write into either.
      for (const { storage } of [before, after]) if (storage) storage.values = undefined;
      const { shape, dtype } = after;
      return this.#world.apply(ops.rearrange, { how: 'index', shape: shape! }, [before, after], { dtype });
    }
    const { why } = this.#guard;
    const isModule = [before, after].some(each => each instanceof ModuleInstance || isOtherUnknown(each));
    const unknown = new Unknown(why, undefined, undefined, false, isModule ? undefined : { is: 'value' });
    const values = [before, after];
    if (values.some(isObject)) unknown.mayBe = 'object';
    else if (values.some(each => typeof each === 'object' && each !== null)) unknown.mayBe = 'tensor';
    return unknown;
  }

  end(isCut: boolean): void {
    for (const [module, hooks] of this.#hooks) if (module.hooks !== hooks) this.#isLost = true;
    for (const [tensor, before] of this.#tensors) {
      const { shape, dtype, hasType, storage } = tensor;
      const isSame = shape && before.shape ? sameList(shape, before.shape) : shape === before.shape;
      if (!isSame || dtype !== before.dtype || hasType !== before.hasType) {
        this.#isLost = true;
        if (tensor.node) tensor.node = this.#world.opaque(this.#guard.why, [tensor]).node;
        tensor.shape = undefined;
        tensor.why = this.#guard.why;
        tensor.hasType = false;
      } else if (storage === before.storage && (storage?.version ?? 0) === before.version) continue;
      for (const memory of [storage, before.storage]) if (memory) memory.values = undefined;
    }
    this.#world.closeGuard(isCut || this.#isLost ? this.#guard.why : undefined);
  }
}

const isObject = (value: Value | undefined): boolean =>
  value instanceof Unknown
    ? value.mayBe === 'object'
    : value instanceof PyInstance &&
      value.cls.place !== undefined &&
      !(value instanceof PyTensor || value instanceof ModuleInstance);

const isOtherUnknown = (value: Value | undefined): boolean => value instanceof Unknown && !value.decision;

/** Whether one of two tensors can stand for either. */
function isLike(before: PyTensor, after: PyTensor): boolean {
  const { shape, dtype, hasType, cls } = after;
  if (!shape || !before.shape || shape.some(Number.isNaN) || !sameList(shape, before.shape)) return false;
  if (before instanceof PyParameter || after instanceof PyParameter) return false;
  return dtype === before.dtype && hasType && before.hasType && cls === before.cls;
}

export function whyGuarded(): Reason {
  return { message: l10n.t('whether it runs depends on values'), short: l10n.t('may not run') };
}

// What a machine that reads networks does with unknowns: what they hide of the network makes its totals lower bounds.
import * as l10n from '@vscode/l10n';
import { evaluated } from '../python/code.ts';
import type { Hooks, Machine } from '../python/machine.ts';
import {
  type Decision,
  type Keywords,
  type MayIterator,
  type MayRun,
  type Place,
  Unknown,
  type Value,
} from '../python/objects.ts';
import type { Reason } from '../text/reason.ts';
import { entriesOf } from '../torch/python/mayIterate.ts';
import { ModuleInstance } from '../torch/python/nn/instance.ts';
import { tensorsIn } from '../torch/python/nn/state.ts';
import { type Recording, worldOf } from '../torch/python/recording.ts';
import { PyTensor } from '../torch/python/tensor.ts';

export class Unknowns implements Hooks {
  /**
   * Reasons of the construction, which the graph gets when it is begun. By what they say: a call that an earlier reading
   * made gives the one of then.
   */
  readonly #built = new Map<string, Reason>();
  /** Modules in whose constructors something was skipped; undefined for what no module was in the middle of. */
  readonly #unfinished = new Map<ModuleInstance | undefined, Reason>();
  #isBuilding = false;

  /** From now on what is skipped may be a part of the network. */
  begin(): void {
    this.#isBuilding = true;
  }

  unknownCall(callee: Unknown, args: readonly Value[], keywords: Keywords, machine: Machine): Value {
    const world = worldOf(machine);
    const values = [...args, ...keywords.values()];
    const tensors = values.flatMap(value => tensorsIn(value));
    const isWork = (value: Value): boolean =>
      value instanceof ModuleInstance ||
      (callee.mayBe !== undefined && value instanceof Unknown && value.mayBe !== undefined);
    if (world.isRecording && (tensors.length > 0 || values.some(isWork))) {
      world.opaque(callee, tensors);
    }
    return callee;
  }

  unknownBranch(why: Unknown, machine: Machine): void {
    this.#skipped(why.reason, machine);
  }

  mayRun(_why: Unknown, decision: Decision, machine: Machine): MayRun | undefined {
    return worldOf(machine).mayRun(decision);
  }

  mayIterate(iterable: Value, machine: Machine): MayIterator | undefined {
    return entriesOf(worldOf(machine), iterable);
  }

  unknownWrite(object: Value, name: string | undefined, why: Unknown, machine: Machine): void {
    // Other weights, of the same sizes.
    if (name === 'load_state_dict') return;
    if (object instanceof ModuleInstance) this.#skipped(why.reason, machine, object);
    else if (object instanceof PyTensor) this.#skipped(why.reason, machine);
  }

  unknownItem(items: readonly Value[], index: Unknown, machine: Machine): Value | undefined {
    return worldOf(machine).choose(items, index);
  }

  /** What a fault of ours leaves out may be a part of the network. */
  fault(_error: unknown, machine: Machine): void {
    this.#skipped({ message: l10n.t('Flopline cannot follow the program here') }, machine);
  }

  broken(message: string, _place: Place, machine: Machine): void {
    this.#skipped({ message }, machine);
  }

  #skipped(reason: Reason, machine: Machine, module = builtBy(machine)): void {
    const world = worldOf(machine);
    if (isImporting(machine)) return;
    if (world.isRecording) world.opaque(reason, []);
    else if (this.#isBuilding) {
      if (!this.#built.has(reason.message)) this.#built.set(reason.message, reason);
      if (!this.#unfinished.has(module)) this.#unfinished.set(module, reason);
    }
  }

  /** Why a module may have more in it than what was seen of its construction. */
  unfinished(module: ModuleInstance, isWhole: boolean): Reason | undefined {
    return this.#unfinished.get(module) ?? (isWhole ? this.#unfinished.get(undefined) : undefined);
  }

  /** Puts what was skipped in the construction into the graph. */
  record(world: Recording): void {
    for (const reason of this.#built.values()) world.opaque(reason, []);
  }
}

/** The module whose constructor, or a method that it calls, is under way. */
function builtBy(machine: Machine): ModuleInstance | undefined {
  for (let call = machine.top; call; call = call.parent) {
    if (call.receiver instanceof ModuleInstance) return call.receiver;
  }
  return undefined;
}

/**
 * Whether a file that is imported runs, which may be in the middle of a constructor: the network is no business of its
 * statements, and the names that they give are unknown themselves.
 */
function isImporting(machine: Machine): boolean {
  for (let at = machine.top; at; at = at.parent) {
    if (at.code?.kind === 'module' && at.code.name !== evaluated) return true;
  }
  return false;
}

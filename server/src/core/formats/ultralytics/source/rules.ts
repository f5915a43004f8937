// Modules that the reader's Python imports from where they cannot be found, and that the project has a cost rule for: a
// class in their place, which does what the rule says.
import type { CostRule, CostRules } from '../../../project/index.ts';
import type { Machine } from '../../../python/machine.ts';
import { native } from '../../../python/native.ts';
import { PyClass, type PyModule, PyTuple, type Steps, Unknown, type Value } from '../../../python/objects.ts';
import type { PyValue } from '../../../python/value.ts';
import type { Problem } from '../../../text/problem.ts';
import { ModuleInstance } from '../../../torch/python/nn/instance.ts';
import { itemsOf } from '../../../torch/python/nn/natives.ts';
import { tensorsIn } from '../../../torch/python/nn/state.ts';
import { worldOf } from '../../../torch/python/recording.ts';
import { attribute } from './attribute.ts';

/** What a row writes beside the name of its module. */
export interface RuledRow {
  readonly args: readonly PyValue[];
}

/** What rules need of the reading. */
export interface Ruling {
  readonly rules: CostRules;
  /** The row that a call is in; undefined for one that is in none. */
  rowAt(machine: Machine): number | undefined;
  rowOf(index: number): RuledRow | undefined;
  /** A rule does not fit a row. */
  report(row: number, arg: number | undefined, problem: Omit<Problem, 'range' | 'severity'>): void;
}

/** Defines in the reader what its imports could not. */
export function* defineRuled(machine: Machine, reader: PyModule, ruling: Ruling): Steps<void> {
  for (const name of ruling.rules.names) {
    const known = yield* attribute(machine, reader, name);
    const rule = ruling.rules.of(name);
    // Where an import fails, many write None.
    if (rule && (known === undefined || known === null || known instanceof Unknown)) {
      reader.dict.set(name, classOf(machine, name, rule, ruling));
    }
  }
}

/** Instances that rules stand behind, and of which row each was made. */
const made = new WeakMap<
  ModuleInstance,
  { readonly rule: CostRule; readonly row: number; readonly given: readonly Value[] }
>();

/** The rule behind a module, or behind those that it repeats. */
export function ruleBehind(module: ModuleInstance): CostRule | undefined {
  const own = made.get(module)?.rule;
  if (own) return own;
  for (const [, child] of module.ownChildren()) {
    const rule = made.get(child)?.rule;
    if (rule) return rule;
  }
  return undefined;
}

function classOf(machine: Machine, name: string, rule: CostRule, ruling: Ruling): PyClass {
  const world = worldOf(machine);
  const { Module } = world.classes;
  const cls = new PyClass(name, 'flopline', [Module], Module.mro);
  cls.dict.set(
    '__init__',
    native('__init__', 'self, *args, **kwargs', ([self, args]) => {
      if (!(self instanceof ModuleInstance)) return null;
      self.prepare();
      const row = ruling.rowAt(machine);
      if (row !== undefined) made.set(self, { rule, row, given: itemsOf(args) });
      return null;
    }),
  );
  cls.dict.set(
    'forward',
    native('forward', 'self, *args', ([self, args]) => {
      const inputs = itemsOf(args).flatMap(value => tensorsIn(value));
      const instance = self instanceof ModuleInstance ? made.get(self) : undefined;
      const written = instance && ruling.rowOf(instance.row);
      if (!instance || !written) return world.opaque(rule.summary, inputs);
      const outputs = world.fragment(inputs, (builder, tensors) => {
        const channels = channelsOf(instance.given, written.args);
        const outcome = rule.apply(builder, { args: written.args, inputs: tensors, channels });
        for (const { arg, ...problem } of outcome.problems) ruling.report(instance.row, arg, problem);
        return outcome.outputs;
      });
      return outputs.length === 1 ? outputs[0]! : new PyTuple([...outputs]);
    }),
  );
  return cls;
}

/**
 * How many channels come out, where parse_model says it: it puts what comes in before what a row writes, and scales the
 * first of that.
 */
function channelsOf(given: readonly Value[], written: readonly PyValue[]): number | undefined {
  const [, second] = given;
  return given.length === written.length + 1 && typeof second === 'number' ? second : undefined;
}

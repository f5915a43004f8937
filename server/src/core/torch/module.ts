// Modules as their constructors leave them: a tree whose children can be listed, sliced and named, and a forward pass.
import type { Tensor } from '../graph/graph.ts';
import { defaultsOf, type Forward, type Layer, only, type Parameter, type Scope } from './layer.ts';
import { learned } from './tensor.ts';

export interface Module {
  /** Its class: `Linear`, `Sequential`. */
  readonly type: string;
  readonly forward: Forward;
  /** In the order of the constructor; empty as well where the forward pass alone is described. */
  readonly children: readonly Child[];
  /** Its own, without its children’s. */
  readonly parameters: readonly Parameter[];
}

/** What `named_children()` lists. */
export interface Child extends Module {
  readonly name: string;
}

/** A module by its constructor; arguments that are not given are the default ones. */
export function construct<A extends object>(layer: Layer<A>, given: Partial<A>): Module {
  const args = { ...defaultsOf(layer), ...given } as A;
  return {
    type: layer.name.replace(/^.*\./, ''),
    forward: (scope, x) => only([layer.forward(scope, [x], args)]),
    children: [],
    parameters: layer.parameters?.(args) ?? [],
  };
}

/** A child by its module, or by its forward pass alone. */
export function named(name: string, module: Module | Forward): Child {
  if (typeof module !== 'function') return { ...module, name };
  return { name, type: 'module', forward: module, children: [], parameters: [] };
}

/** nn.Sequential. */
export function sequential(name: string, children: readonly Child[]): Child {
  return { name, type: 'Sequential', children, parameters: [], forward: (scope, x) => run(scope, children, x) };
}

/** The children of an nn.Sequential without names: 0, 1, 2, … */
export function numbered(modules: readonly (Module | Forward)[]): readonly Child[] {
  return modules.map((module, index) => named(String(index), module));
}

/** Calls modules one after another, each as a part. */
export function run(scope: Scope, children: readonly Child[], x: Tensor): Tensor {
  return children.reduce((y, { name, type, forward }) => scope.part(name, type, () => forward(scope, y)), x);
}

/** `parameters()`: those of a module and of all inside. */
export function parametersOf({ parameters, children }: Module): readonly Parameter[] {
  return [...parameters, ...children.flatMap(parametersOf)];
}

/** The parameters of modules that the forward pass leaves out in evaluation mode: they are there, their work is not. */
export function registered(scope: Scope, modules: readonly Module[]): readonly Tensor[] {
  return modules.flatMap(parametersOf).map(({ shape, role }) => learned(scope, shape, role));
}

/** The same as a part of a forward pass. */
export function idle(scope: Scope, label: string, type: string, modules: readonly Module[]): void {
  scope.part(label, type, () => registered(scope, modules));
}

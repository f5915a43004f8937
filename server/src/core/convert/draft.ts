// Divides a graph into drafts: frames that may become definitions, with their steps.
import * as l10n from '@vscode/l10n';
import type { Frame, Graph, GraphNode, Tensor } from '../graph/graph.ts';
import { ops } from '../ops/index.ts';
import { type Draft, isDraft, type Language, type Operation, type Step, tensorKey } from './definition.ts';

/** The network as one draft; or the node that cannot be expressed, and why. */
export type Drafted =
  | { readonly network: Draft }
  | { readonly node: GraphNode; readonly label: string; readonly why: string };

/** Numbers the kinds of drafts: drafts of one kind differ only in values. */
export class Kinds {
  readonly #numbers = new Map<string, number>();
  readonly #known = new WeakMap<Draft, number>();

  of(draft: Draft): number {
    let number = this.#known.get(draft);
    if (number === undefined) {
      const key = structureOf(draft, step =>
        isDraft(step.does) ? `use ${this.of(step.does)}` : operationText(step.does, false) + linkOf(step),
      );
      number = this.#numbers.get(key) ?? this.#numbers.size;
      this.#numbers.set(key, number);
      this.#known.set(draft, number);
    }
    return number;
  }
}

/** The name part of a chain's link. */
function linkOf(step: Step): string {
  return chains(step) ? '' : `×${step.times}`;
}

/** `inlined`: the kinds of drafts that do not become definitions. */
export function draftOf(graph: Graph, language: Language, kinds: Kinds, inlined: ReadonlySet<number>): Drafted {
  const drafting = new Drafting(graph, language, kinds, inlined);
  const network = drafting.network();
  return drafting.refused ?? { network };
}

/** Frames that do not structure the network. */
const seeThrough = new Set(['function', 'statement', 'network']);
/** Frames whose children count as children of the surrounding frame. */
const plain = new Set<string>([
  ...ops.map(({ name }) => name),
  ...['from', 'empty', 'branch', 'shortcut', 'repeat'],
  ...['Sequential', 'nn.Sequential', 'ModuleList', 'nn.ModuleList'],
]);
/** Structures without a type name of their own, which become definitions if there are several alike. */
const nameless: Readonly<Record<string, string>> = {
  residual: 'Residual',
  branches: 'Branches',
  repetition: 'Layer',
};

/** Ports from here on are the intermediate results of a node that becomes several operations. */
const betweenPorts = 1000;

interface Group {
  readonly frame: Frame;
  readonly label: string;
  readonly type: string;
  readonly parts: Part[];
}

type Part = Group | GraphNode;

const isGroup = (part: Part): part is Group => 'parts' in part;

class Drafting {
  readonly #graph: Graph;
  readonly #language: Language;
  readonly #kinds: Kinds;
  readonly #inlined: ReadonlySet<number>;
  /** The ids of the nodes that read a tensor. */
  readonly #readers = new Map<string, number[]>();
  readonly #returned: ReadonlySet<string>;
  refused: Exclude<Drafted, { network: Draft }> | undefined;

  constructor(graph: Graph, language: Language, kinds: Kinds, inlined: ReadonlySet<number>) {
    this.#graph = graph;
    this.#language = language;
    this.#kinds = kinds;
    this.#inlined = inlined;
    this.#returned = new Set(graph.outputs.map(tensorKey));
    for (const node of graph.nodes)
      for (const tensor of node.inputs) {
        const key = tensorKey(tensor);
        const readers = this.#readers.get(key);
        if (readers) readers.push(node.id);
        else this.#readers.set(key, [node.id]);
      }
  }

  network(): Draft {
    const { root, nodes, inputs } = this.#graph;
    const given = new Set(inputs.map(({ tensor }) => tensor.node.id));
    let { parts } = grouped(
      root,
      nodes.filter(({ id }) => !given.has(id)),
    );
    let type = 'Network';
    // Unwrap the module that is the whole network.
    while (parts.length === 1 && isGroup(parts[0]!) && !plain.has(parts[0].type) && !nameless[parts[0].type]) {
      ({ type, parts } = parts[0]);
    }
    const steps = this.#steps(parts, undefined);
    return {
      type,
      least: 1,
      steps,
      inputs: inputs.map(({ tensor }) => tensor),
      outputs: this.#graph.outputs,
    };
  }

  #steps(parts: readonly Part[], path: string | undefined): readonly Step[] {
    const steps = parts.flatMap(part => (isGroup(part) ? this.#group(part, path) : this.#node(part, undefined, path)));
    const fused = this.#language
      .fuse(steps, tensor => this.#isInner(tensor))
      .flatMap(step => {
        const { does, label } = step;
        if (!isDraft(does) || !this.#inlined.has(this.#kinds.of(does))) return [step];
        return this.#named(
          does.steps.map(each => ({ ...each, path: step.path, unit: step.first })),
          label,
        );
      });
    return this.#repeated(fused);
  }

  /** Whether exactly one node reads a tensor, and it is not an output of the network. */
  #isInner(tensor: Tensor): boolean {
    const key = tensorKey(tensor);
    return !this.#returned.has(key) && this.#readers.get(key)?.length === 1;
  }

  #group(group: Group, path: string | undefined): readonly Step[] {
    const { parts, label, type } = group;
    const [only] = parts;
    const name = wordOf(label);
    if (parts.length === 1 && only) {
      // A frame with a single child gives it its name.
      if (!isGroup(only)) return this.#node(only, name, this.#path(group, path));
      const inner = { ...only, label: name === undefined ? only.label : label };
      const isPlain = plain.has(type) || nameless[type] !== undefined;
      return this.#group(isPlain ? inner : { ...inner, type }, this.#path(group, path));
    }
    // A repetition contains one frame per iteration.
    if (parts.every(part => isGroup(part) && (part.type === type || part.type === 'repetition'))) {
      const copies = parts.map(part => ({ ...(part as Group), type: type === 'repeat' ? 'repetition' : type }));
      return this.#named(this.#steps(copies, this.#path(group, path)), name);
    }
    if (plain.has(type)) return this.#named(this.#steps(parts, this.#path(group, path)), name);
    const steps = this.#steps(parts, undefined);
    if (steps.length === 0) return [];
    if (steps.length === 1) return this.#named(steps, name);
    const draft = this.draft(nameless[type] ?? type, nameless[type] === undefined ? 1 : 2, steps);
    if (this.#inlined.has(this.#kinds.of(draft))) return this.#named(steps, name);
    const { inputs, outputs } = draft;
    const { first } = steps[0]!;
    return [{ label: name, path, does: draft, inputs, outputs, times: 1, first, end: steps.at(-1)!.end }];
  }

  #path({ type, label }: Group, path: string | undefined): string | undefined {
    if (type === 'shortcut') return 'shortcut';
    return type === 'branch' ? (wordOf(label) ?? `branch${Number(/\d*$/.exec(label)![0]) + 1}`) : path;
  }

  /** Steps without a frame of their own: the first one gets the name. */
  #named(steps: readonly Step[], name: string | undefined): readonly Step[] {
    const [first, ...others] = steps;
    return first && name !== undefined && first.label === undefined ? [{ ...first, label: name }, ...others] : steps;
  }

  /** Makes a draft of steps: the tensors they read from outside, and those of theirs that are read outside. */
  draft(type: string, least: number, steps: readonly Step[]): Draft {
    const first = steps[0]!.first;
    const { end } = steps.at(-1)!;
    const made = new Set(steps.flatMap(({ outputs }) => outputs.map(tensorKey)));
    const inputs = new Map<string, Tensor>();
    for (const step of steps)
      for (const tensor of step.inputs) {
        const key = tensorKey(tensor);
        if (!made.has(key)) inputs.set(key, tensor);
      }
    const outputs = steps.flatMap(step =>
      step.outputs.filter(tensor => {
        const key = tensorKey(tensor);
        return this.#returned.has(key) || this.#readers.get(key)?.some(id => id < first || id >= end);
      }),
    );
    return { type, least, steps, inputs: [...inputs.values()], outputs };
  }

  #node(node: GraphNode, label: string | undefined, path: string | undefined): readonly Step[] {
    const operations = this.#language.operations(node);
    if (typeof operations === 'string') {
      this.refused ??= { node, label: layerOf(node), why: operations };
      return [];
    }
    const last = operations.length - 1;
    const outputs = node.outputs.slice(0, operations[last]?.outputs);
    if (node.outputs.slice(outputs.length).some(tensor => this.#isRead(tensor))) {
      this.refused ??= { node, label: layerOf(node), why: l10n.t('More than its first output is used.') };
    }
    return operations.map((does, index): Step => {
      // The tensors between the operations of one node are not in the graph.
      const between = (port: number): Tensor => {
        const [{ shape, why }] = node.outputs as [Tensor];
        return { node, port: betweenPorts + port, shape, why };
      };
      return {
        label: index === last ? label : undefined,
        path,
        does,
        inputs: index === 0 ? node.inputs : [between(index - 1)],
        outputs: index === last ? outputs : [between(index)],
        times: 1,
        first: node.id,
        end: node.id + 1,
      };
    });
  }

  #isRead(tensor: Tensor): boolean {
    const key = tensorKey(tensor);
    return this.#returned.has(key) || this.#readers.has(key);
  }

  /** Merges equal consecutive steps of a chain. */
  #repeated(steps: readonly Step[]): readonly Step[] {
    const result: Step[] = [];
    for (const step of steps) {
      const before = result.at(-1);
      if (before && this.#follows(step, before) && alike(step, before)) {
        result[result.length - 1] = {
          ...before,
          outputs: step.outputs,
          times: before.times + step.times,
          end: step.end,
        };
      } else result.push(step);
    }
    return result;
  }

  #follows(step: Step, before: Step): boolean {
    const [given] = step.inputs;
    const [made] = before.outputs;
    return (
      step.label === undefined &&
      chains(step) &&
      chains(before) &&
      given !== undefined &&
      made !== undefined &&
      tensorKey(given) === tensorKey(made) &&
      this.#isInnerOf(step, made)
    );
  }

  /** Whether a tensor is read only inside the step. */
  #isInnerOf({ first, end }: Step, tensor: Tensor): boolean {
    const key = tensorKey(tensor);
    return !this.#returned.has(key) && (this.#readers.get(key) ?? []).every(id => id >= first && id < end);
  }
}

/** Whether a step can be part of a chain: it has one input and one output. */
export function chains({ does, inputs, outputs }: Step): boolean {
  if (inputs.length !== 1 || outputs.length !== 1) return false;
  return isDraft(does) || (does.form === 'layer' && does.chains);
}

/** Whether two steps do the same with the same values. */
function alike(a: Step, b: Step): boolean {
  if (isDraft(a.does) || isDraft(b.does)) {
    if (!isDraft(a.does) || !isDraft(b.does) || a.does.type !== b.does.type) return false;
    return fingerprint(a.does) === fingerprint(b.does);
  }
  return operationText(a.does, true) === operationText(b.does, true);
}

const fingerprints = new WeakMap<Draft, string>();

/** Describes what a draft does, including values. */
function fingerprint(draft: Draft): string {
  let text = fingerprints.get(draft);
  if (text === undefined) {
    text = structureOf(draft, step =>
      isDraft(step.does)
        ? `${fingerprint(step.does)}×${step.times}`
        : `${operationText(step.does, true)}×${step.times}`,
    );
    fingerprints.set(draft, text);
  }
  return text;
}

export function operationText({ form, callee, args, with: extras }: Operation, numbers: boolean): string {
  const given = args.map(({ key, value }) => (numbers ? `${key}=${JSON.stringify(value)}` : key));
  return JSON.stringify([form, callee, given, extras]);
}

/** Describes the steps of a draft and their connections. */
export function structureOf(draft: Draft, step: (step: Step) => string): string {
  const places = new Map(draft.inputs.map((tensor, index) => [tensorKey(tensor), `i${index}`]));
  const lines = draft.steps.map((each, index) => {
    const inputs = each.inputs.map(tensor => places.get(tensorKey(tensor)));
    each.outputs.forEach((tensor, port) => {
      places.set(tensorKey(tensor), `${index}.${port}`);
    });
    return `${step(each)}(${inputs.join()})${each.outputs.length}`;
  });
  const outputs = draft.outputs.map(tensor => places.get(tensorKey(tensor)));
  return `${draft.type}:${draft.inputs.length};${lines.join(';')};${outputs.join()}`;
}

function grouped(root: Frame, nodes: readonly GraphNode[]): Group {
  const network: Group = { frame: root, label: root.label, type: root.type, parts: [] };
  let open: Group[] = [network];
  for (const node of nodes) {
    const path: Frame[] = [];
    for (let frame: Frame | undefined = node.frame; frame && frame !== root; frame = frame.parent)
      if (!seeThrough.has(frame.type)) path.unshift(frame);
    let depth = 0;
    while (depth < path.length && open[depth + 1]?.frame === path[depth]) depth++;
    open = open.slice(0, depth + 1);
    for (const frame of path.slice(depth)) {
      const group: Group = { frame, label: frame.label, type: frame.type, parts: [] };
      open.at(-1)!.parts.push(group);
      open.push(group);
    }
    open.at(-1)!.parts.push(node);
  }
  return network;
}

/** A label chosen by the user: a word, not a position such as `conv.0`. */
function wordOf(label: string): string | undefined {
  return /^[A-Za-z_][\w-]*$/.test(label) && !/^_*$/.test(label) ? label.replaceAll('-', '_') : undefined;
}

/** The layer's name for display. */
export function layerOf({ frame }: GraphNode): string {
  const labels: string[] = [];
  for (let at: Frame | undefined = frame; at?.parent; at = at.parent)
    if (!seeThrough.has(at.type) && at.label !== '') labels.unshift(at.label);
  return labels.join(' › ');
}

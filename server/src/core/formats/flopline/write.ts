// Writes a network as Flopline YAML.
import * as l10n from '@vscode/l10n';
import { type Defined, define, type Spelling } from '../../convert/define.ts';
import {
  type Argument,
  type Definition,
  isDraft,
  type Language,
  type Literal,
  type Operation,
  type Source,
  type Step,
  sameLiteral,
  type Written,
  type WrittenStep,
} from '../../convert/definition.ts';
import type { Graph, GraphNode, Tensor } from '../../graph/graph.ts';
import type { Shape } from '../../ops/index.ts';
import { samePadding } from '../../ops/rules/window.ts';
import type { NetworkText, Writing } from '../format.ts';
import { isReservedName } from './names.ts';
import { type Operator, operatorOf, operators, takesNorm, templateOf } from './operators.ts';
import { isStructure, norms, reserved, sizesOfInput } from './words.ts';

/** Writes a network: alike parts as blocks, the rest as rows. */
export function writeNetwork({ graph, title, comments }: Writing): NetworkText {
  const scalar = graph.inputs.find(({ tensor }) => tensor.shape?.length === 1);
  if (scalar) {
    const why = l10n.t('An input in Flopline YAML has sizes besides its batch.');
    return { label: scalar.name, node: scalar.tensor.node, why };
  }
  const many = graph.inputs.find(({ tensor }) => tensor.shape && tensor.shape[0] !== 1);
  if (many) {
    return {
      label: many.name,
      node: many.tensor.node,
      why: l10n.t('A network in Flopline YAML has inputs with a batch of 1, so their first size is 1.'),
    };
  }
  const shared = graph.nodes.find(node => node.shares);
  if (shared) return refusedSharing(shared);
  const padsLikeTensorFlow = graph.nodes.some(({ attrs, inputs }) => {
    const given = attrs as Readonly<Record<string, unknown>>;
    const shape = inputs[0]?.shape;
    return isSided(given) && shape !== undefined && padsAsSame(given, shape);
  });
  const defined = define(graph, languageOf(padsLikeTensorFlow), spelling);
  return 'network' in defined ? { text: textOf(graph, defined, title, comments) } : defined;
}

function refusedSharing(node: GraphNode): NetworkText {
  return {
    node,
    label: undefined,
    why: l10n.t('It uses the parameters of another layer again, and Flopline YAML has no shared parameters.'),
  };
}

// ——— Operators ———————————————————————————————————————————————————————————————————————————————————————————————————

/** A list of equal sizes becomes a single number. */
function plainly(value: unknown, isSpatial: boolean): Literal | undefined {
  if (!Array.isArray(value)) return value as Literal | undefined;
  const [first] = value;
  return isSpatial && value.length > 0 && value.every(size => size === first) ? first : (value as readonly number[]);
}

function operatorFor({ op, attrs }: GraphNode): Operator | undefined {
  const given = attrs as Readonly<Record<string, unknown>>;
  // Operators in programs can do more than those of the language.
  const alike = operators.filter(operator => operator.op.name === op.name && !operator.depthwise);
  const byName = alike.find(
    ({ preset }) => preset !== undefined && Object.entries(preset).every(([key, value]) => given[key] === value),
  );
  return byName ?? alike.find(({ preset }) => preset === undefined);
}

/** Properties of a node that the operator here cannot express. */
function beyond({ attrs, inputs }: GraphNode, { op }: Operator): string | undefined {
  const { arity } = op;
  const fits = typeof arity === 'number' ? inputs.length === arity : inputs.length >= arity.min;
  if (!fits) return l10n.t('It takes {0} inputs, which Flopline YAML cannot say.', inputs.length);
  const lost = Object.entries(attrs).find(([name, value]) => {
    if (Object.hasOwn(op.attrs, name)) return false;
    return name === 'batchFirst' ? value !== true : Boolean(value);
  });
  return lost && l10n.t('Flopline YAML has no “{0}” for it.', lost[0]);
}

/** Operators as rows; if the network pads like TensorFlow, all rows that do use `same`. */
const languageOf = (padsLikeTensorFlow: boolean): Language => ({
  operations: node => {
    const { op, attrs, inputs, outputs, why } = node;
    if (why) return why.message;
    for (const { shape, why: unknown } of [...inputs, ...outputs])
      if (!shape || shape.some(Number.isNaN)) return unknown?.message ?? l10n.t('Its shape is not known.');
    const known = operatorFor(node);
    if (!known) return l10n.t('Flopline YAML has no operator for it.');
    const lost = beyond(node, known);
    if (lost !== undefined) return lost;
    const given = attrs as Readonly<Record<string, unknown>>;
    const shape = inputs[0]?.shape;
    const channels = shape?.[1];
    const isDepthwise = op.name === 'conv' && given.groups === channels && channels !== 1;
    const operator = isDepthwise ? operatorOf('depthwise')! : known;
    const template = templateOf(operator, Math.max((shape?.length ?? 3) - 2, 1));
    const args: Argument[] = [];
    const extras: string[] = [];
    for (const { name, spec, required } of operator.attributes) {
      if (operator.preset && Object.hasOwn(operator.preset, name)) continue;
      if (isDepthwise && (name === 'groups' || (name === 'out' && given.out === channels))) continue;
      const value = plainly(given[name], spec.spatial ?? false);
      const standard = required ? undefined : plainly(template[name], spec.spatial ?? false);
      if (value === undefined || name === 'paddingAfter') continue;
      // A pool without a stride uses its kernel.
      if (name === 'stride' && standard === undefined && sameLiteral(value, plainly(given.kernel, true)!)) continue;
      const argument: Argument = { key: name, value, default: standard, role: roleOf(name), family: familyOf(name) };
      if (name !== 'padding') args.push(argument);
      else if (padsLikeTensorFlow && padsAsSame(given, shape!)) args.push({ ...argument, value: 'same' });
      else if (isSided(given)) {
        const after = literalText(plainly(given.paddingAfter, true)!);
        extras.push(`padding: {before: ${literalText(value)}, after: ${after}}`);
      } else args.push(argument);
    }
    return [
      {
        form: 'layer',
        callee: operator.name,
        args,
        with: extras,
        noun: operator.name,
        chains: op.arity === 1,
        outputs: operator.op.shapes ? undefined : 1,
      },
    ];
  },
  fuse,
});

function isSided({ padding, paddingAfter }: Readonly<Record<string, unknown>>): boolean {
  return paddingAfter !== undefined && String(paddingAfter) !== String(padding);
}

/** Whether padding is what `same` means for an input. */
function padsAsSame(attrs: Readonly<Record<string, unknown>>, shape: Shape): boolean {
  const { kernel, stride, dilation, padding, paddingAfter } = attrs as Readonly<Record<string, readonly number[]>>;
  if (!kernel || !padding) return false;
  return kernel.every((length, axis) => {
    const total = samePadding(shape[axis + 2]!, length, (stride ?? kernel)[axis]!, dilation?.[axis] ?? 1);
    const before = Math.floor(total / 2);
    return padding[axis] === before && (paddingAfter ?? padding)[axis] === total - before;
  });
}

function fuse(steps: readonly Step[], isInner: (tensor: Tensor) => boolean): readonly Step[] {
  const result: Step[] = [];
  for (const step of steps) {
    const before = result.at(-1);
    const both = before && joined(before, step, isInner);
    if (both) result[result.length - 1] = both;
    else result.push(step);
  }
  return result;
}

const roleOf = (name: string): string => (name === 'repeats' ? 'times' : name);

function familyOf(name: string): string {
  return ['out', 'hidden', 'groups', 'dim', 'embed', 'kdim', 'vdim'].includes(name) ? 'channels' : name;
}

/** Merges an operator with the normalization and activation that follow it. */
function joined(before: Step, step: Step, isInner: (tensor: Tensor) => boolean): Step | undefined {
  if (isDraft(before.does) || isDraft(step.does) || step.label !== undefined || before.times !== 1) return undefined;
  const [made] = before.outputs;
  const [given, ...others] = step.inputs;
  if (before.outputs.length !== 1 || others.length > 0 || !made || !given || !isInner(made)) return undefined;
  if (given.node.id !== made.node.id || given.port !== made.port) return undefined;
  const { does } = step;
  const owner = operatorOf(before.does.callee)!;
  if (!takesNorm(owner.op) || before.does.with.some(text => text.startsWith('act:'))) return undefined;
  const { op } = operatorOf(step.does.callee)!;
  const written = step.does.args.filter(argument => !isDefault(argument));
  const isPlain = written.length === 0;
  const bare = bareOf(step.does, written);
  let text: string | undefined;
  if (op.kind === 'norm' && !before.does.with.some(extra => extra.startsWith('norm:'))) {
    const name = Object.entries(norms).find(([, operator]) => operator === does.callee)?.[0];
    const rank = made.shape?.length ?? 0;
    // In a convolution's row, these normalize the channels of an image, not its last dimension.
    const isOfLast = name === 'layer' || name === 'rms';
    if (isOfLast && (owner.op.name.startsWith('conv') || rank > 3)) return undefined;
    if (name === 'group') text = `norm: {group: ${bare}}`;
    else if (name !== undefined && isPlain) text = `norm: ${name}`;
  } else if (op.kind === 'activation') {
    text = isPlain ? `act: ${step.does.callee}` : `act: {${step.does.callee}: ${bare}}`;
  }
  if (text === undefined) return undefined;
  const { args } = before.does;
  // With a normalization there is no bias unless it is written.
  const biased = text.startsWith('norm:')
    ? args.map(argument => (argument.key === 'bias' ? { ...argument, default: false } : argument))
    : args;
  const joint: Operation = { ...before.does, args: biased, with: [...before.does.with, text] };
  return { ...before, does: joint, outputs: step.outputs, end: step.end };
}

const isDefault = ({ value, default: standard }: Argument): boolean =>
  standard !== undefined && sameLiteral(value, standard);

function mainOf({ callee }: Operation): string | undefined {
  const operator = operatorOf(callee);
  return typeof operator?.main === 'object' ? operator.attributes[operator.main.attr]!.name : undefined;
}

/** Just the value of the main attribute if nothing else is written, else all attributes. */
function bareOf(operation: Operation, written: readonly Argument[]): string {
  const [only] = written;
  if (written.length === 1 && only!.key === mainOf(operation)) return literalText(only!.value);
  return `{${written.map(({ key, value }) => `${key}: ${literalText(value)}`).join(', ')}}`;
}

function literalText(value: Literal): string {
  return typeof value === 'object' ? `[${value.join(', ')}]` : String(value);
}

// ——— Text ————————————————————————————————————————————————————————————————————————————————————————————————————————

const spelling: Spelling = {
  definition: (type, taken) => {
    const words = type
      .replace(/([a-z\d])([A-Z])/g, '$1_$2')
      .replace(/[^A-Za-z\d]+/g, '_')
      .replace(/^_+|_+$/g, '')
      .toLowerCase();
    const base = /^[a-z]/.test(words) ? words : `block_${words}`.replace(/_$/, '');
    const isFree = (name: string): boolean => !taken.has(name) && !operatorOf(name) && !isStructure(name);
    return numbered(isFree(base) || taken.has(base) ? base : `${base}_block`, isFree);
  },
  parameter: (role, step, taken) => {
    const isFree = (name: string): boolean =>
      !taken.has(name) && !reserved.has(name) && !sizesOfInput.some(size => size === name);
    const base = role === 'repeats' ? 'times' : role;
    if (isFree(base)) return base;
    return numbered(step === undefined ? base : `${step}_${base}`, isFree);
  },
};

/** A name, with a number if it is taken. */
function numbered(base: string, isFree: (name: string) => boolean): string {
  if (isFree(base)) return base;
  let number = 2;
  while (!isFree(`${base}${number}`)) number++;
  return `${base}${number}`;
}

function textOf(
  graph: Graph,
  { network, definitions }: Extract<Defined, { network: Definition }>,
  title: string,
  comments: readonly string[],
): string {
  const single = graph.inputs.length === 1;
  const names = single ? ['input'] : inputNames(graph);
  const sizes = graph.inputs.map(({ tensor }) => `[${tensor.shape!.slice(1).join(', ')}]`);
  const lines = [
    ...comments.map(comment => `# ${comment}`),
    `name: ${quoted(title)}`,
    ...(single ? [`input: ${sizes[0]}`] : ['input:', ...names.map((name, at) => `  ${name}: ${sizes[at]}`)]),
  ];
  if (definitions.length > 0) lines.push('', 'blocks:');
  for (const [index, definition] of definitions.entries()) {
    if (index > 0) lines.push('');
    const parameters = definition.parameters.map(({ name, default: value }) =>
      value === undefined ? name : `${name}=${literalText(value)}`,
    );
    const header = `${definition.name}(${parameters.join(', ')})`;
    lines.push(`  ${/[[\]{}:#]|, /.test(header) && header.includes('[') ? JSON.stringify(header) : header}:`);
    const inside = names.length > 0 && definition.inputs > 1;
    const inputs = Array.from({ length: definition.inputs }, (_, at) => (inside ? `input.${at}` : 'input'));
    lines.push(...rowsOf(definition, inputs).rows.map(row => `    - ${row}`));
  }
  const { rows, outputs } = rowsOf(network, names, true);
  lines.push('', 'layers:', ...rows.map(row => `  - ${row}`));
  if (outputs) lines.push(`output: [${outputs.join(', ')}]`);
  return `${lines.join('\n')}\n`;
}

function inputNames({ inputs }: Graph): readonly string[] {
  const taken = new Set<string>();
  return inputs.map(({ name }, index) => {
    const word = name.replace(/[^\w]+/g, '_');
    const base = /^[A-Za-z_]/.test(word) && !isReservedName(word) ? word : `input${index + 1}`;
    const own = numbered(base, other => !taken.has(other));
    taken.add(own);
    return own;
  });
}

function quoted(text: string): string {
  return /^[A-Za-z][\w .+/()-]*$/.test(text) && !/^(?:true|false|null|yes|no|on|off)$/i.test(text)
    ? text.trim()
    : JSON.stringify(text);
}

/** The rows of a definition; for a network, also its outputs if these are not its last row. */
function rowsOf(
  { steps, outputs }: Definition,
  inputs: readonly string[],
  isNetwork = false,
): { readonly rows: readonly string[]; readonly outputs: readonly string[] | undefined } {
  const names = rowNames(steps, outputs, inputs, isNetwork);
  const place = (source: Source): string => {
    if (source.kind === 'input') return inputs[source.index]!;
    const name = names[source.step]!;
    return steps[source.step]!.outputs === 1 ? name : `${name}.${source.port}`;
  };
  const rows: string[] = [];
  let flow: readonly Source[] = inputs.map((_, index) => ({ kind: 'input', index }));
  steps.forEach((step, index) => {
    const above = steps[index - 1];
    const isAbove = (source: Source): boolean =>
      source.kind === 'step' && source.step === index - 1 && above!.outputs === 1;
    const text = (source: Source): string => (isAbove(source) ? '-1' : place(source));
    rows.push(rowOf(step, reading(step, flow, text), names[index]));
    if (!isSource(step)) flow = outputsOf(step, index);
  });
  if (sameSources(outputs, flow)) return { rows, outputs: undefined };
  if (isNetwork) return { rows, outputs: outputs.map(place) };
  rows.push(`from: ${outputs.length === 1 ? place(outputs[0]!) : `[${outputs.map(place).join(', ')}]`}`);
  return { rows, outputs: undefined };
}

const isSource = ({ operation, inputs }: WrittenStep): boolean => operation !== undefined && inputs.length === 0;

function outputsOf({ outputs }: WrittenStep, step: number): readonly Source[] {
  return Array.from({ length: outputs }, (_, port) => ({ kind: 'step', step, port }));
}

function sameSource(a: Source, b: Source): boolean {
  if (a.kind === 'input' || b.kind === 'input') return a.kind === 'input' && b.kind === 'input' && a.index === b.index;
  return a.step === b.step && a.port === b.port;
}

function sameSources(a: readonly Source[], b: readonly Source[]): boolean {
  return a.length === b.length && a.every((source, index) => sameSource(source, b[index]!));
}

/** How a row refers to its inputs: not at all, the one that it joins with the previous output, or all of them. */
interface Reading {
  readonly joins: string | undefined;
  readonly from: readonly string[] | undefined;
}

function reading(step: WrittenStep, flow: readonly Source[], text: (source: Source) => string): Reading {
  const { inputs, operation } = step;
  if (inputs.length === 0 || sameSources(inputs, flow)) return { joins: undefined, from: undefined };
  const isJoin = operation !== undefined && operatorOf(operation.callee)?.main === 'references';
  const [first, second, ...others] = inputs;
  if (isJoin && flow.length === 1 && first && second && others.length === 0 && sameSource(first, flow[0]!))
    return { joins: text(second), from: undefined };
  return { joins: undefined, from: inputs.map(text) };
}

/** Names of rows: of those that others refer to, and those that the network itself has named. */
function rowNames(
  steps: readonly WrittenStep[],
  outputs: readonly Source[],
  inputs: readonly string[],
  isNetwork: boolean,
): readonly (string | undefined)[] {
  const read = new Set<number>();
  let flow: readonly Source[] = inputs.map((_, index) => ({ kind: 'input', index }));
  steps.forEach((step, index) => {
    if (isSource(step)) read.add(index);
    const above = steps[index - 1];
    reading(step, flow, source => {
      if (source.kind === 'step' && !(source.step === index - 1 && above!.outputs === 1)) read.add(source.step);
      return '';
    });
    if (!isSource(step)) flow = outputsOf(step, index);
  });
  if (!sameSources(outputs, flow)) for (const source of outputs) if (source.kind === 'step') read.add(source.step);
  const taken = new Set<string>(isNetwork ? inputs : []);
  const isFree = (name: string): boolean =>
    !taken.has(name) && !/^(?:true|false|null)$/i.test(name) && !isReservedName(name);
  return steps.map((step, index) => {
    if (step.label === undefined && !read.has(index)) return undefined;
    const base = step.label ?? step.path ?? step.uses?.name ?? step.operation!.noun;
    const name = numbered(base, isFree);
    taken.add(name);
    return name;
  });
}

function rowOf(step: WrittenStep, { joins, from }: Reading, name: string | undefined): string {
  const { operation, uses, args, times } = step;
  const head = operation?.callee ?? uses!.name;
  const fields: string[] = [];
  const written = args.filter(
    ({ written: value, default: standard }) =>
      !('literal' in value && standard !== undefined && sameLiteral(value.literal, standard)),
  );
  for (const { key, written: value } of written) fields.push(`${key}: ${valueText(value)}`);
  fields.push(...(operation?.with ?? []));
  if (!('literal' in times && times.literal === 1)) fields.push(`repeats: ${valueText(times)}`);
  const inputs = joins ?? (from?.length === 1 ? from[0] : from && `[${from.join(', ')}]`);
  const isJoin = operation !== undefined && operatorOf(operation.callee)?.main === 'references';
  // A bare value: what it joins, or its main attribute.
  if (fields.length === 0 && name === undefined && isJoin && inputs !== undefined)
    return `${head}: ${from?.length === 1 ? `[${inputs}]` : inputs}`;
  if (joins !== undefined) fields.push(`from: [previous, ${joins}]`);
  else if (inputs !== undefined) fields.push(`from: ${inputs}`);
  if (name !== undefined) fields.push(`name: ${name}`);
  if (fields.length === 0) return head;
  const [only] = written;
  const isMain = operation ? only?.key === mainOf(operation) : uses!.parameters.length === 1;
  if (fields.length === 1 && written.length === 1 && isMain) return `${head}: ${valueText(only!.written)}`;
  return `${head}: {${fields.join(', ')}}`;
}

function valueText(written: Written): string {
  return 'literal' in written ? literalText(written.literal) : `$${written.parameter}`;
}

// Generates docs/operators.md: all operators, with their names in Flopline YAML.
import { namesOf, type Operator, operators } from '../../server/src/core/formats/flopline/operators.ts';
import type { AnyOp, AttrSpec, Counts, OpExample, OpKind, Shape } from '../../server/src/core/ops/op.ts';
import { exact } from '../../server/src/core/text/quantity.ts';
import { link, notice, table } from './markdown.ts';

const kinds: readonly (readonly [OpKind, string])[] = [
  ['compute', 'Layers that multiply and accumulate'],
  ['norm', 'Normalization'],
  ['activation', 'Activations'],
  ['pool', 'Pooling and reductions'],
  ['elementwise', 'Element-wise'],
  ['resample', 'Resampling'],
  ['data', 'Moving and joining data'],
  ['view', 'Views, which cost nothing'],
  ['source', 'Sources'],
];

export function operatorsPage(): string {
  const own = operators.filter(({ preset }) => preset === undefined);
  const groups = kinds.map(([kind, title]) => ({ title, members: own.filter(({ op }) => op.kind === kind) }));
  const contents = groups.map(
    ({ title, members }) => `- ${link(title)}: ${members.map(({ name }) => link(name)).join(', ')}`,
  );
  return `${[
    notice,
    '# Operators',
    `The ${own.length} operators of [Flopline YAML](flopline-yaml.md). All other formats are translated to these. Case, dashes and underscores in a name do not matter (\`max_pool\`, \`MaxPool\`), and PyTorch's suffixes \`1d\`, \`2d\` and \`3d\` are allowed (\`Conv2d\`): the input must then have that many spatial dimensions.`,
    'Shapes start with the batch. Counts are for one sample at inference. Every example runs as a test.',
    contents.join('\n'),
    ...groups.flatMap(({ title, members }) => [`## ${title}`, ...members.map(section)]),
  ].join('\n\n')}\n`;
}

function section(operator: Operator): string {
  const { op } = operator;
  const [first, ...others] = namesOf(operator);
  const presets = operators.filter(other => other.op === op && other.preset !== undefined);
  const parts = [
    `### ${first}`,
    op.summary(),
    [
      `- Aliases: ${others.length > 0 ? others.map(code).join(', ') : 'none'}.`,
      `- Inputs: ${arityOf(op)}.`,
      mainOf(operator) === undefined
        ? '- No bare value.'
        : `- A bare value (\`- ${first}: …\`) sets ${mainOf(operator)}.`,
      ...presets.map(preset => `- ${namesOf(preset).map(code).join(', ')}: ${presetOf(preset)}`),
    ].join('\n'),
  ];
  const attrs = Object.entries<AttrSpec>(op.attrs);
  if (attrs.length > 0) {
    parts.push(
      table(
        ['Attribute', 'Value', 'Default', 'Meaning'],
        attrs.map(([name, spec]) => [code(name), kindOf(spec), defaultOf(spec), spec.doc()]),
      ),
    );
  }
  const formulas = op.formula !== undefined;
  const rows = op.examples.map(example => rowOf(op, example));
  parts.push(
    table(
      ['Attributes', 'Input', 'Output', ...(formulas ? ['Formula'] : []), 'Costs'],
      rows.map(({ attributes, input, output, formula, costs }) => [
        attributes,
        input,
        output,
        ...(formulas ? [formula] : []),
        costs,
      ]),
    ),
  );
  return parts.join('\n\n');
}

function rowOf(op: AnyOp, { attrs, inputs, output }: OpExample<object>) {
  const outputs: readonly Shape[] = op.shape ? [op.shape(attrs, inputs)] : op.shapes!(attrs, inputs);
  const counts: Partial<Counts> = op.counts?.(attrs, inputs, outputs) ?? {};
  const written = Object.entries(attrs).filter(([, value]) => value !== undefined);
  return {
    attributes: written.length > 0 ? written.map(([name, value]) => `\`${name}: ${yaml(value)}\``).join(', ') : '–',
    input: inputs.map(sizes).join(', ') || '–',
    output: (isShape(output) ? [output] : output).map(sizes).join(', '),
    formula: op.formula ? op.formula(attrs, inputs, outputs) : '',
    costs: costsOf(counts),
  };
}

const work = ['macs', 'adds', 'muls', 'divs', 'compares', 'exps'] as const;
const words: Readonly<Record<(typeof work)[number], string>> = {
  macs: 'MACs',
  adds: 'additions',
  muls: 'multiplications',
  divs: 'divisions',
  compares: 'comparisons',
  exps: 'exponentials',
};

function costsOf(counts: Partial<Counts>): string {
  const params = (counts.weights ?? 0) + (counts.biases ?? 0) + (counts.normAffine ?? 0);
  const said = work.flatMap(name => (counts[name] ? [`${exact(counts[name])} ${words[name]}`] : []));
  if (params > 0) said.push(`${exact(params)} parameters`);
  if (counts.normStats) said.push(`${exact(counts.normStats)} running statistics`);
  return said.join('; ') || 'nothing';
}

function mainOf({ main, attributes }: Operator): string | undefined {
  if (typeof main === 'object') return `\`${attributes[main.attr]!.name}\``;
  switch (main) {
    case 'references':
      return 'the row to join with its input; a list sets all inputs';
    case 'border':
      return 'the padding on both sides';
    case 'ignored':
      return 'the rate, which does not affect costs';
    case undefined:
      return undefined;
  }
}

function presetOf({ preset, depthwise, op, main, attributes }: Operator): string {
  const value = typeof main === 'object' ? `; a bare value sets \`${attributes[main.attr]!.name}\`` : '';
  if (depthwise)
    return `\`${op.name.toLowerCase()}\` with one group per channel, and one filter per channel unless \`out\` is set${value}.`;
  const set = Object.entries(preset!).map(([name, to]) => `\`${name}: ${yaml(to)}\``);
  return `the same with ${set.join(', ')}${value}.`;
}

function arityOf({ arity }: AnyOp): string {
  if (typeof arity === 'object') return `${arity.min} or more`;
  return arity === 0 ? 'none' : String(arity);
}

const kindWords: Readonly<Record<AttrSpec['kind'], string>> = {
  int: 'whole number',
  ints: 'whole numbers',
  number: 'number',
  numbers: 'numbers',
  boolean: 'true or false',
  choice: 'word',
  axis: 'axis; −1 is the last',
  axes: 'axes; −1 is the last',
  shape: 'sizes',
};

function kindOf(spec: AttrSpec): string {
  if (spec.values) return spec.values.map(code).join(', ');
  const least = spec.min === undefined ? '' : ` ≥ ${spec.min}`;
  return `${spec.spatial ? `whole number${least}, or one per dimension` : `${kindWords[spec.kind]}${least}`}`;
}

function defaultOf(spec: AttrSpec): string {
  if (!('default' in spec)) return '**required**';
  return spec.default === undefined ? 'none' : code(yaml(spec.default));
}

const code = (text: string): string => `\`${text}\``;
const sizes = (shape: Shape): string => (shape.length === 0 ? 'scalar' : shape.join('×'));

/** A value in YAML syntax. */
function yaml(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(yaml).join(', ')}]`;
  if (value === Number.POSITIVE_INFINITY) return '.inf';
  return String(value);
}

function isShape(output: Shape | readonly Shape[]): output is Shape {
  return output.length === 0 || typeof output[0] === 'number';
}

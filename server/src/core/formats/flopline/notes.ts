// Explains keys and arguments for hovers, with their allowed values; built on demand.
import * as l10n from '@vscode/l10n';
import type { Allowed, Note, Tensor } from '../../graph/graph.ts';
import type { AttrSpec } from '../../ops/index.ts';
import { resolved, type YamlNode } from '../../syntax/tree.ts';
import { described, type Value } from './expression.ts';
import { activationNames, type Operator, takesNorm } from './operators.ts';
import { rangeOf } from './report.ts';
import { entriesOf, type Row } from './row.ts';
import { type BlockUse, boundValues } from './uses.ts';
import { isExpression, type Scope, type Values } from './values.ts';
import { type CommonKey, commonKeys, joins, norms, type StructureName, structureKeys } from './words.ts';

/** A key of a row: its explanation and allowed values. */
interface Slot {
  readonly doc: string;
  readonly allowed?: Allowed | undefined;
}

/** For a row with an operator. */
export function operatorNotes(
  row: Row,
  operator: Operator,
  values: Values,
  scope: Scope,
  flow: readonly Tensor[],
): readonly Note[] {
  const slotOf = (key: string): Slot | undefined => {
    const attribute = operator.attributes.find(({ name }) => name === key);
    if (attribute) return { doc: attribute.spec.doc(), allowed: allowedBy(attribute.spec) };
    return takesNorm(operator.op) || (key !== 'norm' && key !== 'act') ? commonSlot(key) : undefined;
  };
  const notes = keyNotes(row, slotOf, values, scope, flow);
  const bare = resolved(row.value);
  if (bare && bare.kind !== 'mapping' && typeof operator.main === 'object') {
    const { name, spec } = operator.attributes[operator.main.attr]!;
    notes.push({
      range: rangeOf(row.value!),
      text: `\`${name}\`: ${spec.doc()}`,
      value: resultOf(row.value!, values, scope, flow),
      allowed: allowedBy(spec),
    });
  }
  return notes;
}

/** For a use of a block: its arguments, and the parameters in the block's definition. */
export function useNotes(
  row: Row,
  { block, ...use }: BlockUse,
  values: Values,
  scope: Scope,
  flow: readonly Tensor[],
): readonly Note[] {
  const doc = l10n.t('A parameter of the block {0}.', block.name);
  const slotOf = (key: string): Slot | undefined =>
    block.parameters.some(({ name }) => name === key) ? { doc } : commonSlot(key);
  const notes = keyNotes(row, slotOf, values, scope, flow);
  const bare = resolved(row.value);
  if (bare && bare.kind !== 'mapping') {
    const items = bare.kind === 'sequence' ? bare.items : [row.value!];
    items.slice(0, block.parameters.length).forEach((item, at) => {
      notes.push({
        range: rangeOf(item),
        text: `\`${block.parameters[at]!.name}\`: ${doc}`,
        value: resultOf(item, values, scope, flow),
      });
    });
  }
  const bound = boundValues({ block, ...use }, values, scope, flow);
  for (const { name, range } of block.parameters)
    notes.push({ range, text: `\`${name}\`: ${doc}`, value: valueText(bound.get(name)) });
  return notes;
}

/** For a row that contains other rows. */
export function structureNotes(
  row: Row,
  kind: StructureName,
  values: Values,
  scope: Scope,
  flow: readonly Tensor[],
): readonly Note[] {
  const own: Readonly<Partial<Record<string, () => string>>> = structureKeys[kind];
  const slotOf = (key: string): Slot | undefined => {
    const doc = Object.hasOwn(own, key) ? own[key]?.() : undefined;
    return doc === undefined ? commonSlot(key) : { doc, allowed: structureValues[key] };
  };
  return keyNotes(row, slotOf, values, scope, flow);
}

const activations: Allowed = { kind: 'choice', choices: () => [...activationNames, 'none'] };

/** The allowed values of common keys. */
const commonValues: Readonly<Record<CommonKey, Allowed>> = {
  name: { kind: 'name' },
  from: { kind: 'reference' },
  if: { kind: 'boolean' },
  repeats: { kind: 'integer', min: 0 },
  norm: { kind: 'choice', choices: () => [...Object.keys(norms), 'none'] },
  act: activations,
};

/** Those of rows that contain others; their remaining keys have rows as values. */
const structureValues: Readonly<Partial<Record<string, Allowed>>> = {
  join: { kind: 'choice', choices: () => joins },
  axis: { kind: 'integer' },
  act: activations,
  times: { kind: 'integer', min: 0 },
};

function commonSlot(key: string): Slot | undefined {
  if (!Object.hasOwn(commonKeys, key)) return undefined;
  return { doc: commonKeys[key as CommonKey](), allowed: commonValues[key as CommonKey] };
}

/** The allowed values of an attribute, or of each entry of its list. */
function allowedBy(spec: AttrSpec): Allowed {
  switch (spec.kind) {
    case 'boolean':
      return { kind: 'boolean' };
    case 'choice':
      return { kind: 'choice', choices: () => spec.values ?? [] };
    case 'number':
    case 'numbers':
      return { kind: 'number', min: spec.min };
    case 'axis':
    case 'axes':
      return { kind: 'integer' };
    case 'int':
    case 'ints':
    case 'shape':
      return { kind: 'integer', min: spec.min };
  }
}

/** For the keys that `slotOf` knows. */
function keyNotes(
  row: Row,
  slotOf: (key: string) => Slot | undefined,
  values: Values,
  scope: Scope,
  flow: readonly Tensor[],
): Note[] {
  const notes: Note[] = [];
  for (const { key, value } of entriesOf(row)) {
    const slot = key.kind === 'scalar' ? slotOf(key.text) : undefined;
    if (slot === undefined || key.kind !== 'scalar') continue;
    const target = resolved(value);
    const to = target?.kind === 'scalar' || (target?.kind === 'sequence' && target.flow) ? value.to : key.to;
    notes.push({
      range: { from: key.from, to: Math.max(key.to, to) },
      text: `\`${key.text}\`: ${slot.doc}`,
      value: resultOf(value, values, scope, flow),
      allowed: slot.allowed,
    });
  }
  return notes;
}

/** The value that the expressions in a node evaluate to here; undefined for a plain value. */
function resultOf(node: YamlNode, values: Values, scope: Scope, flow: readonly Tensor[]): string | undefined {
  const target = resolved(node);
  const scalars = target?.kind === 'sequence' ? target.items.map(item => resolved(item)) : [target];
  if (!scalars.some(scalar => scalar?.kind === 'scalar' && isExpression(scalar))) return undefined;
  return valueText(values.of(node, scope, flow));
}

function valueText(value: Value | undefined): string | undefined {
  if (value === undefined) return undefined;
  if (Array.isArray(value)) return `[${value.map(valueText).join(', ')}]`;
  return typeof value === 'number' && Number.isNaN(value) ? '?' : described(value);
}

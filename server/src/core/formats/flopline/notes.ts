// What keys and arguments mean, for the hover on them; built only when a hover asks.
import * as l10n from '@vscode/l10n';
import type { Note, Tensor } from '../../graph/graph.ts';
import { resolved, type YamlNode } from '../../syntax/tree.ts';
import type { Block } from './blocks.ts';
import { described } from './expression.ts';
import { type Operator, takesNorm } from './operators.ts';
import { rangeOf } from './report.ts';
import { entriesOf, type Row } from './row.ts';
import type { Scope, Values } from './values.ts';
import { type CommonKey, commonKeys, type StructureName, structureKeys } from './words.ts';

/** For a row with an operator. */
export function operatorNotes(
  row: Row,
  operator: Operator,
  values: Values,
  scope: Scope,
  flow: readonly Tensor[],
): readonly Note[] {
  const docOf = (key: string): string | undefined => {
    const attribute = operator.attributes.find(({ name }) => name === key);
    return (
      attribute?.spec.doc() ??
      (takesNorm(operator.op) || (key !== 'norm' && key !== 'act') ? commonDoc(key) : undefined)
    );
  };
  const notes = keyNotes(row, docOf, values, scope, flow);
  const bare = resolved(row.value);
  if (bare && bare.kind !== 'mapping' && typeof operator.main === 'object') {
    const { name, spec } = operator.attributes[operator.main.attr]!;
    notes.push({
      range: rangeOf(row.value!),
      text: `\`${name}\`: ${spec.doc()}${resultOf(row.value!, values, scope, flow)}`,
    });
  }
  return notes;
}

/** For a use of a block. */
export function useNotes(
  row: Row,
  block: Block,
  values: Values,
  scope: Scope,
  flow: readonly Tensor[],
): readonly Note[] {
  const docOf = (key: string): string | undefined =>
    block.parameters.some(({ name }) => name === key)
      ? l10n.t('A parameter of the block {0}.', block.name)
      : commonDoc(key);
  const notes = keyNotes(row, docOf, values, scope, flow);
  const bare = resolved(row.value);
  if (bare?.kind === 'sequence') {
    bare.items.slice(0, block.parameters.length).forEach((item, at) => {
      notes.push({
        range: rangeOf(item),
        text: `\`${block.parameters[at]!.name}\`: ${l10n.t('A parameter of the block {0}.', block.name)}${resultOf(item, values, scope, flow)}`,
      });
    });
  }
  return notes;
}

/** For a row that arranges other rows. */
export function structureNotes(
  row: Row,
  kind: StructureName,
  values: Values,
  scope: Scope,
  flow: readonly Tensor[],
): readonly Note[] {
  const own: Readonly<Partial<Record<string, () => string>>> = structureKeys[kind];
  return keyNotes(row, key => own[key]?.() ?? commonDoc(key), values, scope, flow);
}

function commonDoc(key: string): string | undefined {
  return Object.hasOwn(commonKeys, key) ? commonKeys[key as CommonKey]() : undefined;
}

/** For the keys that `docOf` explains. */
function keyNotes(
  row: Row,
  docOf: (key: string) => string | undefined,
  values: Values,
  scope: Scope,
  flow: readonly Tensor[],
): Note[] {
  const notes: Note[] = [];
  for (const { key, value } of entriesOf(row)) {
    const doc = key.kind === 'scalar' ? docOf(key.text) : undefined;
    if (doc === undefined || key.kind !== 'scalar') continue;
    const target = resolved(value);
    const to = target?.kind === 'scalar' || (target?.kind === 'sequence' && target.flow) ? value.to : key.to;
    notes.push({
      range: { from: key.from, to: Math.max(key.to, to) },
      text: `\`${key.text}\`: ${doc}${resultOf(value, values, scope, flow)}`,
    });
  }
  return notes;
}

/** What an expression evaluates to here, as ` (= 64)`; nothing for a plain value. */
function resultOf(node: YamlNode, values: Values, scope: Scope, flow: readonly Tensor[]): string {
  const target = resolved(node);
  if (target?.kind !== 'scalar' || !target.text.startsWith('$')) return '';
  const value = values.scalar(target, scope, flow, node);
  return value === undefined || Number.isNaN(value) ? '' : ` (= ${described(value)})`;
}

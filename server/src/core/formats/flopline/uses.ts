// Uses of blocks: binds arguments to parameters, then builds the block's rows.
import * as l10n from '@vscode/l10n';
import type { Tensor } from '../../graph/graph.ts';
import type { Inputs } from '../../graph/segment.ts';
import { allEntries, type Entry, resolved, scalarValue, type YamlNode } from '../../syntax/tree.ts';
import { listText } from '../../text/wording.ts';
import type { Block } from './blocks.ts';
import type { Value } from './expression.ts';
import type { CommonNodes } from './gather.ts';
import { Names } from './names.ts';
import { isWritten, type Row } from './row.ts';
import type { Scope, Values } from './values.ts';
import type { Walk } from './walk.ts';

export function readArguments(
  { reports }: Walk,
  row: Row,
  block: Block,
  common: CommonNodes,
  args: Map<string, YamlNode>,
): void {
  const { parameters } = block;
  const names = parameters.map(({ name }) => name);
  const target = resolved(row.value);
  const entries: readonly Entry[] = target?.kind === 'mapping' ? [...allEntries(target), ...row.rest] : row.rest;
  if (target?.kind !== 'mapping' && isWritten(row.value)) {
    const items = target?.kind === 'sequence' ? target.items : [row.value];
    items.forEach((item, position) => {
      const parameter = parameters[position];
      if (parameter) args.set(parameter.name, item);
      else if (position === parameters.length) reportExtra(item, items.length);
    });
  }
  for (const { key, value } of entries) {
    const text = key.kind === 'scalar' ? key.text : '';
    if (text === 'name' || text === 'from' || text === 'if' || text === 'repeats') {
      if (common[text]) reports.duplicate(key);
      else common[text] = value;
    } else if (names.includes(text)) {
      if (args.has(text)) reports.duplicate(key);
      else args.set(text, value);
    } else reports.unknownKey(key, block.name, [...names, 'name', 'from', 'if', 'repeats']);
  }
  const missing = parameters.filter(parameter => parameter.default === undefined && !args.has(parameter.name));
  if (missing.length === 0) return;
  reports.report(
    row.key,
    'missing-argument',
    l10n.t('“{0}” needs {1}.', block.name, listText(missing.map(({ name }) => `“${name}”`))),
    {
      help: l10n.t('For example: “{0}”.', `${block.name}: {${missing.map(({ name }) => `${name}: …`).join(', ')}}`),
    },
  );

  function reportExtra(item: YamlNode, given: number): void {
    const message =
      names.length === 0
        ? l10n.t('“{0}” takes no arguments, but gets {1}.', block.name, given)
        : names.length === 1
          ? l10n.t('“{0}” takes one argument ({1}), but gets {2}.', block.name, names[0]!, given)
          : l10n.t('“{0}” takes {1} arguments ({2}), but gets {3}.', block.name, names.length, names.join(', '), given);
    reports.report(item, 'too-many-arguments', message, { help: l10n.t('Remove the extra arguments.') });
  }
}

export function readBody(
  walk: Walk,
  row: Row,
  block: Block,
  args: ReadonlyMap<string, YamlNode>,
  inputs: readonly Tensor[],
  scope: Scope,
): readonly Tensor[] {
  const { reports, within } = walk;
  if (within.includes(block)) {
    const path = [...within.slice(within.indexOf(block)), block].map(({ name }) => name).join(' → ');
    const message = l10n.t('“{0}” uses itself ({1}), so it would never end.', block.name, path);
    const short = l10n.t('“{0}” uses itself', block.name);
    reports.report(row.key, 'recursive-block', message, { help: l10n.t('Use something else here.'), short });
    return [walk.builder.unknown({ message, short }, inputs)];
  }
  const list = resolved(block.rows);
  if (list?.kind !== 'sequence') {
    if (!list || (list.kind === 'scalar' && scalarValue(list) === null)) {
      reports.report(block.header, 'empty-block', l10n.t('“{0}” has no rows.', block.name), {
        help: l10n.t('Add them below it, each after a dash.'),
        severity: 'warning',
      });
      return inputs;
    }
    reports.report(block.rows, 'rows-not-a-list', l10n.t('The rows of “{0}” must be a list.', block.name), {
      help: l10n.t('Put each row on its own line, after a dash.'),
    });
    return reports.unknown(l10n.t('“{0}” has no list of rows', block.name), inputs);
  }
  const bound = boundValues({ block, args, shared: walk.shared }, walk.values, scope, inputs);
  within.push(block);
  const names = new Names<Inputs>(undefined, list.items, inputs);
  const outputs = walk.list(list.items, inputs, inner(walk.shared, bound), names);
  within.pop();
  return outputs;
}

/** A use of a block: its arguments by parameter, and the names in `let`. */
export interface BlockUse {
  readonly block: Block;
  readonly args: ReadonlyMap<string, YamlNode>;
  readonly shared: Scope;
}

/** The values of a block's parameters in a use, in order; NaN if unknown. */
export function boundValues(
  { block, args, shared }: BlockUse,
  values: Values,
  scope: Scope,
  inputs: readonly Tensor[],
): ReadonlyMap<string, Value> {
  const bound = new Map<string, Value>();
  for (const parameter of block.parameters) {
    const arg = args.get(parameter.name);
    // Arguments are evaluated where they are written, defaults inside the block.
    const value = arg
      ? values.of(arg, scope, inputs)
      : parameter.default && values.of(parameter.default, inner(shared, bound), inputs);
    bound.set(parameter.name, value === undefined ? Number.NaN : value);
  }
  return bound;
}

function inner(shared: Scope, bound: ReadonlyMap<string, Value>): Scope {
  return shared.size === 0 ? bound : new Map([...shared, ...bound]);
}

// Rows that arrange other rows: parallel branches, residuals, repetitions.
import { type Tensor, use } from '../../graph/graph.ts';
import { add, concat, mul } from '../../ops/index.ts';
import { type Entry, resolved, scalarValue, type YamlNode } from '../../syntax/tree.ts';
import type { Range } from '../../text/range.ts';
import { suggestion } from '../../text/spelling.ts';
import type { Structure } from './blocks.ts';
import { described } from './expression.ts';
import { Names } from './names.ts';
import { commonKeys, commonList } from './operators.ts';
import type { Walk } from './rows.ts';
import type { Row } from './telling.ts';
import type { Scope } from './values.ts';

/** Keys of the rows that arrange other rows, with what they mean. */
export const structureKeys = {
  branches: {
    join: 'How the paths come together: concat (the default), add, mul, or none for all of them side by side.',
    axis: 'The axis of `join: concat`, batch included; 1, the channels, where not given.',
    act: commonKeys.act,
  },
  residual: {
    shortcut: 'Rows for the other path, a projection for instance; nothing where not given.',
    act: 'An activation behind the sum.',
  },
  repeat: { times: 'How often.', layers: 'The rows that are repeated.' },
} as const satisfies Record<Structure, Readonly<Record<string, string>>>;

/** Keys that may stand beside the operator of a row, so they are not taken for it. */
export const beside: ReadonlySet<string> = new Set<string>([
  ...commonList,
  ...Object.values(structureKeys).flatMap(keys => Object.keys(keys)),
]);

export function readBranches(
  walk: Walk,
  row: Row,
  named: readonly Entry[],
  found: Readonly<Record<string, YamlNode>>,
  input: readonly Tensor[],
  scope: Scope,
  names: Names,
): readonly Tensor[] {
  const target = resolved(row.value);
  const paths: { label: string; rows: YamlNode; site: Range | undefined }[] = [];
  if (target?.kind === 'sequence') {
    target.items.forEach((rows, at) => {
      // A path on a line of its own has its sum there; where its first row begins that line, the row has it.
      const flow = rows.kind === 'alias' || (rows.kind === 'sequence' && rows.flow);
      paths.push({ label: `branch.${at}`, rows, site: flow ? rows : undefined });
    });
  } else {
    for (const { key, value } of named) {
      const label = key.kind === 'scalar' ? key.text : '';
      paths.push({ label, rows: value, site: spanOf(key, value) });
    }
  }
  if (paths.length === 0) {
    walk.telling.tell(
      row.key,
      'missing-argument',
      '“branches” needs lists of rows: one for each path, as in “branches: [[relu], [tanh]]”.',
    );
    return walk.telling.unknown('there are no branches', input);
  }
  const ends: Tensor[] = [];
  for (const { label, rows, site } of paths) {
    if (walk.isFull(row.site)) break;
    walk.builder.open({ label, type: 'branch', sites: site ? [use(site)] : [], locate: walk.telling.locate });
    const outputs = readRows(walk, rows, input, scope, names, 'A branch is a list of rows.');
    walk.builder.close(outputs);
    ends.push(...outputs);
  }
  walk.telling.at(row, undefined, found.join ?? row.key);
  const word = found.join ? walk.values.of(found.join, scope, input) : 'concat';
  let outputs: readonly Tensor[];
  switch (word) {
    case 'concat': {
      const axis = found.axis ? walk.values.of(found.axis, scope, input) : 1;
      const proper = typeof axis === 'number' && (Number.isInteger(axis) || Number.isNaN(axis));
      if (found.axis && axis !== undefined && !proper) {
        walk.telling.tell(
          found.axis,
          'wrong-argument',
          `“axis” is ${described(axis)}, but it is a whole number: 1 for channels, −1 for the last.`,
        );
      }
      if (proper && !Number.isNaN(axis)) outputs = [walk.builder.add(concat, { axis }, ends)];
      else outputs = walk.telling.unknown('the axis is not known', ends);
      break;
    }
    case 'add':
      outputs = [walk.builder.add(add, {}, ends)];
      break;
    case 'mul':
      outputs = [walk.builder.add(mul, {}, ends)];
      break;
    case 'none':
      outputs = ends;
      break;
    default: {
      const known = ['concat', 'add', 'mul', 'none'];
      const meant = typeof word === 'string' ? suggestion(word, known) : '';
      if (word !== undefined) {
        walk.telling.tell(
          found.join!,
          'wrong-argument',
          `“join” is ${described(word)}, but it is one of ${known.join(', ')}.${meant}`,
        );
      }
      outputs = walk.telling.unknown('how the branches are joined is not known', ends);
    }
  }
  return walk.activate(found.act, outputs, scope);
}

export function readResidual(
  walk: Walk,
  row: Row,
  found: Readonly<Record<string, YamlNode>>,
  input: readonly Tensor[],
  scope: Scope,
  names: Names,
): readonly Tensor[] {
  const target = resolved(row.value);
  const rows = target?.kind === 'mapping' ? found.layers : row.value;
  if (!rows || (target?.kind === 'scalar' && scalarValue(target) === null)) {
    walk.telling.tell(
      row.key,
      'missing-argument',
      '“residual” needs rows, as in “residual: [conv: {out: 64, kernel: 3, padding: same}]”.',
    );
    return walk.telling.unknown('there are no rows', input);
  }
  const body = readRows(walk, rows, input, scope, names, '“residual” is a list of rows.');
  let other = input;
  if (found.shortcut) {
    const site = found.shortcut.kind === 'sequence' && found.shortcut.flow ? [use(found.shortcut)] : [];
    walk.builder.open({ label: 'shortcut', type: 'shortcut', sites: site, locate: walk.telling.locate });
    other = readRows(walk, found.shortcut, input, scope, names, '“shortcut” is a list of rows.');
    walk.builder.close(other);
  }
  walk.telling.at(row, undefined, row.key);
  return walk.activate(found.act, [walk.builder.add(add, {}, [...body, ...other])], scope);
}

export function readRepeat(
  walk: Walk,
  row: Row,
  found: Readonly<Record<string, YamlNode>>,
  input: readonly Tensor[],
  scope: Scope,
  names: Names,
): readonly Tensor[] {
  const target = resolved(row.value);
  // `repeat: 3` with `layers:` beside it says the same.
  const count = target?.kind === 'scalar' && scalarValue(target) !== null ? row.value : found.times;
  const rows = target?.kind === 'sequence' ? row.value : found.layers;
  if (!count || !rows) {
    walk.telling.tell(
      row.key,
      'missing-argument',
      `“repeat” needs ${count ? 'rows' : 'to know how often'}, as in “repeat: {times: 3, layers: […]}”.`,
    );
    if (!rows) return walk.telling.unknown('there are no rows', input);
  }
  const times = walk.times(count, scope, input);
  if (!count || Number.isNaN(times)) return walk.telling.unknown('how often it is repeated is not known', input);
  let outputs = input;
  for (let copy = 0; copy < times && !walk.isFull(row.site); copy++) {
    walk.builder.open({ label: `${copy}`, type: 'repetition', sites: [], locate: walk.telling.locate });
    outputs = readRows(walk, rows, outputs, scope, names, '“layers” is a list of rows.');
    walk.builder.close(outputs);
  }
  return outputs;
}

/** From a key to the end of its value. */
function spanOf(key: Range, value: Range): Range {
  return { from: key.from, to: Math.max(key.to, value.to) };
}

/** Rows inside a row: they see the names around them, nobody sees theirs. */
function readRows(
  walk: Walk,
  node: YamlNode,
  input: readonly Tensor[],
  scope: Scope,
  names: Names,
  message: string,
): readonly Tensor[] {
  const target = resolved(node);
  if (target?.kind === 'sequence') return walk.list(target, input, scope, new Names(names, target.items, input));
  if (target?.kind === 'scalar' && scalarValue(target) === null) return input;
  // A single row needs no brackets.
  if (target) {
    const single = { items: [node] };
    return walk.list(single, input, scope, new Names(names, [], input));
  }
  walk.telling.tell(node, 'wrong-row', message);
  return walk.telling.unknown('a row could not be understood', input);
}

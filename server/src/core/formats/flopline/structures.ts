// Rows that contain other rows: parallel branches, residuals, repetitions.
import * as l10n from '@vscode/l10n';
import { type Tensor, use } from '../../graph/graph.ts';
import type { Inputs } from '../../graph/segment.ts';
import { add, concat, mul } from '../../ops/index.ts';
import { resolved, scalarValue, type YamlNode } from '../../syntax/tree.ts';
import { described } from './expression.ts';
import { Names } from './names.ts';
import type { TensorNames } from './references.ts';
import { reportChoice } from './report.ts';
import { type Row, rowsIn, type StructureParts } from './row.ts';
import type { Scope } from './values.ts';
import type { Walk } from './walk.ts';
import { joins, type StructureName } from './words.ts';

export function readStructure(
  walk: Walk,
  kind: StructureName,
  row: Row,
  parts: StructureParts,
  input: readonly Tensor[],
  scope: Scope,
  names: TensorNames,
): readonly Tensor[] {
  switch (kind) {
    case 'branches':
      return readBranches(walk, row, parts, input, scope, names);
    case 'residual':
      return readResidual(walk, row, parts, input, scope, names);
    case 'repeat':
      return readRepeat(walk, row, parts, input, scope, names);
  }
}

function readBranches(
  walk: Walk,
  row: Row,
  { paths, keys }: StructureParts,
  input: readonly Tensor[],
  scope: Scope,
  names: TensorNames,
): readonly Tensor[] {
  const { reports, builder } = walk;
  if (paths.length === 0) {
    reports.report(row.key, 'missing-branches', l10n.t('“branches” has no paths.'), {
      help: l10n.t('Add a list of rows for each path, for example “{0}”.', 'branches: [[relu], [tanh]]'),
    });
    return reports.unknown(l10n.t('there are no branches'), input);
  }
  const ends: Tensor[] = [];
  for (const { label, rows, site } of paths) {
    if (walk.isFull(row.site)) break;
    builder.open({ label, type: 'branch', sites: site ? [use(site)] : [], locate: reports.locate });
    const outputs = readRows(walk, rows, input, scope, names);
    builder.close(outputs);
    ends.push(...outputs);
  }
  reports.at(row, undefined, keys.join ?? row.key);
  const word = keys.join ? walk.values.of(keys.join, scope, input) : 'concat';
  let outputs: readonly Tensor[];
  switch (word) {
    case 'concat': {
      const axis = keys.axis ? walk.values.of(keys.axis, scope, input) : 1;
      const proper = typeof axis === 'number' && (Number.isInteger(axis) || Number.isNaN(axis));
      if (keys.axis && axis !== undefined && !proper) {
        const code = typeof axis === 'number' ? 'not-a-whole-number' : 'not-a-number';
        const message = l10n.t('“{0}” must be a whole number, not {1}.', 'axis', described(axis));
        reports.report(keys.axis, code, message, { help: l10n.t('1 is the channels, −1 the last axis.') });
      }
      if (proper && !Number.isNaN(axis)) outputs = [builder.add(concat, { axis }, ends)];
      else outputs = reports.unknown(l10n.t('the axis is not known'), ends);
      break;
    }
    case 'add':
      outputs = [builder.add(add, {}, ends)];
      break;
    case 'mul':
      outputs = [builder.add(mul, {}, ends)];
      break;
    case 'none':
      outputs = ends;
      break;
    default:
      if (word !== undefined) reportChoice(reports.report, keys.join!, 'join', word, joins);
      outputs = reports.unknown(l10n.t('how the branches are joined is not known'), ends);
  }
  return walk.activate(keys.act, outputs, scope);
}

function readResidual(
  walk: Walk,
  row: Row,
  { rows, keys }: StructureParts,
  input: readonly Tensor[],
  scope: Scope,
  names: TensorNames,
): readonly Tensor[] {
  const { reports, builder } = walk;
  if (!rows || isEmpty(rows)) {
    reports.report(row.key, 'missing-rows', l10n.t('“{0}” has no rows.', 'residual'), {
      help: l10n.t('For example: “{0}”.', 'residual: [conv: {out: 64, kernel: 3, padding: same}]'),
    });
    return reports.unknown(l10n.t('there are no rows'), input);
  }
  const body = readRows(walk, rows, input, scope, names);
  let other = input;
  const { shortcut } = keys;
  if (shortcut) {
    const site = shortcut.kind === 'sequence' && shortcut.flow ? [use(shortcut)] : [];
    builder.open({ label: 'shortcut', type: 'shortcut', sites: site, locate: reports.locate });
    other = readRows(walk, shortcut, input, scope, names);
    builder.close(other);
  }
  reports.at(row, undefined, row.key);
  return walk.activate(keys.act, [builder.add(add, {}, [...body, ...other])], scope);
}

function readRepeat(
  walk: Walk,
  row: Row,
  { rows, keys }: StructureParts,
  input: readonly Tensor[],
  scope: Scope,
  names: TensorNames,
): readonly Tensor[] {
  const { reports, builder } = walk;
  const target = resolved(row.value);
  // `repeat: 3` beside `layers:` means the same.
  const count = target?.kind === 'scalar' && !isEmpty(target) ? row.value : keys.times;
  const help = l10n.t('For example: “{0}”.', 'repeat: {times: 3, layers: […]}');
  if (!count) reports.report(row.key, 'missing-times', l10n.t('“repeat” needs “times”.'), { help });
  else if (!rows) reports.report(row.key, 'missing-rows', l10n.t('“{0}” has no rows.', 'repeat'), { help });
  if (!rows) return reports.unknown(l10n.t('there are no rows'), input);
  const times = walk.times(count, scope, input);
  if (!count || Number.isNaN(times)) return reports.unknown(l10n.t('the number of repetitions is not known'), input);
  let outputs = input;
  for (let copy = 0; copy < times && !walk.isFull(row.site); copy++) {
    builder.open({ label: `${copy}`, type: 'repetition', sites: [], locate: reports.locate });
    outputs = readRows(walk, rows, outputs, scope, names);
    builder.close(outputs);
  }
  return outputs;
}

/** Rows inside a row: outer names are visible inside, but not the reverse. */
function readRows(
  walk: Walk,
  node: YamlNode,
  input: readonly Tensor[],
  scope: Scope,
  names: TensorNames,
): readonly Tensor[] {
  const items = rowsIn(node);
  if (items) return walk.list(items, input, scope, new Names<Inputs>(names, items, input));
  // An unresolved alias is reported where the text is parsed.
  return walk.reports.unknown(l10n.t('a row could not be understood'), input);
}

function isEmpty(node: YamlNode): boolean {
  const target = resolved(node);
  return target?.kind === 'scalar' && scalarValue(target) === null;
}

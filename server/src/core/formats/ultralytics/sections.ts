// What is where in a model file: which texts are one, the lists `backbone` and `head`, and what else must be there.

import * as l10n from '@vscode/l10n';
import { chunkOf } from '../../syntax/chunks.ts';
import type { Damage } from '../../syntax/damage.ts';
import type { PlacedRow, Row, YamlDocument } from '../../syntax/document.ts';
import { entryOf, lookUp, type Mapping, resolved, type Scalar, type YamlNode } from '../../syntax/tree.ts';
import type { Reads } from '../../syntax/yaml.ts';
import { isFloat, value11 } from '../../syntax/yaml11.ts';
import type { Problem } from '../../text/problem.ts';
import type { Range } from '../../text/range.ts';
import { didYouMean } from '../../text/spelling.ts';

/** Keys that the frameworks read at the top of a file. */
export const topKeys = [
  'nc',
  'scales',
  'scale',
  'backbone',
  'head',
  'depth_multiple',
  'width_multiple',
  'activation',
  'kpt_shape',
  'anchors',
  'ch',
  'channels',
  'names',
  'task',
  'end2end',
  'reg_max',
  'max_channels',
  'inplace',
  'custom',
];

/** What makes a damaged line a row again, or a key. */
export const reads: Reads = { row: isRow, top: new Set(topKeys), lists: new Set(['backbone', 'head']) };

/** The lists of rows that every parse_model reads. */
export const usualLists: readonly string[] = ['backbone', 'head'];

/** `[from, repeats, module, args]`, as parse_model unpacks it. */
export function isRow(node: YamlNode): boolean {
  const row = resolved(node);
  if (row?.kind !== 'sequence' || row.items.length !== 4) return false;
  const [from, repeats, module, args] = row.items.map(item => resolved(item));
  const sources = from?.kind === 'sequence' ? from.items.map(item => resolved(item)) : [from];
  const name = module?.kind === 'scalar' ? value11(module) : undefined;
  return (
    sources.length > 0 &&
    sources.every(source => Number.isInteger(numberOf(source))) &&
    numberOf(repeats) !== undefined &&
    typeof name === 'string' &&
    /^[A-Za-z_][\w.]*$/.test(name) &&
    args?.kind === 'sequence' &&
    // A list inside is a list of numbers: anchors, channels. No row has one of names beside its arguments.
    args.items.every(item => resolved(item)?.kind !== 'mapping')
  );
}

function numberOf(node: YamlNode | undefined): number | undefined {
  const value = node?.kind === 'scalar' ? value11(node) : undefined;
  return typeof value === 'number' ? value : undefined;
}

/** A line that only a row of such a file looks like, brackets and dashes aside. */
const rowLine =
  /^[ \t\u3000]*(?:-[ \t]*)?(?:[[［]\s*){0,2}-?\d[-\d\s,，\]］]*[,，]\s*\d+\s*[,，]\s*["'“]?[A-Za-z_][\w.]*["'”]?\s*[,，]?\s*[[［]/m;
/** The sign of a list of rows, or one slip away from it: indented, without its colon, with another one. */
const sectionLine = /^[ \t\u3000]{0,8}["']?(?:backbone|head)["']?[ \t]*(?:[:：]|$)/m;

/** Whether a YAML text is a model file, or was meant as one: rows under `backbone` or `head`, slips forgiven. */
export function isModelText(text: string): boolean {
  if (/^backbone:/m.test(text) && /^head:/m.test(text) && /^\s*-?\s*\[\s*\[?\s*(?:\[\s*)?-?\d/m.test(text)) return true;
  return sectionLine.test(text) && rowLine.test(text);
}

/** A row as far as it can be seen by itself, whoever reads it. */
export interface RowShape {
  /** The name of its module; empty for a row that has none. */
  readonly module: string;
  /** Whether its second argument is anchors: the name, or lists. */
  readonly anchored: boolean;
  /** Whether it is the name. */
  readonly namesAnchors: boolean;
  readonly args: number;
}

export function shapeOf({ node, seen }: Row): RowShape {
  return (seen.held as RowShape | undefined) ?? (seen.hold(readShape(node)) as RowShape);
}

function readShape(row: YamlNode): RowShape {
  const items = resolved(row);
  const parts = items?.kind === 'sequence' ? items.items : [];
  const name = resolved(parts[2]);
  const args = resolved(parts[3]);
  const list = args?.kind === 'sequence' ? args.items : [];
  const second = resolved(list[1]);
  const namesAnchors = second?.kind === 'scalar' && second.text === 'anchors';
  const anchored = second?.kind === 'sequence' || namesAnchors;
  return { module: name?.kind === 'scalar' ? name.text : '', anchored, namesAnchors, args: list.length };
}

/** The names of the modules that rows name. */
export function moduleNames(items: readonly PlacedRow[]): readonly string[] {
  return items.map(({ chunk }) => shapeOf(chunk).module);
}

/** What the top of a file says beside its rows, and what is wrong with it. */
export interface Sections {
  readonly rows: readonly PlacedRow[];
  readonly problems: readonly Problem[];
  /** Rows that are not where a row should be. */
  readonly damages: readonly Damage[];
  /** Why the rows are not all that there is. */
  readonly gaps: readonly string[];
  /** The sections that are not there. */
  readonly missing: readonly string[];
}

/** The rows of `backbone` and `head`, or of the lists that a repository reads, in order. */
export function sectionsOf(top: Mapping, document: YamlDocument, lists: readonly string[] = usualLists): Sections {
  let rows: PlacedRow[] = [];
  const problems: Problem[] = [];
  const damages: Damage[] = [];
  const gaps: string[] = [];
  const missing: string[] = [];
  for (const key of lists) {
    const entry = entryOf(top, key) ?? meant(top, key, document, problems);
    if (!entry) {
      missing.push(key);
      continue;
    }
    const list = resolved(entry.value);
    const place = entry.value.to > entry.value.from ? entry.value : entry.key;
    if (list?.kind !== 'sequence') {
      const message =
        list?.kind === 'mapping'
          ? l10n.t('`{0}` must be a list of rows, not a mapping.', key)
          : list && list.to > list.from
            ? l10n.t('`{0}` must be a list of rows, not text.', key)
            : l10n.t('`{0}` must be a list of rows, but is empty.', key);
      const help = l10n.t('A row is [from, repeats, module, args].');
      problems.push({ range: range(place), severity: 'error', code: 'section-not-a-list', message, help });
      gaps.push(l10n.t('`{0}` is not a list of rows', key));
    } else if (isRow(list)) {
      const message = l10n.t('`{0}` must be a list of rows, but this is one row.', key);
      const help = l10n.t('Put it in a list: [[…]].');
      const edits = [
        { from: list.from, to: list.from, text: '[' },
        { from: list.to, to: list.to, text: ']' },
      ];
      const fixes = list.flow ? { fixes: [{ title: l10n.t('Put the row in a list'), edits }] } : {};
      problems.push({ range: range(list), severity: 'error', code: 'bare-row', message, help, ...fixes });
      damages.push({ ...range(list), repaired: false, why: message });
      rows.push({ chunk: chunkOf('', entry.value), start: 0, end: 0 });
    } else rows = rows.concat(document.rowsOf(list));
  }
  return { rows, problems, damages, gaps, missing };
}

/** The entry that has the list under a misspelt key. A key that was repaired already is not read as yet another one. */
function meant(top: Mapping, key: string, { damages }: Pick<YamlDocument, 'damages'>, problems: Problem[]) {
  const found = top.entries.filter(
    entry =>
      entry.key.kind === 'scalar' &&
      !topKeys.includes(entry.key.text) &&
      didYouMean(entry.key.text, topKeys) === key &&
      !damages.some(({ from, to }) => from <= entry.key.to && entry.key.from <= to) &&
      resolved(entry.value)?.kind === 'sequence',
  );
  const [entry] = found;
  if (!entry || found.length > 1) return undefined;
  const message = l10n.t(
    '“{0}” is not a key of model files. This list is read as `{1}`, which is missing.',
    (entry.key as Scalar).text,
    key,
  );
  const at = range(entry.key);
  const fixes = [{ title: l10n.t('Change to {0}', key), edits: [{ ...at, text: key }] }];
  problems.push({ range: at, severity: 'error', code: 'misspelled-section', message, fixes });
  return entry;
}

/** Values that the frameworks fail on whatever the rows are: reported, with the reason why there is no total. */
export function wrongValues(top: Mapping, readsScales: boolean): Pick<Sections, 'problems' | 'gaps'> {
  const problems: Problem[] = [];
  const gaps: string[] = [];
  const wrong = (node: YamlNode, words: Pick<Problem, 'code' | 'message' | 'help'>, gap: string): void => {
    problems.push({ range: range(node), severity: 'error', ...words });
    gaps.push(gap);
  };
  const classes = resolved(lookUp(top, 'nc'));
  if (classes?.kind === 'scalar' && isFloat(classes) && Number.isFinite(value11(classes))) {
    // range(nc) and torch.empty(nc, …) take integers alone.
    const message = l10n.t('`nc` must be an integer, but {0} is a float in Python.', classes.text);
    const help = l10n.t('Use {0}.', Math.round(value11(classes) as number));
    wrong(classes, { code: 'float-for-integer', message, help }, l10n.t('`nc` is a float'));
  } else if (lookUp(top, 'nc') && !(typeof numberOf(classes) === 'number' && numberOf(classes)! > 0)) {
    gaps.push(l10n.t('`nc` is not a number'));
  }
  const scales = resolved(lookUp(top, 'scales'));
  const isNothing = scales?.kind === 'scalar' && !value11(scales);
  if (readsScales && scales && scales.kind !== 'mapping' && !isNothing) {
    const message = l10n.t('`scales` must be a mapping of names to [depth, width, max_channels].');
    const help = l10n.t('For example, put {0} on a line of its own.', '`n: [0.50, 0.25, 1024]`');
    wrong(scales, { code: 'scales-not-a-mapping', message, help }, l10n.t('`scales` is not a mapping'));
  }
  return { problems, gaps };
}

function range({ from, to }: Range): Range {
  return { from, to };
}

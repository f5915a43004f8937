// Whose A2C2f a file means: Ultralytics' and that of YOLOv12's authors (sunsmarterjie/yolov12) are spelled alike, and
// differ in parameters. The authors' file is the older one; Ultralytics took the block over in 8.3.78 with another attention.

import * as l10n from '@vscode/l10n';
import type { Graph } from '../../graph/graph.ts';
import { placedRange } from '../../graph/segment.ts';
import { lineEnd } from '../../syntax/lists.ts';
import { lookUp, type Mapping, resolved, type Sequence, scalarValue, type YamlNode } from '../../syntax/tree.ts';
import type { Problem } from '../../text/problem.ts';
import type { Variant } from '../format.ts';
import type { Dialect } from './dialect.ts';

export interface Owner {
  readonly dialect: Dialect;
  readonly because: string;
  /** Whether nothing but the habit of reading Ultralytics, or the file’s name, speaks for it. */
  readonly isUnsure: boolean;
}

/** A count of parameters that a summary after a scale claims: “2,553,904 parameters”. */
interface Summary {
  readonly scale: string;
  readonly params: number;
}

export interface Evidence {
  readonly name: string;
  readonly text: string;
  readonly top: Mapping;
  readonly rows: readonly YamlNode[];
  /** Where the text of each row begins. */
  readonly starts: readonly number[];
  /** The names of their modules. */
  readonly modules: readonly string[];
  readonly variants: readonly Variant[];
  readonly theirs: Dialect;
  readonly ultralytics: Dialect;
  /** The parameters of the file in a dialect, at a scale; NaN where they are not known. */
  readonly parameters: (dialect: Dialect, scale: string) => number;
}

/** The owner of the A2C2f rows of a file that either could read; undefined where it has none. */
export function ownerOfAreaAttention(evidence: Evidence): Owner | undefined {
  const { name, text, rows, modules, theirs, ultralytics, parameters } = evidence;
  const first = modules.indexOf('A2C2f');
  if (first < 0) return undefined;
  const certain = (dialect: Dialect, because: string): Owner => ({ dialect, because, isUnsure: false });
  const newer = signOfNewer(evidence);
  if (newer !== undefined) return certain(ultralytics, newer);
  const summary = summaryOf(evidence);
  if (summary) {
    for (const dialect of [ultralytics, theirs]) {
      if (parameters(dialect, summary.scale) === summary.params)
        return certain(dialect, l10n.t('its summary for scale {0} has the same number of parameters', summary.scale));
    }
  }
  if (rows.slice(0, first).some(isGroupedConv))
    return certain(theirs, l10n.t('early convolutions are grouped, as in the authors’ own YOLOv12'));
  const head =
    text
      .slice(0, 1500)
      .match(/#[^\n\r]*/g)
      ?.join('\n') ?? '';
  for (const [because, words] of [
    [() => l10n.t('the file’s name says so'), name],
    [() => l10n.t('the file’s comments say so'), head],
  ] as const) {
    if (/yolov12/i.test(words)) return { dialect: theirs, because: because(), isUnsure: true };
    if (/yolo12/i.test(words)) return certain(ultralytics, because());
  }
  return { dialect: ultralytics, because: l10n.t('nothing says whose A2C2f it means'), isUnsure: true };
}

/** What is said of a file that gives too few signs, at its first A2C2f. */
export function unsureOwner(
  { rows, starts, modules }: Evidence,
  { dialect, isUnsure }: Owner,
  other: Dialect,
): Problem[] {
  if (!isUnsure) return [];
  const index = modules.indexOf('A2C2f');
  const row = resolved(rows[index]) as Sequence;
  const message =
    dialect.id === 'yolov12'
      ? l10n.t(
          'A2C2f is read as in the authors’ own YOLOv12 (two convolutions, a 5×5 position encoding), but could also be that of Ultralytics since 8.3.78 (one convolution for query, key and value, a 7×7 position encoding).',
        )
      : l10n.t(
          'A2C2f is read as in Ultralytics since 8.3.78 (one convolution for query, key and value, a 7×7 position encoding), but could also be that of the authors’ own YOLOv12 (two convolutions, a 5×5 position encoding).',
        );
  const help = l10n.t('To be sure, set the dialect, for example {0}.', `# flopline: dialect=${other.id}`);
  const fixes = [dialect, other].map(({ id, by }) => ({
    title: l10n.t('Read this file as {0}’s', by),
    edits: [{ from: 0, to: 0, text: `# flopline: dialect=${id}\n` }],
  }));
  const range = placedRange(row.items[2]!, starts[index]!);
  return [{ range, severity: 'information', code: 'ambiguous-dialect', message, help, fixes }];
}

/** Keys and arguments that came with 8.4. */
function signOfNewer({ top, rows }: Evidence): string | undefined {
  for (const key of ['end2end', 'reg_max']) {
    if (lookUp(top, key)) return l10n.t('it has the key {0}, which Ultralytics has since 8.4.0', key);
  }
  for (const row of rows) {
    const [module, args] = partsOf(row);
    if (module === 'SPPF' && args.length > 2)
      return l10n.t('SPPF has more than two arguments, which Ultralytics has since 8.4.0');
    const fourth = resolved(args[3]);
    if (module === 'C3k2' && fourth?.kind === 'scalar' && typeof scalarValue(fourth) === 'boolean')
      return l10n.t('C3k2 has an attention flag, which Ultralytics has since 8.4.0');
  }
  return undefined;
}

function partsOf(row: YamlNode): readonly [module: string, args: readonly YamlNode[]] {
  const items = resolved(row);
  const [, , name, list] = items?.kind === 'sequence' ? items.items : [];
  const module = resolved(name);
  const args = resolved(list);
  return [module?.kind === 'scalar' ? module.text : '', args?.kind === 'sequence' ? args.items : []];
}

/** `Conv, [128, 3, 2, 1, 2]` */
function isGroupedConv(row: YamlNode): boolean {
  const [module, args] = partsOf(row);
  const groups = resolved(args[4]);
  const value = groups?.kind === 'scalar' ? scalarValue(groups) : undefined;
  return module === 'Conv' && typeof value === 'number' && value > 1;
}

/** The first summary after a scale. */
function summaryOf({ variants, text }: Evidence): Summary | undefined {
  for (const { name, range } of variants) {
    const line = text.slice(range.to, lineEnd(text, range.to));
    const match = /#[^#]*?\bsummary\b([^#]*?)(\d[\d,]*) parameters/.exec(line);
    if (match && !/fused/.test(match[1]!)) return { scale: name, params: Number(match[2]!.replaceAll(',', '')) };
  }
  return undefined;
}

/** Learnable parameters of a graph; NaN where some are not known. */
export function parametersOf({ nodes }: Graph): number {
  let sum = 0;
  for (const { op, attrs, inputs, outputs, shares, why } of nodes) {
    if (why !== undefined) return Number.NaN;
    if (shares || !op.counts) continue;
    const shapes = (list: typeof inputs) => list.map(({ shape }) => shape!);
    const { weights = 0, biases = 0, normAffine = 0 } = op.counts(attrs, shapes(inputs), shapes(outputs));
    sum += weights + biases + normAffine;
  }
  return sum;
}

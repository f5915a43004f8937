// The result of a comparison: as JSON for scripts (`flopline diff --format json`, schema 1) and as Markdown.
import * as l10n from '@vscode/l10n';
import { sumOfAmounts } from '../analysis/model.ts';
import { type Analysed, countedLike } from '../pipeline.ts';
import { Lines } from '../text/lines.ts';
import { changeText, si } from '../text/quantity.ts';
import { commaText } from '../text/wording.ts';
import { compare, type Layer, type Status } from './comparison.ts';
import {
  certaintyOfParams,
  known,
  markdownCell,
  type ReportShape,
  type ReportWords,
  type RowReport,
  reportShape,
  reportSign,
  shapeCell,
  type TotalsReport,
  totalsReport,
} from './report.ts';

/** A value for each side. */
export interface Sides<T> {
  readonly before: T;
  readonly after: T;
}

/** A layer on both sides. If it is on only one, the other is null, with costs of 0. */
export interface DiffRow {
  readonly name: Sides<string | null>;
  readonly op: Sides<string | null>;
  readonly status: Status;
  /** 1-based; null if there is none. */
  readonly line: Sides<number | null>;
  readonly outputs: Sides<readonly ReportShape[] | null>;
  /** Null if nothing is known, a lower bound if `complete` is false. */
  readonly macs: Sides<number | null>;
  readonly params: Sides<number | null>;
  /** In the selected convention. */
  readonly value: Sides<number | null>;
  readonly complete: boolean;
  readonly doubtful?: true;
  readonly atMost?: true;
}

/** A file as the caller names it, and the revision if it is not the current one. */
export interface DiffFile {
  readonly file: string;
  readonly revision?: string;
}

export interface DiffSide extends DiffFile {
  readonly format: string;
  readonly model: string;
  /** The scale. */
  readonly scale?: string;
  readonly totals: TotalsReport;
}

/** Rows add up to the difference of the totals (null as 0). */
export interface DiffReport extends Sides<DiffSide> {
  readonly rows: readonly DiffRow[];
}

/** Compares both networks, without stand-ins. */
export function diffReport(before: Analysed, after: Analysed, files: Sides<DiffFile>): DiffReport {
  const own = after.standIns?.actual ?? after;
  // A comment in one of them may select another convention.
  const sides = { before: countedLike(before.standIns?.actual ?? before, own), after: own };
  const comparison = compare(sides.before, sides.after);
  const lines = { before: new LinesOf(sides.before), after: new LinesOf(sides.after) };
  return {
    before: side(sides.before, files.before),
    after: side(sides.after, files.after),
    rows: comparison.pairs.map(pair => {
      const both = <T>(of: (layer: Layer, lines: LinesOf) => T, none: T): Sides<T> => ({
        before: pair.before ? of(pair.before, lines.before) : none,
        after: pair.after ? of(pair.after, lines.after) : none,
      });
      const costs = [pair.before, pair.after].flatMap(layer => (layer ? [layer.cost] : []));
      const amounts = costs.flatMap(({ macs, params, value }) => [macs, params, value]);
      return {
        name: both<string | null>(({ name }) => name, null),
        op: both<string | null>(({ type }) => type, null),
        status: comparison.status(pair),
        line: both<number | null>((layer, own) => own.lineOf(layer), null),
        outputs: both<readonly ReportShape[] | null>(({ outputs }) => outputs.map(shape => reportShape(shape)), null),
        macs: both<number | null>(({ cost }) => known(cost.macs), 0),
        params: both<number | null>(({ cost }) => known(cost.params), 0),
        value: both<number | null>(({ cost }) => known(cost.value), 0),
        complete: amounts.every(({ complete }) => complete),
        ...(amounts.some(({ doubtful }) => doubtful) ? { doubtful: true as const } : {}),
        ...(sumOfAmounts(amounts).bound === 'upper' ? { atMost: true as const } : {}),
      };
    }),
  };
}

function side(analysed: Analysed, { file, revision }: DiffFile): DiffSide {
  const { spec, document } = analysed;
  return {
    file,
    ...(revision === undefined ? {} : { revision }),
    format: document.format.id,
    model: spec.model,
    ...(spec.variant === undefined ? {} : { scale: spec.variant }),
    totals: totalsReport(analysed),
  };
}

/** Line numbers of layers, in the text itself and in files that it was read with. */
class LinesOf {
  readonly #analysed: Analysed;
  readonly #others = new Map<string, Lines | undefined>();

  constructor(analysed: Analysed) {
    this.#analysed = analysed;
  }

  /** 1-based; null if the file has no such line. */
  lineOf({ site }: Layer): number | null {
    if (!site) return null;
    const { document, spec } = this.#analysed;
    const { file, range } = site;
    if (file === undefined) return document.lines.lineAt(range.from) + 1;
    if (!this.#others.has(file)) {
      const text = spec.imports?.read.get(file);
      this.#others.set(file, text === undefined ? undefined : new Lines(text));
    }
    const lines = this.#others.get(file);
    return lines ? lines.lineAt(range.from) + 1 : null;
  }
}

// --- Text ---------------------------------------------------------------------------------------------------------

/** A row as text: `before → after` where the sides differ. */
export interface DiffCells {
  readonly mark: string;
  readonly line: string;
  readonly name: string;
  readonly op: string;
  readonly output: string;
  readonly value: string;
  readonly change: string;
  readonly params: string;
  readonly paramsChange: string;
}

const marks: Readonly<Record<Status, string>> = { same: '', changed: '~', added: '+', removed: '−' };

/** The changed rows, or all rows, as text. */
export function diffCells({ rows }: DiffReport, { shapeOrder }: ReportWords, all = false): DiffCells[] {
  return rows
    .filter(({ status }) => all || status !== 'same')
    .map(row => {
      const { status, name, op, line, outputs, value, params } = row;
      const shapeOf = (shapes: readonly ReportShape[] | null): string | null =>
        shapes && shapeCell(shapes[0], shapeOrder);
      return {
        mark: marks[status],
        line: arrow(line.before === null ? null : String(line.before), line.after === null ? null : String(line.after)),
        name: arrow(name.before, name.after),
        op: arrow(op.before, op.after),
        output: arrow(shapeOf(outputs.before), shapeOf(outputs.after)),
        value: amounts(value, row),
        change: changeOf(value, row),
        params: amounts(params, { ...certaintyOfParams(row), status: row.status }),
        paramsChange: changeOf(params, certaintyOfParams(row)),
      };
    });
}

/** The totals of both sides as text. */
export function diffTotals({
  before,
  after,
}: DiffReport): Pick<DiffCells, 'value' | 'change' | 'params' | 'paramsChange'> {
  const isComplete = before.totals.complete && after.totals.complete;
  const isDoubtful = before.totals.doubtful || after.totals.doubtful;
  const atMost = before.totals.atMost || after.totals.atMost;
  const of = { complete: isComplete, ...(isDoubtful && { doubtful: true as const }), ...(atMost && { atMost }) };
  const ofParams = [before.totals, after.totals].map(certaintyOfParams);
  const value = { before: before.totals.value, after: after.totals.value };
  const params = { before: before.totals.params, after: after.totals.params };
  return {
    value: `${amountOf(value.before, before.totals)} → ${amountOf(value.after, after.totals)}`,
    change: changeOf(value, of),
    params: `${amountOf(params.before, ofParams[0]!)} → ${amountOf(params.after, ofParams[1]!)}`,
    paramsChange: changeOf(params, certaintyOfParams(of)),
  };
}

/** The name of a side: `yolov8n.yaml (HEAD)`. */
export function diffTitle({ file, revision, scale }: DiffSide, other: DiffSide): string {
  const isSameFile = file === other.file && revision === other.revision;
  const facts = [revision, isSameFile && scale !== undefined ? l10n.t('scale {0}', scale) : undefined];
  const known = facts.filter(fact => fact !== undefined);
  return known.length === 0 ? file : l10n.t('{0} ({1})', file, commaText(known));
}

/** The number of layers per status: `2 changed, 1 added, 20 unchanged`. */
export function diffCounts({ rows }: DiffReport): string {
  const count = (wanted: Status): number => rows.filter(({ status }) => status === wanted).length;
  const [changed, added, removed, same] = [count('changed'), count('added'), count('removed'), count('same')];
  return commaText([
    ...(changed > 0 ? [l10n.t('{0} changed', changed)] : []),
    ...(added > 0 ? [l10n.t('{0} added', added)] : []),
    ...(removed > 0 ? [l10n.t('{0} removed', removed)] : []),
    l10n.t('{0} unchanged', same),
  ]);
}

/** The column headers. Marks and changes have none. */
export function diffHead({ unit }: ReportWords): string[] {
  return ['', l10n.t('line'), l10n.t('layer'), l10n.t('type'), l10n.t('output'), unit, '', l10n.t('params'), ''];
}

/** The changed layers, or all layers, as Markdown for a pull request. */
export function markdownDiff(diff: DiffReport, words: ReportWords, all = false): string {
  const { before, after } = diff;
  const rows = diffCells(diff, words, all).map(({ mark, line, name, op, output, ...cells }) => {
    const texts = [mark, line, markdownCell(name), markdownCell(op), output];
    return `| ${[...texts, cells.value, cells.change, cells.params, cells.paramsChange].join(' | ')} |`;
  });
  const totals = diffTotals(diff);
  const foot = [totals.value, totals.change, totals.params, totals.paramsChange].map(text => `**${text}**`);
  return [
    `### ${markdownCell(diffTitle(before, after))} → ${markdownCell(diffTitle(after, before))}`,
    '',
    diffCounts(diff),
    '',
    `| ${diffHead(words).join(' | ')} |`,
    '|---|--:|---|---|---|--:|--:|--:|--:|',
    ...rows,
    `| | | **${l10n.t('total')}** | | | ${foot.join(' | ')} |`,
    '',
  ].join('\n');
}

/** The value of the only side, or of both: `a → b` if they differ. */
function arrow(before: string | null, after: string | null): string {
  if (before === null || after === null || before === after) return after ?? before ?? '';
  return `${before} → ${after}`;
}

type Certainty = Pick<RowReport, 'complete' | 'doubtful' | 'atMost'>;

function amountOf(value: number | null, of: Certainty): string {
  return value === null ? '?' : reportSign(of) + si(value);
}

/** The cost of a layer on both sides, or on the only one. */
function amounts({ before, after }: Sides<number | null>, row: Certainty & Pick<DiffRow, 'status'>): string {
  if (before === 0 && after === 0 && row.complete) return '';
  const [old, now] = [amountOf(before, row), amountOf(after, row)];
  if (row.status === 'added') return now;
  if (row.status === 'removed') return old;
  return before === after ? now : `${old} → ${now}`;
}

/** `+12 %`, or the amount if there was nothing before; empty if nothing changed or a side is unknown. */
function changeOf({ before, after }: Sides<number | null>, { complete, doubtful, atMost }: Certainty): string {
  // Two bounds do not tell how far apart the numbers are.
  if (before === null || after === null || before === after || atMost || !(complete || doubtful)) return '';
  if (before === 0) return `+${si(after)}`;
  return after === 0 ? `−${si(before)}` : changeText((after - before) / before);
}

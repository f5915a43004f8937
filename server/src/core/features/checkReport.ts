// The verdict of a budget in JSON, for scripts.
import type { Document } from '../pipeline.ts';
import { Lines } from '../text/lines.ts';
import { type BudgetStatus, conditionsText, type Verdict } from './check.ts';
import { textOfFile } from './otherFiles.ts';

/** An entry in the output of `flopline check --format json`, schema 1, which scripts rely on. */
export interface CheckReport {
  readonly file: string;
  /** The expression that builds the network of a Python file. */
  readonly entry?: string;
  /** The budget: its project file and the 1-based line there. */
  readonly budget: { readonly file: string; readonly line: number };
  /** The conditions of the budget as text. */
  readonly for: string;
  readonly limits: Amounts<number>;
  /** Null if unknown. */
  readonly actual: Amounts<number | null>;
  readonly status: BudgetStatus;
  /** Whether all limited quantities are known; if not, numbers are lower bounds. */
  readonly complete: boolean;
  /** Why the status is unknown. */
  readonly why?: string;
  readonly costliest: readonly CostlyReport[];
}

/** Sizes are in bytes. */
export interface Amounts<T> {
  readonly macs?: T;
  readonly params?: T;
  readonly bytes?: T;
  readonly peak?: T;
  readonly time?: { readonly device: string; readonly ms: T };
}

export interface CostlyReport {
  readonly name: string;
  readonly op: string;
  /** 1-based; null if it is in no text. */
  readonly line: number | null;
  /** Set if it is in another file. */
  readonly file?: string;
  readonly macs: number;
  readonly params: number;
  /** Its share of the limited quantity, 0 to 1. */
  readonly share: number;
}

export interface CheckReportOptions {
  /** The file name to report. */
  readonly file: string;
  /** Formats the path of another file. */
  readonly shown?: (path: string) => string;
}

/** Converts a verdict; `document` is the text it is about. */
export function checkReport(
  verdict: Verdict,
  document: Document,
  { file: name, shown = path => path }: CheckReportOptions,
): CheckReport {
  const { use, status, limits, why, costliest } = verdict;
  const amounts = <T>(of: (limit: Verdict['limits'][number]) => T): Amounts<T> =>
    Object.fromEntries(
      limits.map(limit => [
        limit.key,
        limit.key === 'time' ? { device: limit.device ?? '', ms: of(limit) } : of(limit),
      ]),
    );
  return {
    file: name,
    ...(use.entry === undefined ? {} : { entry: use.entry }),
    budget: {
      file: shown(use.project.path),
      line: new Lines(use.project.text).lineAt(use.named.range.from) + 1,
    },
    for: conditionsText(verdict),
    limits: amounts(({ limit }) => limit),
    actual: amounts(({ actual }) => (Number.isNaN(actual) ? null : actual)),
    status,
    complete: limits.every(({ isLeast, isMost, actual }) => !isLeast && !isMost && !Number.isNaN(actual)),
    ...(why === undefined ? {} : { why }),
    costliest: costliest.map(({ name, type, range, file, macs, params, share }) => {
      const text = file === undefined ? document.source.text : textOfFile(document, verdict.analysed?.spec, file);
      const line = range && text !== undefined ? new Lines(text).lineAt(range.from) + 1 : null;
      return { name, op: type, line, ...(file === undefined ? {} : { file: shown(file) }), macs, params, share };
    }),
  };
}

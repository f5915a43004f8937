// Explains how a program was read: which network, from where, with which files.
import * as l10n from '@vscode/l10n';
import type { Program, ProgramEntry } from '../formats/index.ts';
import type { Analysed } from '../pipeline.ts';
import { listText } from '../text/wording.ts';
import { headline } from './totals.ts';
import { orderOf, shapeOrUnknown, uncertainty } from './wording.ts';

/** A file in the output of `flopline doctor --format json`, schema 1. */
export interface Diagnosis {
  readonly file: string;
  readonly format: string;
  /** The Python file that defines the rows: `models/yolo.py`. */
  readonly source?: string;
  readonly entry: string | null;
  /** Whether the arguments of the call were guessed; null if nothing was called. */
  readonly guessed: boolean | null;
  readonly entries: readonly string[];
  readonly repository: string | null;
  /** The folders against which imports are resolved, in order. */
  readonly roots: readonly string[];
  /** The environment whose packages may be read. */
  readonly python: string | null;
  /** The project file that applies to it. */
  readonly project: string | null;
  readonly read: readonly string[];
  readonly missing: readonly { readonly name: string; readonly why: string }[];
  readonly complete: boolean;
  /** Why it is not complete. */
  readonly why?: string;
}

/** Undefined for a spec that is read without other files. */
export function diagnosis(analysed: Analysed, file: string = analysed.document.source.name): Diagnosis | undefined {
  const { spec, document, model } = analysed;
  const { program, imports, reader } = spec;
  if (!imports) return undefined;
  const { macs, params } = model.totals;
  const why = uncertainty(model.totals);
  const complete = (!program || program.entry !== undefined) && macs.complete && params.complete;
  return {
    file,
    format: document.format.id,
    ...(reader === undefined ? {} : { source: reader }),
    entry: program?.entry?.expression ?? null,
    guessed: program?.entry?.guessed ?? null,
    entries: program?.entries.map(({ expression }) => expression) ?? [],
    repository: imports.repository ?? null,
    roots: imports.roots,
    python: document.source.roots?.python ?? null,
    project: document.source.project?.path ?? null,
    read: [...imports.read.keys()],
    missing: imports.missing,
    complete,
    ...(complete || why === undefined ? {} : { why }),
  };
}

/** The diagnosis as headings with lines below them. */
export function diagnosisLines(analysed: Analysed): readonly (readonly [heading: string, lines: readonly string[]])[] {
  const { spec, document, model } = analysed;
  const { program, imports, reader } = spec;
  const { roots, project } = document.source;
  const governing = [l10n.t('Project file'), [project?.path ?? l10n.t('none')]] as const;
  if (!imports) return project ? [governing] : [];
  const { read, missing } = imports;
  const { python } = roots ?? {};
  const why = uncertainty(model.totals);
  const none = l10n.t('none');
  return [
    ...(reader === undefined ? [] : [[l10n.t('Read by'), [reader]] as const]),
    ...(program
      ? ([
          [l10n.t('Network'), [program.entry ? entryText(program.entry, analysed) : none]],
          [l10n.t('Input'), program.entry ? [callText(program, analysed)] : [none]],
          [l10n.t('Other networks'), othersOf(program)],
        ] as const)
      : []),
    [l10n.t('Repository'), [imports.repository ?? none]],
    governing,
    [l10n.t('Imports from'), imports.roots],
    [l10n.t('Python environment'), [python ?? l10n.t('none (set {0}, or {1})', '--python', '`flopline.python`')]],
    [l10n.t('Files read'), read.size > 0 ? [...read.keys()] : [none]],
    [l10n.t('Not found'), missing.length > 0 ? missing.map(each => `${each.name}: ${each.why}`) : [none]],
    // Without a network there are none, which is not 0.
    ...(analysed.spec.program && !analysed.spec.program.entry
      ? []
      : [[l10n.t('Totals'), [headline(analysed)]] as const]),
    ...(why === undefined ? [] : [[l10n.t('Not known'), [why]] as const]),
  ];
}

function entryText({ expression, range, from }: ProgramEntry, { document: { lines } }: Analysed): string {
  const line = range ? lines.lineAt(range.from) + 1 : 0;
  switch (from) {
    case 'comment':
      return l10n.t('{0} (comment in line {1})', expression, line);
    case 'use':
      return l10n.t('{0} (used in line {1})', expression, line);
    case 'function':
      return l10n.t('{0} (function in line {1})', expression, line);
    case 'class':
      return l10n.t('{0} (class in line {1})', expression, line);
    case 'value':
      return l10n.t('{0} (value in line {1})', expression, line);
    case 'host':
    case 'outside':
      return l10n.t('{0} (chosen)', expression);
  }
}

function callText({ entry }: Program, analysed: Analysed): string {
  const order = orderOf(analysed);
  const shapes = listText((entry?.shapes ?? []).map(shape => shapeOrUnknown(shape, order)));
  if (entry?.shapes === undefined) return l10n.t('not known');
  return entry.guessed ? l10n.t('{0} (guessed)', shapes) : shapes;
}

function othersOf({ entries, entry }: Program): readonly string[] {
  const others = entries.filter(each => each !== entry).map(({ expression }) => expression);
  if (others.length === 0) return [l10n.t('none')];
  return others.length > 12 ? [...others.slice(0, 11), l10n.t('… and {0} more', others.length - 11)] : others;
}

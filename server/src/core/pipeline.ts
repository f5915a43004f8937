// The only place that knows the whole way: text → tree → graph → Model.
import * as l10n from '@vscode/l10n';
import { type ConventionName, counterOf } from './analysis/conventions.ts';
import { objection } from './analysis/difference.ts';
import { analyse, type Model } from './analysis/model.ts';
import {
  type Attempt,
  type Format,
  type Fusion,
  formats,
  type InputSize,
  type Native,
  type Reader,
  type ReadOptions,
  type Release,
  type Source,
  type Spec,
} from './formats/index.ts';
import { maxNodes } from './graph/builder.ts';
import type { GraphEdit } from './graph/edit.ts';
import type { Graph } from './graph/graph.ts';
import { resolve, type Settings, scaleMisfit } from './settings/index.ts';
import { applyEdits, mapOffset, type TextEdit } from './text/edit.ts';
import { Lines } from './text/lines.ts';
import { isIgnored, type Pragmas, readPragmas } from './text/pragma.ts';
import { type Fix, limited, type Problem } from './text/problem.ts';
import { exact } from './text/quantity.ts';
import type { Range } from './text/range.ts';

/** A text that is a spec, parsed but not yet priced. */
export interface Document {
  readonly source: Source;
  readonly lines: Lines;
  readonly format: Format;
  readonly pragmas: Pragmas;
  /** Undefined for a text above the size limit. */
  readonly reader: Reader | undefined;
  readonly problems: readonly Problem[];
}

/** A document with its costs under some settings: what features work on. */
export interface Analysed {
  readonly document: Document;
  /** With what the file's comments set; those win. */
  readonly settings: Settings;
  readonly spec: Spec;
  readonly model: Model;
  /** Everything wrong with the text itself, what comments ignore left out. */
  readonly problems: readonly Problem[];
}

/** The format that recognises a source; undefined for every other file. */
export function formatOf(source: Source): Format | undefined {
  return (
    formats.find(
      format =>
        source.languageId !== undefined && format.languages.includes(source.languageId) && !format.isForeign?.(source),
    ) ?? formats.find(format => format.recognises(source))
  );
}

/**
 * Parses a spec; undefined when it is none. `earlier` is another text, such as the one before an edit: what both have in
 * common is not read again. It stays as it is, and what comes of the text does not depend on it.
 */
export function open(source: Source, settings: Settings, earlier?: Document): Document | undefined {
  const format = formatOf(source);
  if (!format) return undefined;
  const lines = new Lines(source.text, earlier?.lines);
  const pragmas = readPragmas(source.text, lines);
  if (source.text.length > settings.maxFileSize) {
    const problem: Problem = {
      range: lines.range(0),
      severity: 'information',
      code: 'file-too-large',
      message: l10n.t(
        'This file has {0} characters. Files of more than {1} are not analyzed.',
        exact(source.text.length),
        exact(settings.maxFileSize),
      ),
      help: l10n.t('To read it anyway, raise {0} ({1} in the terminal).', '`flopline.maxFileSize`', '--max-file-size'),
    };
    return { source, lines, format, pragmas, reader: undefined, problems: [problem] };
  }
  const same = earlier?.format === format && earlier.source.name === source.name;
  const reader = format.open(source, same ? earlier.reader : undefined);
  return { source, lines, format, pragmas, reader, problems: reader.problems };
}

/** Prices a document; undefined when it was too large to be read. */
export function price(document: Document, settings: Settings): Analysed | undefined {
  if (!document.reader) return undefined;
  const problems: Problem[] = [...document.problems];
  const { format, pragmas } = document;
  const { settings: effective, misfits } = resolve(settings, format, pragmas.settings);
  const spec = document.reader.read(readOptions(effective));
  for (const { message, help, range } of [...misfits, ...scaleMisfit(effective.scale, spec, pragmas.settings)]) {
    problems.push({ range: range ?? spec.head, severity: 'warning', code: 'wrong-setting', message, help });
  }
  const model = analyse(spec.graph, document.lines, effective.convention, spec.doubts);
  // One by one: as arguments of a call, hundreds of thousands do not fit on the stack.
  for (const problem of spec.problems) problems.push(problem);
  return {
    document,
    settings: effective,
    spec,
    model,
    problems: limited(problems.filter(problem => !isIgnored(problem, document.pragmas, document.lines))),
  };
}

/** Prices the same document under other options: another scale, another input. */
export function repriced(analysed: Analysed, options: ReadOptions): { readonly spec: Spec; readonly model: Model } {
  const spec = analysed.document.reader!.read({ ...readOptions(analysed.settings), ...options });
  return { spec, model: analyse(spec.graph, analysed.document.lines, analysed.settings.convention, spec.doubts) };
}

/** What the spec's own framework prints. */
export interface NativeFigure {
  /** The preset that comes nearest. */
  readonly convention: ConventionName;
  /** What the newest release counts by. */
  readonly counter: ConventionName;
  readonly label: string;
  readonly by: string;
  /** The newest release, where releases print different figures. */
  readonly version: string | undefined;
  readonly caveat?: string;
  /** What the newest release prints, in the label's unit. */
  readonly value: number;
  /** What one of the label's units is: 10⁹ for GFLOPs. */
  readonly unit: number;
  /** Digits after the point that the framework prints. */
  readonly digits: number;
  /** By release, the newest first; none where all print the same. */
  readonly versions: readonly VersionFigure[];
  /** What the newest release prints of the network as fused for inference. */
  readonly fused: FusedFigure | undefined;
}

/** What one release of a framework prints. */
export interface VersionFigure {
  readonly version: string;
  readonly value: number;
  readonly fused: FusedFigure | undefined;
}

export interface FusedFigure {
  readonly params: number;
  readonly value: number;
}

/**
 * The figure that the spec's own framework prints, with its quirks; undefined where there is none or a part is unknown.
 * Older releases' figures and those of the fused network are computed when asked for.
 */
export function nativeFigure(analysed: Analysed): NativeFigure | undefined {
  const { native } = analysed.spec;
  const convention = native && counterOf(native.convention);
  if (!native || !convention) return undefined;
  // Cut at the limit, it would be cut at every other size too.
  if (analysed.model.graph.nodeCount > maxNodes) return undefined;
  const figures = new Figures(analysed, native);
  const releases = native.releases();
  const at = releases.findIndex(release => figures.valueOf(release) !== undefined);
  const newest = releases[at];
  if (!newest) return undefined;
  return {
    convention: convention.name,
    counter: counterOf(newest.counter)!.name,
    label: native.label,
    by: native.by,
    version: newest.version,
    ...(native.caveat === undefined ? {} : { caveat: native.caveat }),
    value: figures.valueOf(newest)!,
    unit: native.unit,
    digits: native.digits ?? 1,
    get versions() {
      return releases.slice(at).flatMap(release => figures.figureOf(release));
    },
    get fused() {
      return figures.fusedOf(newest);
    },
  };
}

/** Computes figures of releases; readings of the text at other sizes serve all of them. */
class Figures {
  readonly #analysed: Analysed;
  readonly #native: Native;
  readonly #models = new Map<string, Model>();
  readonly #values = new Map<Release, number | undefined>();
  readonly #fused = new Map<Release, FusedFigure | undefined>();

  constructor(analysed: Analysed, native: Native) {
    this.#analysed = analysed;
    this.#native = native;
  }

  figureOf(release: Release): VersionFigure[] {
    const value = this.valueOf(release);
    if (release.version === undefined || value === undefined) return [];
    return [{ version: release.version, value, fused: this.fusedOf(release) }];
  }

  valueOf(release: Release): number | undefined {
    if (!this.#values.has(release)) this.#values.set(release, this.#sum(release.attempts(), release));
    return this.#values.get(release);
  }

  fusedOf(release: Release): FusedFigure | undefined {
    if (!this.#fused.has(release)) this.#fused.set(release, this.#fusedOf(release));
    return this.#fused.get(release);
  }

  #fusedOf(release: Release): FusedFigure | undefined {
    const { fused } = release;
    const { model } = this.#analysed;
    if (!fused || !model.totals.params.complete) return undefined;
    const value = this.#sum(fused.attempts(), release, fused.fuse);
    if (value === undefined) return undefined;
    const { gone, biases } = fused.fuse(model.graph);
    let params = model.totals.params.value;
    for (const node of gone) params -= model.costOfNode(node).params.value;
    for (const count of biases.values()) params += count;
    return { params, value };
  }

  /** The first attempt that is complete. */
  #sum(attempts: readonly Attempt[], { counter }: Release, fuse?: (graph: Graph) => Fusion): number | undefined {
    const { unit, precision } = this.#native;
    for (const attempt of attempts) {
      let sum = 0;
      for (const { input, factor } of attempt) {
        const counted = this.#modelAt(input).under(counterOf(counter)!.name);
        const { value } = counted.totals;
        if (!value.complete) {
          sum = Number.NaN;
          break;
        }
        const whole = precision === 'single' ? singleSum(counted, unit) : value.value / unit;
        sum += (whole - (fuse ? goneOf(counted, fuse(counted.graph)) / unit : 0)) * factor;
      }
      if (!Number.isNaN(sum)) return sum;
    }
    return undefined;
  }

  #modelAt(input: readonly InputSize[]): Model {
    const { model, settings } = this.#analysed;
    if (input.length === 0 && !settings.input?.length) return model;
    if (isInputOf(model, input)) return model;
    const key = JSON.stringify(input);
    let found = this.#models.get(key);
    if (!found) {
      found = repriced(this.#analysed, { input }).model;
      this.#models.set(key, found);
    }
    return found;
  }
}

/** Whether a model was made at a size that one nameless input asks for. */
function isInputOf({ graph }: Model, [wanted, ...others]: readonly InputSize[]): boolean {
  const shape = graph.inputs[0]?.tensor.shape;
  if (!shape || !wanted || others.length > 0 || wanted.name !== undefined) return false;
  return shape.length === wanted.sizes.length + 1 && wanted.sizes.every((size, axis) => size === shape[axis + 1]);
}

/** The costs of nodes that fusing removes. */
function goneOf(model: Model, { gone }: Fusion): number {
  let sum = 0;
  for (const node of gone) sum += model.costOfNode(node).value.value;
  return sum;
}

/** The value of a network in a unit, summed row by row in 32-bit floats as some programs do. */
function singleSum(model: Model, unit: number): number {
  let sum = 0;
  for (const { first, end } of model.graph.root.children) {
    let row = 0;
    for (let id = first; id < end; id++) {
      const { value } = model.costOfNode(model.graph.nodes[id]!).value;
      row = Math.fround(row + Math.fround(value / unit));
    }
    sum = Math.fround(sum + row);
  }
  return sum;
}

/** Edits of a network made in its text: the changes of the text, and the changed text analysed. */
export interface Trial {
  readonly edits: readonly TextEdit[];
  readonly after: Analysed;
  /** Why it must not be made: a new problem, or a shape that changed where it should not. */
  readonly objection: string | undefined;
}

/**
 * Makes edits of the network in the text and analyses the result: the price of a fix is never a formula. `footprint` has
 * the items whose outputs may change their shape. Undefined where the dialect cannot say it.
 */
export function attempt(
  analysed: Analysed,
  graphEdits: readonly GraphEdit[],
  footprint: readonly Range[],
): Trial | undefined {
  const { document, settings, model } = analysed;
  const edits = document.reader?.rewrite?.(graphEdits, readOptions(settings));
  if (!edits || edits.length === 0) return undefined;
  const after = reopened(analysed, applyEdits(document.source.text, edits));
  if (!after) return undefined;
  const reason =
    // The dialect is recognized by what rows name, among other things.
    (after.spec.dialect === analysed.spec.dialect ? undefined : l10n.t('the file would be read in another dialect')) ??
    newProblem(analysed.problems, after.problems) ??
    objection(model.graph, after.model.graph, mapOffset(edits), footprint);
  return { edits, after, objection: reason };
}

/** The ways to fix a problem that work when tried on the text; `tries` limits how many are tried. */
export function workingFixes(analysed: Analysed, problem: Problem, tries: { left: number }): readonly Fix[] {
  const { document, spec, problems } = analysed;
  const errors = errorsOf(problems);
  const found: Fix[] = [];
  for (const repair of document.reader?.fixes?.(problem, spec) ?? []) {
    if (tries.left-- <= 0) break;
    const after = reopened(analysed, applyEdits(document.source.text, repair.edits));
    if (!after || errorsOf(after.problems) >= errors) continue;
    if (newProblem(problems, after.problems) === undefined) found.push(repair);
    // Two that work are enough to choose from.
    if (found.length === 2) break;
  }
  return found;
}

const errorsOf = (problems: readonly Problem[]): number =>
  problems.filter(({ severity }) => severity === 'error').length;

/** The document with another text, priced like the one at hand. */
export function reopened(analysed: Analysed, text: string): Analysed | undefined {
  const { source, pragmas } = analysed.document;
  const changed = open({ ...source, text }, analysed.settings, analysed.document);
  if (!changed) return undefined;
  // A comment that the command line overrides there is overridden here too.
  const settings = new Map([...changed.pragmas.settings].filter(([key]) => pragmas.settings.has(key)));
  return price({ ...changed, pragmas: { ...changed.pragmas, settings } }, analysed.settings);
}

/** The first problem of which there are more than before: row numbers in its words may differ. */
function newProblem(before: readonly Problem[], after: readonly Problem[]): string | undefined {
  const left = new Map<string, number>();
  for (const { code } of before) left.set(code, (left.get(code) ?? 0) + 1);
  for (const { code, message } of after) {
    const count = left.get(code) ?? 0;
    if (count === 0) return message;
    left.set(code, count - 1);
  }
  return undefined;
}

function readOptions(settings: Settings): ReadOptions {
  return { input: settings.input, scale: settings.scale, dialect: settings.dialect, phase: settings.phase };
}

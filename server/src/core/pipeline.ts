// The only place that knows the whole way: text → tree → graph → Model.
import * as l10n from '@vscode/l10n';
import { type ConventionName, counterOf } from './analysis/conventions.ts';
import { objection } from './analysis/difference.ts';
import { analyse, type Model } from './analysis/model.ts';
import { hiddenIn, loses, restingDoubts, type StandIn } from './analysis/standIns.ts';
import {
  type Attempt,
  accepted,
  buildBody,
  type Format,
  type Fusion,
  followed,
  formats,
  type Host,
  type InputSize,
  type Lineage,
  lineageOf,
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
import type { Shown } from './graph/segment.ts';
import {
  advanced,
  type History,
  historyOf,
  type NumberHistory,
  noHistory,
  numbersAfter,
  numbersKept,
} from './history.ts';
import {
  entriesOf,
  type Numbers,
  numberProblems,
  numbersByComments,
  numbersOf,
  placesOfNumbers,
  readingEdits,
} from './numbers.ts';
import { rulesOf } from './project/index.ts';
import {
  type ChoiceKey,
  defaultSettings,
  fitInput,
  type Misfit,
  type Origin,
  resolve,
  type Settings,
  scaleMisfit,
  withValues,
} from './settings/index.ts';
import { applyEdits, mapOffset, placesBefore, type TextEdit } from './text/edit.ts';
import { Lines } from './text/lines.ts';
import { isIgnored, type Pragmas, readPragmas } from './text/pragma.ts';
import { type Fix, limited, type Problem, type Severity } from './text/problem.ts';
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
  /** With what was chosen for the file, and what its comments set; those take precedence. */
  readonly settings: Settings;
  /** Who each choice is from. */
  readonly origins: Readonly<Record<ChoiceKey, Origin>>;
  readonly spec: Spec;
  readonly model: Model;
  /** Everything wrong with the text itself, what comments ignore left out. */
  readonly problems: readonly Problem[];
  /** What stands in for rows that cannot be read: a part of the history that it was priced with. */
  readonly history: History;
  /** Set where something stands in. */
  readonly standIns: StandIns | undefined;
  /** Set where references may mean other rows than their numbers say. */
  readonly numbers?: Numbers;
}

/** Rows that were read as they were when they were last good. */
export interface StandIns {
  /** The text as it is, read without them. */
  readonly actual: Analysed;
  /** The text with what stands in. */
  readonly text: string;
  /** The text that was read instead: the same with numbers that mean what old ones meant. */
  readonly document: Document;
  /** Where the places of that one are in the text that a person sees. */
  readonly places: Shown;
  /** What stands in for rows. */
  readonly rows: readonly StandIn[];
  /** Old numbers that are read as the rows that they meant. */
  readonly numbers: readonly StandIn[];
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
      help: l10n.t(
        'To read it anyway, raise {0} ({1} on the command line).',
        '`flopline.maxFileSize`',
        '--max-file-size',
      ),
    };
    return { source, lines, format, pragmas, reader: undefined, problems: [problem] };
  }
  const same = earlier?.format === format && earlier.source.name === source.name;
  // Bodies of rules are in a format's language, and formats do not know each other.
  const rules = rulesOf(source.project, buildBody);
  const reader = format.open({ ...source, rules, buildBody }, same ? earlier.reader : undefined);
  return { source, lines, format, pragmas, reader, problems: reader.problems };
}

/**
 * Prices a document; undefined when it was too large to be read. With the history that an editor has of it, rows that
 * cannot be read now are read as they were when they were last good. `earlier` is another text, such as the one before an
 * edit: it saves work and changes nothing.
 */
export function price(
  document: Document,
  settings: Settings,
  history: History = noHistory,
  earlier?: Analysed,
): Analysed | undefined {
  const literal = priced(document, settings);
  if (!literal) return undefined;
  const numbers = numbersIn(literal, settings, history);
  const actual = (numbers && withNumbers(literal, settings, numbers.lineage, earlier)) ?? literal;
  const isPlain = history.rows.length === 0 || isSound(actual);
  const analysed = (!isPlain && withStandIns(actual, settings, history, numbers?.lineage, earlier)) || actual;
  if (!numbers)
    return history.numbers ? { ...analysed, history: { ...analysed.history, numbers: history.numbers } } : analysed;
  const found = numberProblems(numbers, document, entriesOf(document)!, literal.spec.graph);
  const problems = found.filter(problem => !isIgnored(problem, document.pragmas, document.lines));
  return {
    ...analysed,
    numbers,
    // Their fix explains all that is wrong because of them, and comes first.
    problems: limited([...problems, ...analysed.problems]),
    history: { ...analysed.history, numbers: history.numbers },
  };
}

/** Does in steps what `price` will need of a text whose reading may take long; undefined for every other text. */
export function preparation(
  { reader, format, pragmas }: Document,
  settings: Settings,
): Generator<void, void> | undefined {
  return reader?.prepare?.(readOptions(resolve(settings, format, pragmas.settings).settings));
}

/** The history of a text that a person has made of one that is analysed. */
export function advance(before: Analysed, document: Document): History {
  const { text } = document.source;
  // A program is read around a statement that cannot be: nothing stands in for it.
  if (document.format.choices.entry) return noHistory;
  return historyOf(text, before.standIns?.text ?? before.document.source.text, numbersFor(before, document));
}

/** What is remembered of the numbers of a text that a person has made of one that is analysed. */
function numbersFor(before: Analysed, document: Document): NumberHistory | undefined {
  const { reader, format } = document;
  const { document: earlier } = before;
  const past = format.numbersItems && earlier.format === format ? numberHistoryOf(before) : undefined;
  if (!past || !reader || !earlier.reader) return undefined;
  const kept = numbersKept(earlier.reader, past, reader);
  if (kept) return kept;
  return numbersAfter(earlier.source.text, past, document.source.text, entriesOf(document)!);
}

/** The history of a text whose numbers a person says are right. */
export function accept({ document, history, numbers }: Analysed): History {
  const entries = entriesOf(document);
  const lineage = numbers && entries && accepted(numbers.lineage, entries);
  if (!lineage) return history;
  const { seen } = typeof history.numbers === 'object' ? history.numbers : { seen: [] };
  return { ...history, numbers: { lineage, evidence: 'edits', seen } };
}

/** What is known of the numbers of a text that is analysed, for those after it. */
function numberHistoryOf({ document, history, numbers }: Analysed): NumberHistory | undefined {
  if (typeof history.numbers === 'object') return history.numbers;
  const entries = entriesOf(document);
  if (!entries) return undefined;
  const { lineage, evidence } = numbers ?? { lineage: lineageOf(entries), evidence: 'edits' };
  return { lineage, evidence, seen: [] };
}

/** What is old among the numbers of a text: as its history has it, or else its comments. */
function numbersIn(literal: Analysed, settings: Settings, { numbers }: History): Numbers | undefined {
  const { document } = literal;
  if (!document.format.numbersItems || numbers === 'trusted') return undefined;
  if (numbers?.lineage.isRight) return undefined;
  const entries = entriesOf(document);
  if (!entries) return undefined;
  if (numbers) return numbersOf(numbers.lineage, entries, numbers.evidence);
  const readingOf = ({ spec: { graph }, problems }: Analysed) => ({ graph, errors: errorsOf(problems) });
  return numbersByComments(document, readingOf(literal), edits => {
    const { source } = document;
    const other = open({ ...source, text: applyEdits(source.text, edits) }, settings, document);
    const reading = other && priced(other, settings);
    return reading && readingOf(reading);
  });
}

/** A text with its old numbers read as the rows that they meant; undefined where it is read as it is. */
function withNumbers(
  literal: Analysed,
  settings: Settings,
  lineage: Lineage,
  earlier: Analysed | undefined,
): Analysed | undefined {
  const reading = standInReading(literal, settings, [], lineage, earlier);
  if (!reading || reading.standIns.numbers.length === 0) return undefined;
  const { analysed, standIns } = reading;
  const { spec } = analysed;
  return {
    document: literal.document,
    settings: analysed.settings,
    origins: literal.origins,
    spec: shownSpec(spec, literal.spec, standIns.places),
    model: withDoubts(analysed.model, spec, standIns),
    problems: shownProblems(analysed.problems, literal, standIns.places),
    history: noHistory,
    standIns,
  };
}

/** The problems of a text that is read in place of another one, as they are reported there. */
function shownProblems(problems: readonly Problem[], { problems: others, spec }: Analysed, places: Shown): Problem[] {
  const left = [...others];
  return problems.map(problem => {
    const at = left.findIndex(({ code, message }) => code === problem.code && message === problem.message);
    if (at >= 0) return left.splice(at, 1)[0]!;
    // Its fixes are changes of the other text.
    const { fixes: _, related = [], ...other } = problem;
    return {
      ...other,
      range: places(problem.range, true) ?? spec.head,
      related: related.flatMap(place => {
        if (place.file !== undefined) return [place];
        const range = places(place.range, true);
        return range ? [{ ...place, range }] : [];
      }),
    };
  });
}

/** Reads a text as it is; `shown` is the one that a person sees, where that is another one. */
function priced(
  document: Document,
  settings: Settings,
  shown?: { readonly lines: Lines; readonly places: Shown },
): Analysed | undefined {
  if (!document.reader) return undefined;
  const problems: Problem[] = [...document.problems];
  const { format, pragmas } = document;
  const { settings: wanted, misfits, origins } = resolve(settings, format, pragmas.settings);
  const { input, misfits: sizes } = fittedInput(document, document.reader, wanted, origins.input);
  const effective = { ...wanted, input };
  const spec = document.reader.read({ ...readOptions(effective), places: shown?.places });
  const scale = scaleMisfit(effective.scale, spec, pragmas.settings);
  const report = ({ message, help, range = spec.head }: Misfit, severity: Severity = 'warning'): void => {
    problems.push({ range, severity, code: 'wrong-setting', message, help });
  };
  for (const misfit of [...misfits, ...scale]) report(misfit);
  // A size that is set for all files is for those that it fits.
  for (const misfit of sizes) report(misfit, origins.input === 'settings' ? 'information' : 'warning');
  const { lines } = shown ?? document;
  const model = analyse(spec.graph, lines, effective.convention, spec.doubts, effective.work);
  // One by one: as arguments of a call, hundreds of thousands do not fit on the stack.
  for (const problem of spec.problems) problems.push(problem);
  return {
    document,
    settings: effective,
    origins: {
      ...origins,
      input: input.length > 0 ? origins.input : 'default',
      scale: effective.scale === spec.variant ? origins.scale : 'default',
    },
    spec,
    model,
    problems: limited(problems.filter(problem => !isIgnored(problem, document.pragmas, document.lines))),
    history: noHistory,
    standIns: undefined,
  };
}

/** What is shown of a 0-based line: that of the text as it is, where something stands in for what is there. */
export function shownAt(analysed: Analysed, line: number): Analysed {
  const { model, standIns } = analysed;
  if (!standIns || model.lineCost(line)) return analysed;
  const { actual, rows } = standIns;
  const there = actual.model.lineCost(line);
  const sites = there?.frames.flatMap(frame => frame.sites) ?? [];
  const isThere = rows.some(({ shown: { from, to } }) => {
    if (sites.some(({ range }) => range.from < to && from < range.to)) return true;
    // The row above what has changed, which was a part of it.
    const last = model.lines.lineAt(from) - 1;
    return last >= line && sites.length > 0 && [actual, analysed].every(each => isBare(each.model, line + 1, last));
  });
  return isThere ? actual : analysed;
}

/** Whether no row begins between two lines, both included. */
function isBare(model: Model, first: number, last: number): boolean {
  return first > last || model.lineCosts(first, last).length === 0;
}

const isError = ({ severity }: Problem): boolean => severity === 'error';

/** Whether nothing of a text is wrong, or not known. */
function isSound({ model, problems }: Analysed): boolean {
  const { macs, params } = model.totals;
  return macs.complete && params.complete && !problems.some(isError);
}

/** More changes than these are not tried one by one. */
const mostRows = 8;

/** A text in which rows cannot be read, read with what stands in for them; undefined where all is best read as it is. */
function withStandIns(
  actual: Analysed,
  wanted: Settings,
  { rows }: History,
  lineage: Lineage | undefined,
  earlier: Analysed | undefined,
): Analysed | undefined {
  if (isRewritten(actual.document, rows)) return undefined;
  const read = (held: readonly TextEdit[]): StandInReading | undefined =>
    standInReading(actual, wanted, held, lineage, earlier);
  const whole = read(rows);
  if (!whole || !isWorse(actual, whole)) return undefined;
  let best = whole;
  // Others may have been changed to something good.
  if (rows.length > 1 && rows.length <= mostRows) {
    let held = rows;
    for (const row of rows) {
      const others = held.filter(each => each !== row);
      const candidate = others.length > 0 ? read(others) : undefined;
      if (!candidate || isWorse(candidate.analysed, whole)) continue;
      held = others;
      best = candidate;
    }
  }
  const { standIns, analysed, held } = best;
  const { spec, settings } = analysed;
  return {
    document: actual.document,
    settings,
    origins: actual.origins,
    spec: shownSpec(spec, actual.spec, standIns.places),
    model: withDoubts(analysed.model, spec, standIns),
    problems: actual.problems,
    history: { rows: held },
    standIns,
  };
}

/** Whether so much has changed that it is another text. */
function isRewritten({ lines, source }: Document, rows: readonly TextEdit[]): boolean {
  let changed = 0;
  for (const { from, to, text } of rows) changed += Math.max(to - from, text.length);
  return changed > source.text.length / 2 && lines.count > 40;
}

interface StandInReading {
  readonly held: readonly TextEdit[];
  readonly standIns: StandIns;
  /** That text, its places shown in the one at hand. */
  readonly analysed: Analysed;
}

function standInReading(
  actual: Analysed,
  settings: Settings,
  held: readonly TextEdit[],
  lineage: Lineage | undefined,
  earlier: Analysed | undefined,
): StandInReading | undefined {
  const { document } = actual;
  const { source, lines, format } = document;
  const opened = (text: string): Document | undefined =>
    [document, earlier?.standIns?.document, earlier?.document].find(each => each?.source.text === text) ??
    open({ ...source, text }, settings, earlier?.standIns?.document ?? document);
  const text = applyEdits(source.text, held);
  const standing = opened(text);
  const shifts = (standing && lineage && shiftsIn(standing, lineage)) ?? [];
  const read = shifts.length === 0 ? standing : opened(applyEdits(text, shifts));
  if (read?.format !== format) return undefined;
  const placesHeld = placesBefore(held);
  const placesShifted = placesOfNumbers(shifts);
  const places: Shown =
    shifts.length === 0 ? placesHeld : (range, holdsPlaces) => placesHeld(placesShifted(range), holdsPlaces);
  // What comments set is what they set now.
  const pragmas = { ...read.pragmas, settings: document.pragmas.settings };
  const analysed = priced({ ...read, pragmas }, settings, { lines, places });
  const standIns = { actual, text, document: read, places, ...standInsOf(held, shifts, placesHeld) };
  return analysed && { held, standIns, analysed };
}

/** The edits with which a text that follows another one is read, old numbers as what they meant. */
function shiftsIn(document: Document, lineage: Lineage): readonly TextEdit[] {
  const entries = entriesOf(document);
  const own = entries && followed(lineage, entries);
  return own ? readingEdits(own, entries) : [];
}

/** What stands in, once `held` has made a text of the one that is shown, and `shifts` the one that is read of that. */
function standInsOf(
  held: readonly TextEdit[],
  shifts: readonly TextEdit[],
  places: Shown,
): { readonly rows: readonly StandIn[]; readonly numbers: readonly StandIn[] } {
  const shifted = (offset: number): number =>
    shifts.reduce((sum, { from, to, text }) => (to <= offset ? sum + text.length - (to - from) : sum), offset);
  let delta = 0;
  const rows = held.map(({ from, to, text }) => {
    const start = from + delta;
    delta += text.length - (to - from);
    return { read: { from: shifted(start), to: shifted(start + text.length) }, shown: { from, to } };
  });
  const numbers = shifts.flatMap(({ from, to }) => {
    const shown = places({ from, to }, true);
    return shown ? [{ read: { from: shifted(from), to: shifted(to) }, shown }] : [];
  });
  return { rows, numbers };
}

/** Whether something is not known or wrong in a text that is known and right with what stands in. */
function isWorse(now: Analysed, { analysed: before, standIns }: StandInReading): boolean {
  const { frames, isKnown } = hiddenIn(before.model, standIns.rows);
  if (isKnown) {
    const { macs, params } = now.model.totals;
    const was = before.model.totals;
    const isLess = (was.macs.complete && !macs.complete) || (was.params.complete && !params.complete);
    // What is wrong with a line that no row is on, such as a key at the top, leaves rows as they are.
    const counted = frames.length > 0 ? now.problems : now.problems.filter(isOfRow(now, standIns.rows));
    if (isLess || errorsOf(counted) > errorsOf(before.problems)) return true;
  }
  return loses(now.model, before.model, isKnown);
}

/** Whether a problem is not within changed lines on which there are no rows. */
function isOfRow({ model }: Analysed, rows: readonly StandIn[]): (problem: Problem) => boolean {
  const { lines } = model;
  const rowless = rows.filter(
    ({ shown: { from, to } }) => model.lineCosts(lines.lineAt(from), lines.lineAt(Math.max(from, to - 1))).length === 0,
  );
  return ({ range }) => !rowless.some(({ shown }) => shown.from <= range.from && range.to <= shown.to);
}

/** What rests on something that stands in is in doubt. */
function withDoubts(model: Model, { doubts }: Spec, { rows, numbers }: StandIns): Model {
  const { from, to } = (rows[0] ?? numbers[0]!).shown;
  const line = model.lines.lineAt(from) + 1;
  const because =
    rows.length === 0
      ? l10n.t('Line {0} uses old row numbers, so what they meant is counted.', line)
      : from === to
        ? l10n.t('What was removed above line {0} is still counted: rows below do not work without it.', line)
        : hiddenIn(model, rows).frames.length > 0
          ? l10n.t('Line {0} is not valid now, so its last valid text is counted.', line)
          : l10n.t('Line {0} is not valid yet, so it is left out.', line);
  const resting = restingDoubts(model.graph, rows, numbers, { subject: '', expected: { kind: 'row', line }, because });
  return model.doubting(doubts ? new Map([...doubts, ...resting]) : resting);
}

/** What a text says, its places shown where they are in the one at hand. */
function shownSpec(spec: Spec, { head, problems }: Spec, places: Shown): Spec {
  return {
    ...spec,
    head: places(spec.head, false) ?? head,
    problems,
    claim: undefined,
    variants: spec.variants.flatMap(variant => {
      const range = places(variant.range, false);
      return range ? [{ ...variant, range }] : [];
    }),
  };
}

/** The input sizes that are set as this network takes them, and what is wrong with those that it cannot take. */
function fittedInput(
  { format, pragmas }: Document,
  reader: Reader,
  settings: Settings,
  origin: Origin,
): { readonly input: readonly InputSize[]; readonly misfits: readonly Misfit[] } {
  if (settings.input.length === 0) return { input: [], misfits: [] };
  // A program takes what it takes, and raises an exception where that is nothing for it.
  if (format.choices.entry) return { input: settings.input, misfits: [] };
  const { graph } = reader.read({ ...readOptions(settings), input: [] });
  const inputs = graph.inputs.map(({ name, tensor: { shape } }) => ({ name, shape }));
  const { input, misfits } = fitInput(settings.input, inputs, format, origin === 'settings');
  const range = origin === 'comment' ? pragmas.settings.get('input')?.range : undefined;
  return { input, misfits: misfits.map(misfit => ({ ...misfit, range })) };
}

/**
 * The same text with another value of one choice, as a person would choose it for the file, whatever its comments say;
 * undefined is the default.
 */
export function withChoice(analysed: Analysed, key: ChoiceKey, value: string | undefined): Analysed {
  const { document, settings } = choosing(analysed, key, value);
  return price(document, settings, analysed.history, analysed)!;
}

/** The same text counted like another one: under its convention, and the same work. */
export function countedLike(analysed: Analysed, { model }: Analysed): Analysed {
  const { name, work } = model.convention;
  const { convention } = analysed.model;
  if (convention.work !== work) {
    const counting = convention.name === name ? analysed : withChoice(analysed, 'convention', name);
    return withChoice(counting, 'work', work);
  }
  return convention.name === name ? analysed : { ...analysed, model: analysed.model.under(name, work) };
}

/** Does in steps what `withChoice` will need of a text whose reading may take long. */
export function preparationWith(
  analysed: Analysed,
  key: ChoiceKey,
  value: string | undefined,
): Generator<void, void> | undefined {
  const { document, settings } = choosing(analysed, key, value);
  return preparation(document, settings);
}

/** A network of a text that may be shown: by the expression that builds it, or by a program that imports the text. */
export type Network = string | Host;

/**
 * The same text as another of its networks has it, to be priced. It is opened anew, so that the reader of the one that is
 * shown remembers nothing of it.
 */
export function asNetwork(
  analysed: Analysed,
  network: Network,
): { readonly document: Document; readonly settings: Settings } {
  const [entry, host] = typeof network === 'string' ? [network, undefined] : [undefined, network];
  const { document, settings } = choosing(analysed, 'entry', entry);
  const opened = open({ ...document.source, host }, settings, document)!;
  return { document: { ...opened, pragmas: document.pragmas }, settings };
}

function choosing(
  { document, settings }: Analysed,
  key: ChoiceKey,
  value: string | undefined,
): { readonly document: Document; readonly settings: Settings } {
  const { [key]: _, ...others } = settings.chosen;
  const comments = new Map([...document.pragmas.settings].filter(([other]) => other !== key));
  const base = withValues(settings, new Map([[key, defaultSettings[key]]]));
  const chosen = value === undefined ? others : { ...others, [key]: value };
  const uncommented = { ...document, pragmas: { ...document.pragmas, settings: comments } };
  return { document: uncommented, settings: { ...base, chosen } };
}

/** Prices the same document under other options: another scale, another input. */
export function repriced(analysed: Analysed, options: ReadOptions): { readonly spec: Spec; readonly model: Model } {
  const { document, settings, standIns } = analysed;
  const { reader } = standIns?.document ?? document;
  const spec = reader!.read({ ...readOptions(settings), ...options, places: standIns?.places });
  const model = analyse(spec.graph, document.lines, settings.convention, spec.doubts, settings.work);
  return { spec, model: standIns ? withDoubts(model, spec, standIns) : model };
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
  /** Whether it rests on what stands in for a row that cannot be read. */
  readonly standIn: boolean;
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
    standIn: analysed.standIns !== undefined,
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
  /** At the input of the text. */
  readonly #model: Model;
  readonly #models = new Map<string, Model>();
  readonly #values = new Map<Release, number | undefined>();
  readonly #fused = new Map<Release, FusedFigure | undefined>();

  constructor(analysed: Analysed, native: Native) {
    this.#analysed = analysed;
    this.#native = native;
    // Frameworks print what inference costs.
    this.#model =
      analysed.settings.work === 'inference' ? analysed.model : repriced(analysed, { training: false }).model;
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
    const model = this.#model;
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
    const { settings } = this.#analysed;
    const model = this.#model;
    if (input.length === 0 && !settings.input?.length) return model;
    if (isInputOf(model, input)) return model;
    const key = JSON.stringify(input);
    let found = this.#models.get(key);
    if (!found) {
      found = repriced(this.#analysed, { input, training: false }).model;
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
 * the items whose outputs may change their shape; `rebuilt`, where given, those that may be built of other operators.
 * Undefined where the dialect cannot say it.
 */
export function attempt(
  analysed: Analysed,
  graphEdits: readonly GraphEdit[],
  footprint: readonly Range[],
  rebuilt?: readonly Range[],
): Trial | undefined {
  const { document, settings, model } = analysed;
  const edits = document.reader?.rewrite?.(graphEdits, readOptions(settings));
  if (!edits || edits.length === 0) return undefined;
  const after = withEdits(analysed, edits);
  if (!after) return undefined;
  const reason =
    // The dialect is recognized by what rows name, among other things.
    (after.spec.dialect === analysed.spec.dialect ? undefined : l10n.t('the file would be read in another dialect')) ??
    newProblem(analysed.problems, after.problems) ??
    objection(model.graph, after.model.graph, mapOffset(edits), footprint, rebuilt);
  return { edits, after, objection: reason };
}

/** The ways to fix a problem that work when tried on the text; `tries` limits how many are tried. */
export function workingFixes(analysed: Analysed, problem: Problem, tries: { left: number }): readonly Fix[] {
  const { document, problems, standIns, numbers } = analysed;
  // Where it is known what came and went, nothing is left to be guessed.
  if (numbers) return [];
  // Problems are those of the text as it is.
  const { spec } = standIns?.actual ?? analysed;
  const errors = errorsOf(problems);
  const found: Fix[] = [];
  for (const repair of document.reader?.fixes?.(problem, spec) ?? []) {
    if (tries.left-- <= 0) break;
    const after = withEdits(analysed, repair.edits);
    if (!after || errorsOf(after.problems) >= errors) continue;
    // What is only worth a word could not be seen before.
    const others = after.problems.filter(({ severity }) => severity !== 'information');
    if (newProblem(problems, others) === undefined) found.push(repair);
    // Two that work are enough to choose from.
    if (found.length === 2) break;
  }
  return found;
}

const errorsOf = (problems: readonly Problem[]): number =>
  problems.filter(({ severity }) => severity === 'error').length;

/** The document with edits made, priced like the one at hand, with its history. */
export function withEdits(analysed: Analysed, edits: readonly TextEdit[]): Analysed | undefined {
  const { source, pragmas } = analysed.document;
  const text = applyEdits(source.text, edits);
  const changed = open({ ...source, text }, analysed.settings, analysed.document);
  if (!changed) return undefined;
  // A comment that the command line overrides there is overridden here too.
  const settings = new Map([...changed.pragmas.settings].filter(([key]) => pragmas.settings.has(key)));
  const history = advanced(analysed.history, edits);
  return price({ ...changed, pragmas: { ...changed.pragmas, settings } }, analysed.settings, history, analysed);
}

/**
 * The problems that the text has with edits made, as it is read then: nothing stands in, and nothing is priced. Items that
 * begin behind `until` are left out.
 */
export function problemsWith(
  { document, settings, spec: { dialect } }: Analysed,
  edits: readonly TextEdit[],
  until: number | undefined,
): readonly Problem[] {
  const { source, reader, format } = document;
  const changed = open({ ...source, text: applyEdits(source.text, edits) }, settings, document);
  if (!reader || changed?.format !== format || !changed.reader) return [];
  const { pragmas, lines } = changed;
  const read = changed.reader.read({ ...readOptions(settings), dialect, until });
  return [...changed.problems, ...read.problems].filter(problem => !isIgnored(problem, pragmas, lines));
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

/** What a reader is asked for under some settings. */
export function readOptions(settings: Settings): ReadOptions {
  const { input, scale, dialect, phase, entry, inputs, shapeOrder, work } = settings;
  const order = shapeOrder === 'auto' ? undefined : shapeOrder;
  return { input, scale, dialect, phase, entry, inputs, shapeOrder: order, training: work !== 'inference' };
}

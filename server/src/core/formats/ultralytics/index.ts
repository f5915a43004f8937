import * as l10n from '@vscode/l10n';
import { Environments, Memo, Trails } from '../../graph/memo.ts';
import type { PyValue } from '../../python/value.ts';
import { gapsBeside } from '../../syntax/damage.ts';
import { type PlacedRow, parseDocument, type YamlDocument } from '../../syntax/document.ts';
import { startPython } from '../../syntax/python/grammar.ts';
import { hasFullWidth } from '../../syntax/repair.ts';
import { yamlSpans } from '../../syntax/spans.ts';
import { entryOf, lookUp, type Mapping, resolved, type YamlNode } from '../../syntax/tree.ts';
import { isFloat, value11 } from '../../syntax/yaml11.ts';
import type { Problem } from '../../text/problem.ts';
import type { Range } from '../../text/range.ts';
import type { Format, Reader, ReadOptions, Source, Spec } from '../format.ts';
import { type Numbered, noDefinitions, numberedIn } from '../reference.ts';
import { parametersOf } from './areaAttention.ts';
import { argumentValue } from './arguments.ts';
import { type Choice, chooseDialect } from './choose.ts';
import { definitionsOf } from './definitions.ts';
import type { Dialect, Family } from './dialect.ts';
import { dialects } from './dialects/index.ts';
import { doubtsOf } from './doubt.ts';
import { channelsOf, empty, headOf, letterOf, mappingOf, modelName, scaleOf, type Text } from './header.ts';
import { itemsOf, numbersIn } from './items.ts';
import { checkKeys, isRead, readKeys } from './keys.ts';
import { nativeOf } from './native.ts';
import { build, type Header, type Known, setting, variantsOf } from './read.ts';
import { type ReleaseName, readingReleases } from './releases.ts';
import { claimOf, repairsOf } from './repairs.ts';
import { rewrite } from './rewrite.ts';
import { rowsFor } from './rows.ts';
import { isModelText, moduleNames, reads, sectionsOf, usualLists, wrongValues } from './sections.ts';
import { callAt, type Rows as SlotRows, slotAt } from './slots.ts';
import { type FoundReader, findReader, listsOf } from './source/find.ts';
import type { SourceReader } from './source/index.ts';
import { type Mirror, mirrorOf } from './source/mirror.ts';
import { type Chosen, tunablesOf, type Written, writtenRows } from './tunables.ts';

/** What reads a repository's Python is loaded with the parser, for the first file that needs it. */
let bySource: typeof import('./source/index.ts') | undefined;

async function load(): Promise<void> {
  const [loaded] = await Promise.all([import('./source/index.ts'), startPython()]);
  bySource = loaded;
}

/** Model files of Ultralytics, of YOLOv5 and of their relatives: rows of [from, repeats, module, args]. */
export const ultralytics: Format = {
  id: 'ultralytics',
  label: 'Ultralytics model YAML',
  choices: { scale: true, dialect: dialects.map(({ id }) => id) },
  languages: [],
  itemName: index => l10n.t('row {0}', index),
  items: 'rows',
  numbersItems: true,
  shapeOrder: 'chw',
  namedInputs: false,
  parser: { isNeeded: needsPython, isReady: () => bySource !== undefined, load },
  recognises: ({ name, text, languageId }) =>
    // A text that is in no file yet has a language, but no name.
    (languageId === 'yaml' || /\.ya?ml$/i.test(name)) && isModelText(text),
  open,
};

/** The Python that reads a file where it lies. */
function readerOf({ path, files, roots }: Source): FoundReader | undefined {
  return files && roots?.repository !== false ? findReader(path, files, roots) : undefined;
}

/**
 * The release that the tables mirror, and that a reader is by content. Whoever names a repository wants it read, and a
 * file that goes by what the release did not have is read by its Python.
 */
function mirrorFor(reader: FoundReader, { files, roots, text }: Source): Mirror | undefined {
  if (!files || roots?.source !== undefined) return undefined;
  const mirror = mirrorOf(reader, files);
  return mirror?.without.some(key => text.includes(key)) ? undefined : mirror;
}

/** Of Ultralytics, only a reading tells whether a release makes of a file what the tables do. */
function needsPython(source: Source): boolean {
  const reader = readerOf(source);
  if (!reader) return false;
  const mirror = mirrorFor(reader, source);
  return !mirror || mirror.release !== undefined;
}

/** What the reader of an edited text may take over. */
interface Cache extends Known {
  readonly document: YamlDocument;
}

function open(source: Source, earlier?: Reader): Reader {
  const before = earlier?.cache as Cache | undefined;
  const document = parseDocument(source.text, reads, before?.document);
  const cache: Cache = {
    document,
    segments: before?.segments ?? new Memo(),
    environments: before?.environments ?? new Environments(),
    trails: new Trails(before?.trails),
  };
  const found = readerOf(source);
  const mirror = found && mirrorFor(found, source);
  const lists = (found && bySource && !mirror && source.files && listsOf(found, source.files)) || usualLists;
  const text: Text = { source, document, top: mappingOf(document.frame) ?? empty, known: cache, mirror, lists };
  const program = found && bySource ? new bySource.SourceReader(text, found, mappingOf(document.root)) : undefined;
  /** The repository's own Python says what the rows mean, but where a person has said whose they are. */
  const sourceFor = ({ dialect }: ReadOptions): SourceReader | undefined =>
    dialect === undefined ? program : undefined;
  const bySourceOrTables = (options: ReadOptions): SourceReader | Spec => {
    const source = sourceFor(options);
    if (source && !mirror) return source;
    const { spec, releases } = read(text, options);
    const isMirrored = !mirror?.release || releases().some(release => release === mirror.release);
    return source && !isMirrored ? source : spec;
  };
  const rows = (): readonly PlacedRow[] => sectionsOf(text.top, document, lists).rows;
  /** Under the options that were asked for last: each trial of advice asks again. */
  let known: { readonly key: string; readonly rows: Written | undefined } | undefined;
  const written = (options: ReadOptions): Written | undefined => {
    const key = JSON.stringify([options.scale, options.dialect]);
    if (known?.key !== key) {
      const top = mappingOf(document.root);
      // Where a part of the text is not read as it is written, nothing is rewritten.
      const isWhole = top && document.damages.length === 0 && lists === usualLists;
      known = { key, rows: isWhole ? writtenRows(source.text, top, chosen(text, options)) : undefined };
    }
    return known.rows;
  };
  const slotRowsFor = ({ dialect: id }: Spec): SlotRows => {
    const dialect = dialects.find(each => each.id === id) ?? dialects[0]!;
    return {
      text: source.text,
      dialect,
      items: itemsOf(source.text, rows()),
      keys: readKeys(dialect),
      rules: source.rules,
    };
  };
  return {
    problems: document.problems,
    cache,
    read: options => {
      const found = bySourceOrTables(options);
      return 'graph' in found ? found : found.read(options);
    },
    *prepare(options) {
      if (!sourceFor(options)) return;
      const found = bySourceOrTables(options);
      if (!('graph' in found)) yield* found.prepare(options);
    },
    items: () => itemsOf(source.text, rows()),
    chunks: () => rows().map(({ chunk }) => chunk),
    chunkAt(index) {
      const { chunk, start } = rows()[index]!;
      const { from, to } = chunk.node;
      return { text: source.text.slice(from + start, to + start), written: numbersIn(chunk).map(({ value }) => value) };
    },
    definitions: () => {
      const top = mappingOf(document.root);
      return top ? definitionsOf(top) : noDefinitions;
    },
    numbered: within => {
      const found: Numbered[] = [];
      let first = 0;
      for (const key of lists) {
        const list = resolved(lookUp(document.frame, key));
        const rows = list?.kind === 'sequence' ? document.rowsOf(list) : [];
        const startOf = (index: number): number => rows[index]!.start + rows[index]!.chunk.node.from;
        found.push(...numberedIn(within, rows.length, startOf, first));
        first += rows.length;
      }
      return found;
    },
    spans: () => (document.root ? yamlSpans(document.root) : []),
    slot: (offset, spec) => slotAt(slotRowsFor(spec), offset),
    call: (offset, spec) => callAt(slotRowsFor(spec), offset),
    fixes: problem => {
      const top = mappingOf(document.root);
      return top && lists === usualLists ? repairsOf(source.text, top, problem) : [];
    },
    tunables: options => {
      const found = written(options);
      return found ? tunablesOf(found) : [];
    },
    rows: options => {
      const top = mappingOf(document.root);
      if (!top || document.damages.length > 0 || lists !== usualLists) return undefined;
      return rowsFor(source.text, top, () => chosen(text, options));
    },
    rewrite: (edits, options) => {
      const found = written(options);
      return found && rewrite(source.text, found, edits);
    },
  };
}

/** Whose modules the rows mean under some options, and of which scale. */
function chosen(text: Text, options: ReadOptions): Chosen {
  const ignored: Problem[] = [];
  const { source, top, document } = text;
  const { dialect } = dialectOf(text, sectionsOf(top, document).rows, options.dialect);
  const names = dialect.scales ? variantsOf(top).map(({ name }) => name) : [];
  const scale = scaleOf(source.name, top, names, options.scale, headOf(top), ignored);
  return { dialect, family: familyOf(source.name, top, scale, dialect, ignored) };
}

interface TableReading {
  readonly spec: Spec;
  /** The releases of Ultralytics that make the same of the text. */
  readonly releases: () => readonly ReleaseName[];
}

function read(text: Text, options: ReadOptions): TableReading {
  const { source, document, top } = text;
  const problems: Problem[] = [];
  const head = headOf(top);
  const { rows: all, ...sections } = sectionsOf(top, document);
  problems.push(...sections.problems);
  const names = moduleNames(all);
  const choice = dialectOf(text, all, options.dialect);
  const { until = Number.POSITIVE_INFINITY } = options;
  const items = until < Number.POSITIVE_INFINITY ? all.filter(({ start }) => start <= until) : all;
  const rows = items.map(({ chunk }) => chunk.node);
  const { dialect, because } = choice;
  problems.push(...(choice.problems ?? []));
  const { assumed, gaps: missing } = requireKeys(top, dialect, sections.missing, head, problems);
  const keys = checkKeys(top, dialect);
  // One by one: as arguments of a call, hundreds of thousands do not fit on the stack.
  for (const problem of keys.problems) problems.push(problem);
  const variants = dialect.scales ? variantsOf(top) : [];
  const variant = scaleOf(
    source.name,
    top,
    variants.map(({ name }) => name),
    options.scale,
    head,
    problems,
  );
  const family = familyOf(source.name, top, variant, dialect, problems);
  const values = wrongValues(top, dialect.scales);
  problems.push(...values.problems);
  const { damages } = document;
  const header: Header = {
    ...headerOf(text, items, names, family, problems),
    damages: [...damages, ...sections.damages],
    gaps: [
      ...sections.gaps,
      ...values.gaps,
      ...missing,
      ...gapsBeside(damages, rows),
      ...wideSettings(text, damages, rows),
    ],
  };
  const size = names.includes('Classify') ? 224 : 640;
  const network = build(header, dialect, options, size);
  if (rows.length === 0) {
    const message = l10n.t('This file has no rows under `backbone` and `head`.');
    problems.push({ range: head, severity: 'error', code: 'empty-network', message });
  }
  const doubted = doubtsOf({
    name: source.name,
    rows: items,
    modules: names,
    choice,
    graph: network.graph,
    problems: network.problems,
    strangeKeys: keys.strange,
    assumed,
    rules: source.rules,
  });
  problems.push(...doubted.problems);
  const spec: Spec = {
    model: modelName(source.name, variant),
    dialect: dialect.id,
    dialectBecause: because,
    tables: dialect.by,
    mirrors: choice.mirrors,
    graph: network.graph,
    problems: [...problems, ...network.problems],
    head,
    variants,
    variant,
    native: nativeOf(header, dialect),
    claim: claimOf(source.text, variants, variant),
    doubts: doubted.doubts,
  };
  return { spec, releases: () => readingReleases(header, network) };
}

/** Settings with full-width signs: PyYAML takes them for text, which the frameworks fail on, whatever they were meant as. */
function wideSettings(
  { source }: Text,
  damages: YamlDocument['damages'],
  rows: readonly YamlNode[],
): readonly string[] {
  return damages
    .filter(({ from, to }) => {
      const text = source.text.slice(from, to);
      // With a full-width colon it would not be a setting at all, and PyYAML refuses it.
      return hasFullWidth(text) && /^\s*["']?\w+["']?\s*:/.test(text);
    })
    .filter(damage => !rows.some(({ from, to }) => damage.from <= to && from <= damage.to))
    .map(({ why }) => why);
}

function dialectOf(text: Text, rows: readonly PlacedRow[], wanted: string | undefined): Choice {
  const { source, top, mirror } = text;
  const set = dialects.find(({ id }) => id === wanted);
  const mirrored = mirror && dialects.find(({ id }) => id === mirror.dialect);
  if (!set && mirrored) {
    const because = l10n.t('the Python of its repository is that of {0}', mirror.name);
    return { dialect: mirrored, because, mirrors: mirror.name, pinned: true, rivals: [] };
  }
  if (set) return { dialect: set, because: l10n.t('it is set so'), pinned: true, rivals: [] };
  const parameters = (dialect: Dialect, scale: string): number => {
    const ignored: Problem[] = [];
    const family = familyOf(source.name, top, scale, dialect, ignored);
    const header = headerOf(text, rows, moduleNames(rows), family, ignored);
    return parametersOf(build(header, dialect, {}, 640).graph);
  };
  return chooseDialect(source.name, source.text, top, rows, { variants: variantsOf(top), parameters });
}

function headerOf(
  { source, top, known }: Text,
  items: readonly PlacedRow[],
  modules: readonly string[],
  family: Family,
  problems: Problem[],
): Header {
  return {
    top,
    known,
    items,
    modules,
    family,
    activation: activationOf(top),
    inputChannels: channelsOf(top, problems),
    rows: items.map(({ chunk }) => chunk.node),
    damages: [],
    gaps: [],
    pinned: source.text.includes('flopline') && /dialect\s*=/.test(source.text),
    rules: source.rules,
  };
}

/** The value of a key as `d.get` has it: text in quotes stays text, arguments of rows alone are evaluated. */
function keyValue(top: Mapping, key: string): PyValue {
  const node = resolved(lookUp(top, key));
  if (!node) return null;
  return node.kind === 'scalar' && node.style !== 'plain' ? node.text : argumentValue(node, new Map());
}

/** bool(value) of Python. */
function isTrue(value: PyValue): boolean {
  return Array.isArray(value) ? value.length > 0 : Boolean(value);
}

/** What to do about a missing key, and the value that is assumed for it. */
const needed: Readonly<Record<string, { readonly help: () => string; readonly assumed?: string }>> = {
  nc: { help: () => l10n.t('Add the number of classes.') },
  anchors: { help: () => l10n.t('Add one list of widths and heights per level.') },
  depth_multiple: { help: () => l10n.t('Add the factor for repeats, such as 0.33.'), assumed: '1' },
  width_multiple: { help: () => l10n.t('Add the factor for channels, such as 0.50.'), assumed: '1' },
  backbone: { help: () => l10n.t('Add the list of the first rows.') },
  head: { help: () => l10n.t('Add the list of the rows after the backbone.') },
};

/**
 * Reports keys that parse_model reads without a default (`d['anchors']`: KeyError), lists of rows among them. Returns
 * those in whose place a value is assumed, so that rows have costs all the same, and of the others why there is no total.
 */
function requireKeys(
  top: Mapping,
  { required, by }: Dialect,
  sections: readonly string[],
  head: Range,
  problems: Problem[],
): { readonly assumed: readonly { readonly key: string; readonly value: string }[]; readonly gaps: readonly string[] } {
  const missing = [...required.filter(key => !lookUp(top, key)), ...sections];
  const assumed: { readonly key: string; readonly value: string }[] = [];
  const gaps: string[] = [];
  for (const key of missing) {
    const { help, assumed: value } = needed[key]!;
    const message =
      value === undefined
        ? l10n.t('{0} needs `{1}` at the top of the file.', by, key)
        : l10n.t('{0} needs `{1}` at the top of the file; rows are counted with {2}.', by, key, value);
    problems.push({ range: head, severity: 'error', code: 'missing-key', message, help: help() });
    if (value === undefined) gaps.push(l10n.t('`{0}` is missing', key));
    else assumed.push({ key, value });
  }
  return { assumed, gaps };
}

function familyOf(
  file: string,
  top: Mapping,
  scale: string | undefined,
  dialect: Dialect,
  problems: Problem[],
): Family {
  let depth = setting(top, 'depth_multiple', 1, problems);
  let width = setting(top, 'width_multiple', 1, problems);
  let maxChannels = Number.POSITIVE_INFINITY;
  const row = scale === undefined ? undefined : resolved(lookUp(resolved(lookUp(top, 'scales')), scale));
  if (row) {
    const numbers = row.kind === 'sequence' ? row.items.map(item => gain(item)) : [];
    if (row.kind === 'sequence' && numbers.length === 3 && numbers.every(value => value !== undefined)) {
      [depth, width, maxChannels] = numbers as [number, number, number];
    } else {
      const message = l10n.t('A scale must be [depth, width, max_channels]: three numbers above 0.');
      problems.push({ range: { from: row.from, to: row.to }, severity: 'error', code: 'wrong-scale', message });
      [depth, width, maxChannels] = [Number.NaN, Number.NaN, Number.NaN];
    }
  }
  const bins = resolved(lookUp(top, 'reg_max'));
  // nn.Conv2d(c2, 4 * reg_max, 1) takes whole numbers alone, and 8.0 is none to Python.
  const isFloatBins = bins?.kind === 'scalar' && isFloat(bins);
  const nc = lookUp(top, 'nc') ? setting(top, 'nc', Number.NaN, problems) : Number.NaN;
  const value = (key: string): PyValue => {
    const node = lookUp(top, key);
    return node ? argumentValue(node, new Map()) : null;
  };
  const divisor = isRead('channel_multiple', dialect) ? setting(top, 'channel_multiple', 8, problems) : 8;
  return {
    nc,
    depth,
    width,
    maxChannels,
    divisor,
    scale,
    letter: letterOf(file) ?? '',
    anchors: value('anchors'),
    keypoints: value('kpt_shape'),
    regMax: isFloatBins ? bins.text : entryOf(top, 'reg_max') ? keyValue(top, 'reg_max') : 16,
    end2end: isTrue(keyValue(top, 'end2end')),
  };
}

function gain(node: Parameters<typeof resolved>[0]): number | undefined {
  const target = resolved(node);
  const value = target?.kind === 'scalar' ? value11(target) : undefined;
  if (value === Number.POSITIVE_INFINITY) return value;
  return typeof value === 'number' && value > 0 && value <= 1e6 ? value : undefined;
}

function activationOf(top: Mapping): PyValue {
  const node = resolved(lookUp(top, 'activation'));
  return node?.kind === 'scalar' && node.text !== '' ? node.text : 'nn.SiLU()';
}

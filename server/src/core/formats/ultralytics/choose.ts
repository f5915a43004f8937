// Whose modules a file means, where it does not say. The repositories spell rows alike, so all evidence is weighed in one
// place: modules first, then how heads are written, then what the file is called.
import * as l10n from '@vscode/l10n';
import type { PlacedRow } from '../../syntax/document.ts';
import { lookUp, type Mapping } from '../../syntax/tree.ts';
import type { Problem } from '../../text/problem.ts';
import { listText } from '../../text/wording.ts';
import { type Evidence, ownerOfAreaAttention, unsureOwner } from './areaAttention.ts';
import type { Dialect } from './dialect.ts';
import { dialects } from './dialects/index.ts';
import { ultralytics } from './dialects/ultralytics.ts';
import { yolov12 } from './dialects/yolov12.ts';
import { moduleNames, type RowShape, shapeOf } from './sections.ts';

export interface Choice {
  readonly dialect: Dialect;
  /** Why, as the end of a sentence. */
  readonly because: string;
  /** Reported where the signs are too few. */
  readonly problems?: readonly Problem[];
  /** Whether a setting, a comment of the file, or the Python around it says so. */
  readonly pinned: boolean;
  /** The release that the Python around the file is, by content. */
  readonly mirrors?: string;
  /** The others that fit as well, where no more than a name or a comment decided. */
  readonly rivals: readonly Dialect[];
}

/** What a file's name, or a comment above its rows, says of whose it is: the last kind of evidence. */
const hints: Readonly<Record<string, RegExp>> = {
  yolov7: /yolov7|yolor/i,
  yolov9: /yolov9|gelan/i,
  yolov13: /yolov13/i,
  scaledyolov4: /scaled[-_ ]?yolo|yolov4-p\d/i,
  'yolov5-face': /face/i,
  'yolov5-lite': /v5-?lite/i,
  'tph-yolov5': /\btph\b|-tph/i,
};

/** Comments are looked at within so many characters. */
const headLength = 1500;

/**
 * The dialect that knows most rows. Without `anchors` it is one of Ultralytics': the others' parse_model wants that key.
 * Heads tell YOLOv9, whose Detect takes classes alone, from those that take anchors too.
 */
export function chooseDialect(
  name: string,
  text: string,
  top: Mapping,
  items: readonly PlacedRow[],
  { variants, parameters }: Pick<Evidence, 'variants' | 'parameters'>,
): Choice {
  const kinds = kindsOf(items);
  const named = kinds.map(({ shape }) => shape);
  // A head that names anchors is YOLOv5's, though the key itself was forgotten.
  const hasAnchors = lookUp(top, 'anchors') !== undefined || named.some(({ namesAnchors }) => namesAnchors);
  // YOLOv12 of its authors has but one module of its own, which Ultralytics spells alike.
  const candidates = dialects.filter(dialect => (hasAnchors || !dialect.evaluates) && dialect !== yolov12);
  const misfits = candidates.map(dialect =>
    kinds.reduce((sum, { shape, count }) => sum + (fits(dialect, shape) ? 0 : count), 0),
  );
  const fewest = Math.min(...misfits);
  const fitting = candidates.filter((_, index) => misfits[index] === fewest);
  // Where anchors are written, a dialect that takes them goes before one that passes the key by.
  const preferred = hasAnchors ? (fitting.find(({ evaluates }) => evaluates) ?? fitting[0]!) : fitting[0]!;
  const hinted = hintedBy(fitting, name, text);
  const dialect = hinted?.dialect ?? preferred;
  if (dialect === ultralytics && named.some(({ module }) => module === 'A2C2f')) {
    const modules = moduleNames(items);
    const rows = items.map(({ chunk }) => chunk.node);
    const starts = items.map(({ start }) => start);
    const evidence = { name, text, top, rows, starts, modules, variants, theirs: yolov12, ultralytics, parameters };
    const owner = named.every(row => fits(ultralytics, row) === fits(yolov12, row))
      ? ownerOfAreaAttention(evidence)
      : undefined;
    if (owner) {
      const other = owner.dialect === ultralytics ? yolov12 : ultralytics;
      const rivals = owner.isUnsure ? [other] : [];
      return { ...owner, problems: unsureOwner(evidence, owner, other), pinned: false, rivals };
    }
  }
  return {
    dialect,
    because: hinted?.because ?? reason(dialect, named, hasAnchors, fitting.length > 1),
    pinned: false,
    // One that passes anchors by would read another file.
    rivals: hinted ? fitting.filter(other => other !== dialect && other.evaluates === dialect.evaluates) : [],
  };
}

/** Whether a file is called after a dialect. */
export function isNamedAs({ id }: Dialect, name: string): boolean {
  return hints[id]?.test(name) ?? false;
}

/** Those whose table has a module of this name. */
export function ownersOf(module: string): readonly Dialect[] {
  return dialects.filter(({ modules }) => modules.has(module));
}

/** Rows that are alike, and how many there are. */
interface Kind {
  readonly shape: RowShape;
  count: number;
}

/** A long list has few kinds of rows. */
function kindsOf(items: readonly PlacedRow[]): readonly Kind[] {
  const kinds: Kind[] = [];
  const byModule = new Map<string, Kind[]>();
  for (let at = 0; at < items.length; at++) {
    const shape = shapeOf(items[at]!.chunk);
    let list = byModule.get(shape.module);
    if (!list) {
      list = [];
      byModule.set(shape.module, list);
    }
    let kind: Kind | undefined;
    for (let other = 0; other < list.length && !kind; other++) {
      if (isAlike(list[other]!.shape, shape)) kind = list[other];
    }
    if (!kind) {
      kind = { shape, count: 0 };
      list.push(kind);
      kinds.push(kind);
    }
    kind.count++;
  }
  return kinds;
}

function isAlike(a: RowShape, b: RowShape): boolean {
  return a.args === b.args && a.anchored === b.anchored && a.namesAnchors === b.namesAnchors;
}

function fits(dialect: Dialect, { module, anchored, args }: RowShape): boolean {
  // Half-typed rows and layers of torch.nn say nothing.
  if (module === '' || module.startsWith('nn.') || module.startsWith('torch.')) return true;
  const found = dialect.modules.get(module);
  if (!found) return false;
  if (!dialect.heads.has(module)) return true;
  const takesAnchors = 'anchors' in found.params;
  return takesAnchors ? args >= 2 : !anchored;
}

function hintedBy(
  fitting: readonly Dialect[],
  name: string,
  text: string,
): Pick<Choice, 'dialect' | 'because'> | undefined {
  if (fitting.length < 2) return undefined;
  const places: [() => string, string][] = [
    [() => l10n.t('it fits several dialects, and the file’s name says so'), name],
    [() => l10n.t('it fits several dialects, and the file’s comments say so'), commentsOf(text)],
  ];
  for (const [because, words] of places) {
    const dialect = fitting.find(({ id }) => hints[id]?.test(words));
    if (dialect) return { dialect, because: because() };
  }
  return undefined;
}

/** The comments at the top of a text. */
function commentsOf(text: string): string {
  return (text.slice(0, headLength).match(/#[^\n\r]*/g) ?? []).join('\n');
}

function reason(dialect: Dialect, rows: readonly RowShape[], hasAnchors: boolean, several: boolean): string {
  const byDefault = hasAnchors ? 'yolov5' : 'ultralytics';
  if (dialect.id !== byDefault) {
    const known = dialects.find(({ id }) => id === byDefault)!.modules;
    const own = [...new Set(rows.map(({ module }) => module))].filter(
      module => dialect.modules.has(module) && !known.has(module),
    );
    if (own.length === 0) return l10n.t('its head is written as in this dialect');
    return l10n.t('it uses {0}', listText(own.slice(0, 3)));
  }
  if (several) {
    return hasAnchors
      ? l10n.t('it has anchors, and nothing that only another dialect has')
      : l10n.t('it has no anchors, and nothing that only another dialect has');
  }
  return hasAnchors ? l10n.t('it has anchors') : l10n.t('it has no anchors');
}

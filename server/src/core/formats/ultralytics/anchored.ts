// What parse_model of YOLOv5 and of its forks does alike: models/yolo.py of each repository differs in its lists of
// modules and in a few branches.

import * as l10n from '@vscode/l10n';
import { type PyValue, show } from '../../python/value.ts';
import type { Arg } from '../../torch/signature.ts';
import { type Arranged, type Dialect, type Family, numberAt, put, type Row, several, single } from './dialect.ts';
import { makeDivisible } from './layers.ts';
import type { AnyModule } from './module.ts';

/** A repository's lists and branches. */
export interface Fork {
  readonly id: string;
  readonly by: string;
  /** Modules whose first argument is scaled by the width and which are given their input channels. */
  readonly scaled: readonly AnyModule[];
  /** The same for layers of torch.nn. */
  readonly scaledLayers?: readonly string[];
  /** Of those, the ones that take the number of repeats as their third argument. */
  readonly stacked: readonly string[];
  /** Modules that are given the channels of all their inputs as last argument. */
  readonly heads: readonly AnyModule[];
  /** Other names that yolo.py knows, so that rows may use them with raw arguments. */
  readonly others: readonly AnyModule[];
  /** The branches that only this repository has; null is: none of them. */
  readonly branch?: (row: Row, family: Family) => Arranged | undefined | null;
  readonly head?: (row: Row, family: Family) => Arranged | undefined;
  readonly activation?: PyValue;
  readonly lookup?: Dialect['lookup'];
  readonly printing?: Dialect['printing'];
  readonly printsByWeights?: boolean;
}

const unreachable = (by: string): ReadonlyMap<string, (module: string) => string> =>
  new Map([
    [
      'Sum',
      module =>
        l10n.t(
          '{0} has {1}, but a row cannot use it: it takes a list of inputs, and parse_model looks up the channels of only one (`c2 = ch[f]`).',
          by,
          module,
        ),
    ],
  ]);

export function anchored(fork: Fork): Dialect {
  const { id, by, scaled, scaledLayers = [], stacked, heads, others, branch, head = arrangeHead } = fork;
  const scaledNames = new Set([...scaled.map(({ name }) => name), ...scaledLayers]);
  const stackedNames = new Set(stacked);
  const headNames = new Set(heads.map(({ name }) => name));
  return {
    id,
    by,
    modules: new Map([...scaled, ...heads, ...others].map(module => [module.name, module])),
    unreachable: unreachable(by),
    required: ['nc', 'anchors', 'depth_multiple', 'width_multiple'],
    scales: false,
    names: localsOf,
    evaluates: true,
    arrange: (row, family) => {
      if (scaledNames.has(row.module)) return arrangeScaled(row, family, stackedNames);
      if (headNames.has(row.module)) return head(row, family);
      const own = branch ? branch(row, family) : null;
      return own === null ? arrangeOther(row) : own;
    },
    modern: new Set(),
    heads: headNames,
    printsAtFullSize: false,
    printsByWeights: fork.printsByWeights ?? false,
    ...(fork.activation === undefined ? {} : { activation: fork.activation }),
    ...(fork.lookup ? { lookup: fork.lookup } : {}),
    ...(fork.printing ? { printing: fork.printing } : {}),
  };
}

/** Local variables of parse_model that arguments may name. */
function localsOf(family: Family): ReadonlyMap<string, PyValue> {
  const na = anchorsOf(family);
  return new Map<string, PyValue>([
    ['nc', family.nc],
    ['anchors', family.anchors],
    ['na', na],
    ['no', na * (family.nc + 5)],
    ['gd', family.depth],
    ['gw', family.width],
  ]);
}

/** Anchors of a level. */
function anchorsOf({ anchors }: Family): number {
  if (typeof anchors === 'number') return anchors;
  const first = Array.isArray(anchors) ? anchors[0] : undefined;
  return Array.isArray(first) ? Math.floor(first.length / 2) : Number.NaN;
}

function arrangeScaled(row: Row, family: Family, stacked: ReadonlySet<string>): Arranged | undefined {
  const { module, args, repeats } = row;
  const c1 = single(row);
  const given = numberAt(row, 0, 'c2');
  if (c1 === undefined || given === undefined) return undefined;
  // Not scaled where it is the width of an output.
  const output = anchorsOf(family) * (family.nc + 5);
  const c2 = given === output ? given : makeDivisible(given * family.width, family.divisor);
  const full: Arg[] = [put(c1), { ...args[0]!, value: c2 }, ...args.slice(1)];
  if (!stacked.has(module)) return { args: full, repeats, c2 };
  full.splice(2, 0, put(repeats));
  return { args: full, repeats: 1, c2 };
}

function arrangeOther(row: Row): Arranged | undefined {
  const { module, args, repeats } = row;
  switch (module) {
    case 'nn.BatchNorm2d': {
      const c1 = single(row);
      return c1 === undefined ? undefined : { args: [put(c1)], repeats, c2: row.c2 };
    }
    case 'Concat': {
      const channels = several(row);
      return channels && { args, repeats, c2: channels.reduce((sum, value) => sum + value, 0) };
    }
    case 'Contract':
    case 'Expand': {
      const c1 = single(row);
      const gain = numberAt(row, 0, 'gain');
      if (c1 === undefined || gain === undefined) return undefined;
      return { args, repeats, c2: module === 'Contract' ? c1 * gain ** 2 : Math.floor(c1 / gain ** 2) };
    }
    default: {
      const c2 = single(row);
      return c2 === undefined ? undefined : { args, repeats, c2 };
    }
  }
}

/** Heads with anchors: [nc, anchors, …] and the channels of the inputs. */
export function arrangeHead(
  row: Row,
  family: Family,
  levelsOf = (inputs: number, _numbered: boolean) => inputs,
): Arranged | undefined {
  const channels = several(row);
  if (!channels) return undefined;
  if (row.args.length < 2) {
    const message = l10n.t('{0} needs its classes and anchors as arguments.', row.module);
    return row.refuse({ code: 'missing-argument', message, help: l10n.t('Use {0}.', '[nc, anchors]') });
  }
  const args: Arg[] = [...row.args, put(channels)];
  const anchors = args[1]!.value;
  if (family.anchors === null && (anchors === null || anchors === 'anchors'))
    return row.leave(l10n.t('the file has no `anchors`'));
  const levels = levelsOf(channels.length, typeof anchors === 'number');
  if (typeof anchors === 'number') {
    // So many anchors, not yet known: placeholders for each level.
    if (!(Number.isInteger(anchors) && anchors >= 1 && anchors <= 1000)) {
      const message = l10n.t('The number of anchors must be a whole number from 1 to 1000, not {0}.', show(anchors));
      return row.refuse({ code: 'value-out-of-range', message, arg: 1 });
    }
    const placeholder = Array.from({ length: anchors * 2 }, (_, index) => index);
    args[1] = { ...args[1]!, value: Array.from({ length: levels }, () => placeholder) };
  } else if (!(Array.isArray(anchors) && anchors.length > 0 && anchors.every(Array.isArray))) {
    const message = l10n.t(
      'Anchors must be a list of widths and heights for each level, or the number of anchors per level.',
    );
    return row.refuse({ code: 'not-anchors', message, arg: 1 });
  } else if (
    anchors.some(level => (level as readonly PyValue[]).length !== (anchors[0] as readonly PyValue[]).length)
  ) {
    const message = l10n.t('All levels must have the same number of anchors.');
    return row.refuse({ code: 'uneven-anchors', message, arg: 1 });
  } else if (anchors.length !== levels) {
    const message =
      levels === channels.length
        ? l10n.t('The number of anchor lists ({0}) must equal the number of inputs ({1}).', anchors.length, levels)
        : l10n.t('The number of anchor lists ({0}) must equal the number of levels ({1}).', anchors.length, levels);
    const help = l10n.t('Give each level one list of anchors.');
    return row.refuse({ code: 'anchor-levels-mismatch', message, help, arg: 1 });
  }
  return { args, repeats: row.repeats, c2: row.c2 };
}

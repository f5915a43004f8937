// Ultralytics 8.3.63 as YOLOv12 and YOLOv13 have forked it: its modules, and what its parse_model does otherwise.

import type { Arranged, Dialect, Family, Row } from '../dialect.ts';
import type { AnyModule } from '../module.ts';
import { earlier } from '../modules/ultralytics83.ts';
import { A2C2fFork } from '../modules/yolov13.ts';
import {
  arrange,
  heads,
  namesOf,
  others,
  type Rules,
  scaled,
  stacked,
  ultralytics,
  unreachable,
} from './ultralytics.ts';

export interface Fork {
  readonly id: string;
  readonly by: string;
  /** Modules that it adds: those whose first argument is scaled, of those the ones that take repeats, and all others. */
  readonly scaled?: readonly AnyModule[];
  readonly stacked?: readonly string[];
  readonly others?: readonly AnyModule[];
  /** Modules of Ultralytics that its rows cannot name. */
  readonly without?: readonly string[];
  readonly c3k: Rules['c3k'];
  readonly modern: readonly string[];
  /** What its parse_model does with modules of its own, before anything else. */
  readonly arrange?: (row: Row, family: Family) => Arranged | undefined;
}

const earlierOf = (list: readonly AnyModule[]): readonly AnyModule[] => list.flatMap(found => earlier(found) ?? []);

/** A fork of 8.3.63: both that we know have the A2C2f of YOLOv12’s authors. */
export function forkOf83(fork: Fork): Dialect {
  const widened = [...earlierOf(scaled), A2C2fFork, ...(fork.scaled ?? [])];
  const rest = [...earlierOf(others).filter(({ name }) => !fork.without?.includes(name)), ...(fork.others ?? [])];
  const modules = new Map([...widened, ...earlierOf(heads), ...rest].map(module => [module.name, module]));
  const own = new Set(fork.others?.map(({ name }) => name));
  const rules: Rules = {
    modules,
    scaled: new Set([...widened.map(({ name }) => name), 'nn.ConvTranspose2d']),
    stacked: new Set([...stacked, ...(fork.stacked ?? [])]),
    c3k: fork.c3k,
    areaRatio: 1.5,
    release: '8.3',
  };
  return {
    ...ultralytics,
    releases: false,
    id: fork.id,
    by: fork.by,
    modules,
    names: namesOf,
    unreachable,
    arrange: (row, family) =>
      fork.arrange && own.has(row.module) ? fork.arrange(row, family) : arrange(row, family, rules),
    modern: new Set(fork.modern),
    heads: new Set(earlierOf(heads).map(({ name }) => name)),
  };
}

// The arguments of a row, bound to the constructor that parse_model calls.
import type { PyValue } from '../../python/value.ts';
import { type Arg, bind as bindTo } from '../../torch/signature.ts';
import type { Remark } from './dialect.ts';
import type { AnyModule } from './module.ts';

/** A constructor's arguments by name; undefined (and reported) where the call would fail. */
export function bind(
  found: AnyModule,
  args: readonly Arg[],
  evaluates: boolean,
  refuse: (refusal: Remark) => undefined,
  row: { readonly args: readonly Arg[] },
): Readonly<Record<string, PyValue>> | undefined {
  const names = Object.keys(found.params);
  const given = args.map((arg, index) => asPassed(names[index], arg, evaluates));
  const { values, refused } = bindTo(found, given, { written: row.args.length });
  if (!refused) return values;
  const range = refused.arg?.range;
  const index = range ? row.args.findIndex(arg => arg.range?.from === range.from) : -1;
  const { code, message, help } = refused;
  return refuse({ code, message, help, arg: index < 0 ? undefined : index });
}

/** What parse_model rounds (nn/tasks.py: make_divisible, and the heads and embedding of C2fAttn). */
const rounded: ReadonlySet<string> = new Set(['c2', 'npr', 'ec', 'nh']);

function asPassed(name: string | undefined, arg: Arg, evaluates: boolean): Arg {
  // Text in place of an activation is not a module: Ultralytics uses none then, YOLOv5 evaluates it.
  if (name === 'act' && typeof arg.value === 'string' && !evaluates) return { ...arg, value: false };
  // Channels go through make_divisible, which makes whole numbers of floats; other sizes reach PyTorch as they are.
  if (arg.float === undefined || name === undefined || !rounded.has(name)) return arg;
  return { value: arg.value, range: arg.range };
}

// Arguments to parameters, as Python's call does it, with what is wrong told at its place.
import type { AnyModule, Arg, Param } from './module.ts';
import { type PyValue, show } from './python.ts';

/** Beyond this no size of a network lies; arithmetic on it would lose exactness. */
const largest = 2 ** 31;

/** A constructor's arguments by name; undefined (and told) where the call would fail. */
export function bind(
  found: AnyModule,
  args: readonly Arg[],
  evaluates: boolean,
  refuse: (code: string, message: string, arg?: number) => undefined,
  row: { readonly args: readonly Arg[] },
): object | undefined {
  const params = Object.entries<Param>(found.params);
  // Where an argument stands in the row, to tell of it there.
  const place = (arg: Arg | undefined): number | undefined => {
    const index = arg?.range ? row.args.findIndex(({ range }) => range?.from === arg.range!.from) : -1;
    return index < 0 ? undefined : index;
  };
  const extra = args[params.length];
  if (extra) {
    // parse_model puts some in (c1, n, ch): what a person writes is counted without them.
    const most = Math.max(0, params.length - (args.length - row.args.length));
    const names = params.flatMap(([name], index) => (args[index]?.range ? [name] : []));
    const list = names.length === most ? ` (${names.join(', ')})` : '';
    return refuse(
      'wrong-argument',
      most === 0
        ? `${found.name} takes no arguments here.`
        : `${found.name} takes ${most} argument${most === 1 ? '' : 's'}${list}, but is given ${row.args.length}.`,
      place(extra) ?? (row.args.length > most ? most : undefined),
    );
  }
  const bound: Record<string, PyValue> = {};
  for (const [index, [name, param]] of params.entries()) {
    const arg = args[index];
    if (!arg) {
      if (param.default === undefined) {
        const position = args.filter(({ range }) => range).length + 1;
        return refuse('missing-argument', `${found.name} needs ${name} as argument ${position}. ${param.doc}`);
      }
      bound[name] = param.default;
      continue;
    }
    // Channels go through make_divisible, which makes whole numbers of floats; other sizes reach PyTorch as they are.
    const float = isSize(param) && !rounded.has(name) ? row.args[place(arg) ?? -1]?.float : undefined;
    if (float !== undefined && Number.isInteger(arg.value)) {
      return refuse(
        'wrong-argument',
        `${name} of ${found.name} must be ${wanted(param)}. To Python ${float} is a float: write ${arg.value}. ${param.doc}`,
        place(arg),
      );
    }
    const wrong = mistake(param, arg.value);
    if (wrong !== undefined) {
      return refuse(
        'wrong-argument',
        `${name} of ${found.name} must be ${wrong}, not ${show(arg.value)}. ${param.doc}`,
        place(arg),
      );
    }
    // Text in place of an activation is no module: Ultralytics uses none then, YOLOv5 evaluates it.
    bound[name] = name === 'act' && typeof arg.value === 'string' && !evaluates ? false : coerced(param, arg.value);
  }
  return bound;
}

/** What parse_model rounds (nn/tasks.py: make_divisible, and the heads and embedding of C2fAttn). */
const rounded: ReadonlySet<string> = new Set(['c2', 'npr', 'ec', 'nh']);

const isSize = ({ kind }: Param): boolean => kind === 'int' || kind === 'ints';

/** What the value should have been; undefined where it is right. */
function mistake(param: Param, value: PyValue): string | undefined {
  const { kind, min, words } = param;
  if (typeof value === 'string' && words?.includes(value)) return undefined;
  if (value === null) return param.default === null || kind === 'any' || kind === 'boolean' ? undefined : wanted(param);
  switch (kind) {
    case 'any':
      return undefined;
    case 'boolean':
      return typeof value === 'boolean' || typeof value === 'number' ? undefined : 'True or False';
    case 'number':
      return typeof value === 'boolean' || (typeof value === 'number' && !(Math.abs(value) > largest))
        ? undefined
        : 'a number';
    case 'text':
      return typeof value === 'string' ? undefined : 'a name';
    case 'int':
      return isInt(value, min) ? undefined : wanted(param);
    case 'ints':
      if (!Array.isArray(value)) return isInt(value, min) ? undefined : wanted(param);
      return value.length > 0 && value.length <= 64 && value.every(each => isInt(each, min))
        ? undefined
        : wanted(param);
  }
}

/** NaN is a number that is not known yet: the channels of an unknown row. */
function isInt(value: PyValue, min: number | undefined): boolean {
  if (typeof value === 'boolean') return min === undefined || Number(value) >= min;
  if (typeof value !== 'number') return false;
  if (Number.isNaN(value)) return true;
  return Number.isInteger(value) && Math.abs(value) <= largest && (min === undefined || value >= min);
}

function wanted({ kind, min }: Param): string {
  const from = min === undefined ? '' : ` from ${min}`;
  return kind === 'ints' ? `a whole number${from}, or a list of them` : `a whole number${from}`;
}

/** Python takes numbers for truth values, and truth values for numbers. */
function coerced({ kind }: Param, value: PyValue): PyValue {
  if (kind === 'boolean') return typeof value === 'number' ? value !== 0 : (value ?? false);
  if ((kind === 'int' || kind === 'ints' || kind === 'number') && typeof value === 'boolean') return Number(value);
  return value;
}

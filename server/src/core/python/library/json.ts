// The module `json`: what it writes and reads of plain values.
import { typeName } from '../builtins/classes.ts';
import { textOf } from '../builtins/conversions.ts';
import { put } from '../builtins/dict.ts';
import { maxDepth, maxText, tooDeep, tooMuchText, unsupported } from '../builtins/limits.ts';
import { int } from '../builtins/numbers.ts';
import { rest, writeInto } from '../builtins/open.ts';
import { floatText, intText, isAscii } from '../builtins/text.ts';
import type { Machine } from '../machine.ts';
import { native, nativeClass, nativeSteps } from '../native.ts';
import {
  PyBytes,
  type PyClass,
  PyDict,
  PyException,
  PyFloat,
  PyList,
  PyTuple,
  plain,
  Raised,
  type Steps,
  Unknown,
  type Value,
} from '../objects.ts';
import { missing, moduleOf } from './module.ts';

/** A string of JSON: no control characters, and the escapes that there are. */
const stringLiteral = String.raw`"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"`;

/** A JSON text as a value; undefined where it is none. */
function read(text: string, machine: Machine): Value | undefined {
  let at = 0;
  const space = () => {
    while (' \t\n\r'.includes(text[at] ?? 'x')) at++;
  };
  const value = (depth: number): Value | undefined => {
    space();
    if (depth > maxDepth) return tooDeep(machine);
    const rest = text.slice(at, at + 9);
    for (const [word, meaning] of [
      ['null', null],
      ['true', true],
      ['false', false],
    ] as const) {
      if (rest.startsWith(word)) {
        at += word.length;
        return meaning;
      }
    }
    for (const [word, meaning] of [
      ['NaN', Number.NaN],
      ['Infinity', Number.POSITIVE_INFINITY],
      ['-Infinity', Number.NEGATIVE_INFINITY],
    ] as const) {
      if (rest.startsWith(word)) {
        at += word.length;
        return new PyFloat(meaning);
      }
    }
    const sign = text[at];
    if (sign === '"') return string();
    if (sign === '[') return list(depth);
    if (sign === '{') return dict(depth);
    const number = /^-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/.exec(text.slice(at, at + 400));
    if (number === null) return undefined;
    at += number[0].length;
    if (number[1] !== undefined || number[2] !== undefined) return new PyFloat(Number(number[0]));
    return int(BigInt(number[0]));
  };
  const string = (): Value | undefined => {
    const match = new RegExp(stringLiteral, 'y');
    match.lastIndex = at;
    const found = match.exec(text);
    if (found === null) return undefined;
    at += found[0].length;
    return JSON.parse(found[0]) as string;
  };
  const list = (depth: number): Value | undefined => {
    const items: Value[] = [];
    at++;
    space();
    if (text[at] === ']') {
      at++;
      return new PyList(items);
    }
    for (;;) {
      const item = value(depth + 1);
      if (item === undefined) return undefined;
      items.push(item);
      space();
      const sign = text[at++];
      if (sign === ']') return new PyList(items);
      if (sign !== ',') return undefined;
    }
  };
  const dict = (depth: number): Value | undefined => {
    const entries = new PyDict();
    at++;
    space();
    if (text[at] === '}') {
      at++;
      return entries;
    }
    for (;;) {
      space();
      const key = text[at] === '"' ? string() : undefined;
      space();
      if (key === undefined || text[at++] !== ':') return undefined;
      const item = value(depth + 1);
      if (item === undefined) return undefined;
      put(entries, key, item, machine);
      space();
      const sign = text[at++];
      if (sign === '}') return entries;
      if (sign !== ',') return undefined;
    }
  };
  const result = value(0);
  space();
  return at === text.length ? result : undefined;
}

interface Style {
  readonly indent: string | undefined;
  readonly separators: readonly [string, string];
  readonly isAscii: boolean;
  readonly isSorted: boolean;
  /** Makes what is no JSON into something that is. */
  readonly standard: Value;
}

/** A text in quotes. */
function quoted(text: string, isAscii: boolean): string {
  const json = JSON.stringify(text);
  const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return isAscii ? json.replace(/[\x7f-\uffff]/g, escaped).replaceAll('\\u007f', '\x7f') : json;
}

function* write(value: Value, style: Style, machine: Machine, depth: number): Steps<string | Unknown> {
  if (value instanceof Unknown) return value;
  if (depth > maxDepth) return tooDeep(machine);
  const bare = plain(value);
  if (bare === null) return 'null';
  if (bare === true) return 'true';
  if (bare === false) return 'false';
  if (typeof bare === 'string') return quoted(bare, style.isAscii);
  if (typeof bare === 'number' || typeof bare === 'bigint') return intText(bare, machine);
  if (bare instanceof PyFloat) {
    if (Number.isNaN(bare.value)) return 'NaN';
    return Number.isFinite(bare.value) ? floatText(bare.value) : bare.value > 0 ? 'Infinity' : '-Infinity';
  }
  // Lists of the same lists grow exponentially.
  machine.charge(16);
  const rows: string[] = [];
  const [comma, colon] = style.separators;
  const wrap = (open: string, close: string): string => {
    if (rows.length === 0) return open + close;
    if (style.indent === undefined) return open + rows.join(comma) + close;
    const line = `\n${style.indent.repeat(depth + 1)}`;
    return `${open}${line}${rows.join(comma + line)}\n${style.indent.repeat(depth)}${close}`;
  };
  if (bare instanceof PyList || bare instanceof PyTuple) {
    for (const item of bare.items) {
      const text = yield* write(item, style, machine, depth + 1);
      if (text instanceof Unknown) return text;
      rows.push(text);
    }
    return wrap('[', ']');
  }
  if (bare instanceof PyDict) {
    const entries = [...bare.entries.values()];
    if (style.isSorted) {
      if (!entries.every(({ key }) => typeof key === 'string'))
        return unsupported(machine, 'json.dumps(sort_keys=True)');
      entries.sort((a, b) => ((a.key as string) < (b.key as string) ? -1 : 1));
    }
    for (const { key, value: item } of entries) {
      const name = plain(key);
      const isName = name === null || typeof name !== 'object' || name instanceof PyFloat;
      if (!isName)
        throw machine.raise('TypeError', `keys must be str, int, float, bool or None, not ${typeName(key, machine)}`);
      const label = typeof name === 'string' ? name : yield* write(name, style, machine, depth);
      const text = yield* write(item, style, machine, depth + 1);
      if (label instanceof Unknown) return label;
      if (text instanceof Unknown) return text;
      rows.push(`${quoted(label, style.isAscii)}${colon}${text}`);
    }
    return wrap('{', '}');
  }
  if (style.standard !== null)
    return yield* write(yield* machine.call(style.standard, [value]), style, machine, depth + 1);
  throw machine.raise('TypeError', `Object of type ${typeName(value, machine)} is not JSON serializable`);
}

function* dumps(args: readonly Value[], machine: Machine): Steps {
  const [object, , ascii, , , cls, indent, separators, standard, sort] = args;
  if (cls !== null) return unsupported(machine, 'json.dumps(cls=…)');
  const step = typeof indent === 'number' ? ' '.repeat(Math.max(0, Math.min(indent, 100))) : textOf(indent!);
  const signs =
    separators instanceof PyTuple || separators instanceof PyList
      ? separators.items.map(sign => textOf(sign) ?? '')
      : undefined;
  const isSorted = yield* machine.truth(sort!);
  const isAscii = yield* machine.truth(ascii!);
  if (isSorted instanceof Unknown) return isSorted;
  if (isAscii instanceof Unknown) return isAscii;
  const style: Style = {
    indent: step,
    separators: [signs?.[0] ?? (step === undefined ? ', ' : ','), signs?.[1] ?? ': '],
    isAscii,
    isSorted,
    standard: standard!,
  };
  const text = yield* write(object!, style, machine, 0);
  return typeof text === 'string' && text.length > maxText ? tooMuchText(machine) : text;
}

const decodeErrors = new WeakMap<Machine, PyClass>();

function decodeError(machine: Machine): PyClass {
  let cls = decodeErrors.get(machine);
  if (!cls) {
    const base = machine.builtin('ValueError') as PyClass;
    cls = nativeClass(machine, 'JSONDecodeError', [base], {}, { module: 'json.decoder' });
    decodeErrors.set(machine, cls);
  }
  return cls;
}

function loads([source, ...hooks]: readonly Value[], name: string, machine: Machine): Value {
  if (source instanceof Unknown) return source;
  if (hooks.some(hook => hook !== null)) return unsupported(machine, `json.${name}(object_hook=…)`);
  const text = source instanceof PyBytes && isAscii(source.text) ? source.text : textOf(source!);
  if (text === undefined) return unsupported(machine, `json.${name}(${typeName(source!, machine)})`);
  const value = read(text, machine);
  if (value === undefined) {
    throw new Raised(new PyException(decodeError(machine), ['Expecting value: line 1 column 1 (char 0)']));
  }
  return value;
}

export const json = moduleOf('json', machine => [
  { JSONDecodeError: decodeError(machine) },
  [
    nativeSteps(
      'dumps',
      'obj, skipkeys=False, ensure_ascii=True, check_circular=True, allow_nan=True, cls=None, indent=None, separators=None, default=None, sort_keys=False',
      function* (args, inner) {
        return yield* dumps(args, inner);
      },
    ),
    native(
      'loads',
      's, *, cls=None, object_hook=None, parse_float=None, parse_int=None, parse_constant=None, object_pairs_hook=None',
      (args, inner) => loads(args, 'loads', inner),
    ),
    nativeSteps(
      'load',
      'fp, *, cls=None, object_hook=None, parse_float=None, parse_int=None, parse_constant=None, object_pairs_hook=None',
      function* ([file, ...hooks], inner) {
        const text = rest(file!) ?? (yield* inner.call(yield* inner.getAttribute(file!, 'read'), []));
        return loads([text, ...hooks], 'load', inner);
      },
    ),
    nativeSteps(
      'dump',
      'obj, fp, skipkeys=False, ensure_ascii=True, check_circular=True, allow_nan=True, cls=None, indent=None, separators=None, default=None, sort_keys=False',
      function* ([object, file, ...args], inner) {
        const text = yield* dumps([object!, ...args], inner);
        if (!writeInto(file!, textOf(text) ?? (text as Unknown), inner)) {
          yield* inner.call(yield* inner.getAttribute(file!, 'write'), [text]);
        }
        return null;
      },
    ),
  ],
  missing('json', 'JSONEncoder', 'JSONDecoder'),
]);

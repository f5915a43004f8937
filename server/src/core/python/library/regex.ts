// The module `re`, by JavaScript's regular expressions where both mean the same.
import * as l10n from '@vscode/l10n';
import { typeName } from '../builtins/classes.ts';
import { textOf } from '../builtins/conversions.ts';
import { dictOf } from '../builtins/dict.ts';
import { maxText, tooMuchText } from '../builtins/limits.ts';
import { intOf } from '../builtins/numbers.ts';
import { isAscii, stringText } from '../builtins/text.ts';
import type { Machine } from '../machine.ts';
import { native, nativeClass, nativeSteps, strict } from '../native.ts';
import { type PyClass, PyInstance, PyIterator, PyList, PyTuple, type Steps, Unknown, type Value } from '../objects.ts';
import { moduleOf } from './module.ts';
import { isSlow } from './regexTime.ts';

const flagsOf: Readonly<Record<string, number>> = {
  IGNORECASE: 2,
  I: 2,
  LOCALE: 4,
  L: 4,
  MULTILINE: 8,
  M: 8,
  DOTALL: 16,
  S: 16,
  UNICODE: 32,
  U: 32,
  VERBOSE: 64,
  X: 64,
  ASCII: 256,
  A: 256,
  NOFLAG: 0,
};

/** A compiled pattern: what JavaScript runs, and the names of its groups. */
interface Compiled {
  readonly text: string;
  readonly flags: number;
  readonly source: string;
  readonly letters: string;
  readonly groups: number;
  readonly names: ReadonlyMap<string, number>;
}

/**
 * Python's syntax as JavaScript's; undefined where they differ in ways that are not translated (possessive quantifiers,
 * conditionals, atomic groups, `\b` in other scripts). Only ASCII texts are matched then, so that `\w` and `\d` agree.
 */
function translated(pattern: string, flags: number): Compiled | undefined {
  let text = pattern;
  let bits = flags;
  const inline = /^\(\?([aimsux]+)\)/.exec(text);
  if (inline !== null) {
    text = text.slice(inline[0].length);
    for (const letter of inline[1]!) bits |= { a: 256, i: 2, m: 8, s: 16, u: 32, x: 64 }[letter]!;
  }
  const isVerbose = (bits & 64) !== 0;
  let source = '';
  let groups = 0;
  const names = new Map<string, number>();
  let inSet = false;
  // Of characters that JavaScript writes as two.
  let isWide = false;
  for (let at = 0; at < text.length; at++) {
    const sign = text[at]!;
    if (sign === '\\') {
      const next = text[++at];
      if (next === undefined) return undefined;
      if (next === 'A') source += '(?<![\\s\\S])';
      else if (next === 'Z') source += '(?![\\s\\S])';
      else if (next === 'a') source += '\\x07';
      else if (/[a-zA-Z]/.test(next) && !/[bBdDsSwWnrtfvxuU]/.test(next)) return undefined;
      else if (next === 'U') {
        const digits = /^[0-9a-fA-F]{8}/.exec(text.slice(at + 1))?.[0];
        if (digits === undefined) return undefined;
        source += `\\u{${digits.replace(/^0{2,7}/, '')}}`;
        at += 8;
        isWide = true;
      } else if (next === '0') source += '\\x00';
      else if (/[1-9]/.test(next)) {
        if (inSet) return undefined;
        const digits = /^\d+/.exec(text.slice(at))![0];
        source += `(?:\\${digits})`;
        at += digits.length - 1;
      } else if (/[a-zA-Z]/.test(next)) source += `\\${next}`;
      else source += /[\^$\\.*+?()[\]{}|/-]/.test(next) ? `\\${next}` : next;
      continue;
    }
    if (inSet) {
      if (sign === ']') {
        inSet = false;
        source += ']';
      } else if (sign === '[') source += '\\[';
      else source += sign;
      continue;
    }
    if (sign === '[') {
      inSet = true;
      source += '[';
      if (text[at + 1] === '^') {
        source += '^';
        at++;
      }
      // The first bracket in a set is itself.
      if (text[at + 1] === ']') {
        source += '\\]';
        at++;
      }
      continue;
    }
    if (isVerbose && /\s/.test(sign)) continue;
    if (isVerbose && sign === '#') {
      while (at + 1 < text.length && text[at + 1] !== '\n') at++;
      continue;
    }
    if (sign === '(') {
      const rest = text.slice(at);
      const named = /^\(\?P<([A-Za-z_]\w*)>/.exec(rest);
      const back = /^\(\?P=([A-Za-z_]\w*)\)/.exec(rest);
      if (named !== null) {
        names.set(named[1]!, ++groups);
        source += '(';
        at += named[0].length - 1;
      } else if (back !== null) {
        source += `(?:\\${names.get(back[1]!) ?? 0})`;
        at += back[0].length - 1;
      } else if (/^\(\?#/.test(rest)) at += rest.indexOf(')');
      else if (/^\(\?(?::|=|!|<=|<!)/.test(rest)) {
        const head = /^\(\?(?::|=|!|<=|<!)/.exec(rest)![0];
        source += head;
        at += head.length - 1;
      } else if (rest.startsWith('(?')) return undefined;
      else {
        groups++;
        source += '(';
      }
      continue;
    }
    if (sign === '$') {
      // Without MULTILINE it is also before a line end that is the last character.
      source += bits & 8 ? '(?=\\n|(?![\\s\\S]))' : '(?=\\n?(?![\\s\\S]))';
      continue;
    }
    if (sign === '^') {
      source += bits & 8 ? '(?<=\\n|(?<![\\s\\S]))' : '(?<![\\s\\S])';
      continue;
    }
    if (sign === '.') {
      source += bits & 16 ? '[\\s\\S]' : '[^\\n]';
      continue;
    }
    if (/[*+?}]/.test(sign) && text[at + 1] === '+') return undefined;
    if (sign === '{' && !/^\{\d*,?\d*\}/.test(text.slice(at))) source += '\\{';
    else if (sign === '{' && /^\{,\d/.test(text.slice(at))) source += '{0';
    else if (sign === '}' && !/\{\d*,?\d*$/.test(source)) source += '\\}';
    else source += sign;
  }
  const letters = (bits & 2 ? 'i' : '') + (isWide ? 'u' : '');
  try {
    new RegExp(source, letters);
  } catch {
    return undefined;
  }
  return { text: pattern, flags: bits, source, letters, groups, names };
}

function isSteps(value: Steps | Value): value is Steps {
  return value !== null && typeof value === 'object' && Symbol.iterator in value;
}

const compiledOf = new WeakMap<PyInstance, Compiled>();
const foundOf = new WeakMap<
  PyInstance,
  { readonly match: RegExpExecArray; readonly pattern: PyInstance; readonly ends: readonly number[] }
>();

function compile(pattern: Value, flags: Value, cls: PyClass, machine: Machine): Value {
  if (pattern instanceof Unknown) return pattern;
  if (flags instanceof Unknown) return flags;
  if (pattern instanceof PyInstance && compiledOf.has(pattern)) return pattern;
  const text = textOf(pattern);
  if (text === undefined) {
    if (machine.typeOf(pattern)?.name === 'bytes') return machine.unknown('re.compile(bytes)');
    throw machine.raise('TypeError', 'first argument must be string or compiled pattern');
  }
  const bits = Number(intOf(flags) ?? 0);
  const compiled = text.length > 2000 ? undefined : translated(text, bits);
  if (compiled === undefined || isSlow(compiled.source, 8)) {
    return machine.unknown({
      message: l10n.t('The regular expression {0} is not supported', stringText(text)),
      short: 're',
    });
  }
  const instance = new PyInstance(cls);
  compiledOf.set(instance, compiled);
  return instance;
}

/** A text that both match alike; Unknown for one with other letters than ASCII's, where `\w` may differ. */
function subject(value: Value, compiled: Compiled, machine: Machine): string | Unknown {
  if (value instanceof Unknown) return value;
  const text = textOf(value);
  if (text === undefined)
    throw machine.raise('TypeError', `expected string or bytes-like object, got '${typeName(value, machine)}'`);
  if (text.length > 100_000) return tooMuchText(machine);
  if (
    !isAscii(text) &&
    (/\\[wWdDsSbB]/.test(compiled.source) ||
      compiled.letters.includes('i') ||
      (!compiled.letters.includes('u') && isWide(text)))
  ) {
    return machine.unknown(l10n.t('Regular expressions are not matched with letters beyond ASCII'));
  }
  if (isSlow(compiled.source, text.length)) {
    return machine.unknown(l10n.t('The regular expression {0} may take too long', stringText(compiled.text)));
  }
  machine.charge(text.length >> 3);
  return text;
}

/** Whether characters are written as two by JavaScript. */
function isWide(text: string): boolean {
  return /[\ud800-\udfff]/.test(text);
}

type How = 'search' | 'match' | 'fullmatch';

function run(compiled: Compiled, text: string, how: How, from = 0): RegExpExecArray | null {
  const source = how === 'fullmatch' ? `(?:${compiled.source})(?![\\s\\S])` : compiled.source;
  const pattern = new RegExp(source, `${compiled.letters}d${how === 'search' ? 'g' : 'y'}`);
  pattern.lastIndex = from;
  return pattern.exec(text);
}

/** All matches from left to right; empty ones too, but not at the end of the one before (as Python 3.7 has it). */
function* all(compiled: Compiled, text: string): Generator<RegExpExecArray> {
  const pattern = new RegExp(compiled.source, `${compiled.letters}dg`);
  for (;;) {
    const match = pattern.exec(text);
    if (match === null) return;
    yield match;
    // An empty match does not stop one that begins at the same place and is longer.
    if (match[0] === '') pattern.lastIndex += (text.codePointAt(pattern.lastIndex) ?? 0) > 0xffff ? 2 : 1;
  }
}

function matchObject(match: RegExpExecArray | null, pattern: PyInstance, cls: PyClass): Value {
  if (match === null) return null;
  const object = new PyInstance(cls);
  foundOf.set(object, { match, pattern, ends: [] });
  return object;
}

function groupOf(match: RegExpExecArray, index: number): Value {
  const found = match[index];
  return found === undefined ? null : found;
}

function groupIndex(key: Value, object: PyInstance, machine: Machine): number {
  const { match, pattern } = foundOf.get(object)!;
  const name = textOf(key);
  const index = name !== undefined ? compiledOf.get(pattern)!.names.get(name) : Number(intOf(key) ?? Number.NaN);
  if (index === undefined || !(index >= 0 && index < match.length)) throw machine.raise('IndexError', 'no such group');
  return index;
}

function matchClass(machine: Machine): PyClass {
  const span = (object: Value, key: Value, inner: Machine): readonly [number, number] => {
    const index = groupIndex(key, object as PyInstance, inner);
    const { match } = foundOf.get(object as PyInstance)!;
    const found = match.indices?.[index] ?? [-1, -1];
    if (found[0] < 0 || !isWide(match.input)) return found;
    return [[...match.input.slice(0, found[0])].length, [...match.input.slice(0, found[1])].length];
  };
  const cls = nativeClass(
    machine,
    'Match',
    [],
    {
      group: strict('group', 'self, *keys', ([self, keys], inner) => {
        const { match } = foundOf.get(self as PyInstance)!;
        const { items } = keys as PyTuple;
        const found = (items.length === 0 ? [0] : items).map(key =>
          groupOf(match, groupIndex(key, self as PyInstance, inner)),
        );
        return found.length === 1 ? found[0]! : new PyTuple(found);
      }),
      groups: native('groups', 'self, default=None', ([self, standard]) => {
        const { match } = foundOf.get(self as PyInstance)!;
        return new PyTuple(
          Array.from({ length: match.length - 1 }, (_, index) =>
            match[index + 1] === undefined ? standard! : match[index + 1]!,
          ),
        );
      }),
      groupdict: native('groupdict', 'self, default=None', ([self, standard]) => {
        const { match, pattern } = foundOf.get(self as PyInstance)!;
        const { names } = compiledOf.get(pattern)!;
        return dictOf(
          [...names].map(([name, index]) => [name, match[index] === undefined ? standard! : match[index]!] as const),
        );
      }),
      start: strict('start', 'self, group=0, /', ([self, key], inner) => span(self!, key!, inner)[0]),
      end: strict('end', 'self, group=0, /', ([self, key], inner) => span(self!, key!, inner)[1]),
      span: strict('span', 'self, group=0, /', ([self, key], inner) => new PyTuple(span(self!, key!, inner))),
      expand: native('expand', 'self, template', (_, inner) => inner.unknown('Match.expand()')),
      __getitem__: strict('__getitem__', 'self, key, /', ([self, key], inner) =>
        groupOf(foundOf.get(self as PyInstance)!.match, groupIndex(key!, self as PyInstance, inner)),
      ),
      __bool__: native('__bool__', 'self', () => true),
    },
    { module: 're' },
  );
  cls.getAttribute = (self, name) => {
    const found = self instanceof PyInstance ? foundOf.get(self) : undefined;
    if (found === undefined) return undefined;
    if (name === 'string') return found.match.input;
    if (name === 're') return found.pattern;
    if (name === 'lastindex') return found.match.length > 1 ? machine.unknown('Match.lastindex') : null;
    return undefined;
  };
  return cls;
}

/** The text that takes the place of a match: `\1`, `\g<name>`. */
function expanded(template: string, match: RegExpExecArray, compiled: Compiled, machine: Machine): string {
  return template.replace(
    /\\(?:g<(\w+)>|(\d{1,2})|(.))/gs,
    (_, name: string | undefined, digits: string | undefined, sign: string | undefined) => {
      if (sign !== undefined) {
        const letters: Readonly<Record<string, string>> = {
          n: '\n',
          t: '\t',
          r: '\r',
          '\\': '\\',
          a: '\x07',
          f: '\f',
          v: '\v',
        };
        const found = letters[sign];
        if (found === undefined && /[a-zA-Z]/.test(sign)) throw machine.raise('ValueError', `bad escape \\${sign}`);
        return found ?? `\\${sign}`;
      }
      const index =
        digits !== undefined ? Number(digits) : /^\d+$/.test(name!) ? Number(name) : compiled.names.get(name!);
      if (index === undefined || index >= match.length)
        throw machine.raise('IndexError', `unknown group name '${name}'`);
      return match[index] ?? '';
    },
  );
}

function* substituted(
  pattern: PyInstance,
  replacement: Value,
  string: Value,
  count: Value,
  matches: PyClass,
  machine: Machine,
): Steps<readonly [string, number] | Unknown> {
  const compiled = compiledOf.get(pattern)!;
  const text = subject(string, compiled, machine);
  if (text instanceof Unknown) return text;
  if (replacement instanceof Unknown) return replacement;
  if (count instanceof Unknown) return count;
  const most = Number(intOf(count) ?? 0);
  const template = textOf(replacement);
  let [result, last, times] = ['', 0, 0];
  for (const match of all(compiled, text)) {
    if (most > 0 && times >= most) break;
    times++;
    result += text.slice(last, match.index);
    last = match.index + match[0].length;
    if (template !== undefined) result += expanded(template, match, compiled, machine);
    else {
      const made = yield* machine.call(replacement, [matchObject(match, pattern, matches)]);
      if (made instanceof Unknown) return made;
      result += textOf(made) ?? '';
    }
    if (result.length > maxText) return tooMuchText(machine);
  }
  return [result + text.slice(last), times];
}

export const re = moduleOf('re', machine => {
  const matches = matchClass(machine);
  const patterns: PyClass = nativeClass(machine, 'Pattern', [], {}, { module: 're' });
  const withPattern = (
    name: string,
    signature: string,
    body: (pattern: PyInstance, compiled: Compiled, args: readonly Value[], inner: Machine) => Steps | Value,
  ) => {
    patterns.dict.set(
      name,
      nativeSteps(name, `self, ${signature}`, function* ([self, ...args], inner) {
        const result = body(self as PyInstance, compiledOf.get(self as PyInstance)!, args, inner);
        return isSteps(result) ? yield* result : result;
      }),
    );
    // The function of the module takes the pattern as well, and flags at the end.
    const names = signature
      .split(',')
      .map(part => part.trim())
      .filter(part => part !== '/' && !/^(pos|endpos)=/.test(part));
    return nativeSteps(name, `pattern, ${names.join(', ')}, flags=0`, function* ([pattern, ...rest], inner) {
      const flags = rest.at(-1)!;
      const made = compile(pattern!, flags, patterns, inner);
      if (made instanceof Unknown) return made;
      const result = body(made as PyInstance, compiledOf.get(made as PyInstance)!, [...rest.slice(0, -1), 0], inner);
      return isSteps(result) ? yield* result : result;
    });
  };
  const finder = (how: How) =>
    withPattern(how, 'string, pos=0', (pattern, compiled, [string, from], inner) => {
      const text = subject(string!, compiled, inner);
      if (text instanceof Unknown) return text;
      if (from instanceof Unknown) return from;
      if (from !== 0) return inner.unknown(`re.${how}(…, pos)`);
      return matchObject(run(compiled, text, how), pattern, matches);
    });
  const row = (match: RegExpExecArray): Value => {
    if (match.length === 1) return match[0];
    const groups = match.slice(1).map(group => group ?? '');
    return groups.length === 1 ? groups[0]! : new PyTuple(groups);
  };
  patterns.getAttribute = (self, name) => {
    const compiled = self instanceof PyInstance ? compiledOf.get(self) : undefined;
    if (compiled === undefined) return undefined;
    if (name === 'pattern') return compiled.text;
    if (name === 'flags') return compiled.flags | 32;
    if (name === 'groups') return compiled.groups;
    if (name === 'groupindex') return dictOf(compiled.names);
    return undefined;
  };
  return [
    flagsOf as Readonly<Record<string, Value>>,
    { Pattern: patterns, Match: matches, error: machine.builtin('ValueError'), RegexFlag: machine.builtin('int') },
    [
      native('compile', 'pattern, flags=0', ([pattern, flags], inner) => compile(pattern!, flags!, patterns, inner)),
      finder('search'),
      finder('match'),
      finder('fullmatch'),
      withPattern('findall', 'string, pos=0', (_, compiled, [string], inner) => {
        const text = subject(string!, compiled, inner);
        return text instanceof Unknown ? text : new PyList([...all(compiled, text)].map(row));
      }),
      withPattern('finditer', 'string, pos=0', (pattern, compiled, [string], inner) => {
        const text = subject(string!, compiled, inner);
        if (text instanceof Unknown) return text;
        const found = [...all(compiled, text)];
        let at = 0;
        return new PyIterator(() => (at < found.length ? matchObject(found[at++]!, pattern, matches) : undefined));
      }),
      withPattern('sub', 'repl, string, count=0', function* (pattern, _, [replacement, string, count], inner) {
        const result = yield* substituted(pattern, replacement!, string!, count!, matches, inner);
        return result instanceof Unknown ? result : result[0];
      }),
      withPattern('subn', 'repl, string, count=0', function* (pattern, _, [replacement, string, count], inner) {
        const result = yield* substituted(pattern, replacement!, string!, count!, matches, inner);
        return result instanceof Unknown ? result : new PyTuple(result);
      }),
      withPattern('split', 'string, maxsplit=0', (_, compiled, [string, most], inner) => {
        const text = subject(string!, compiled, inner);
        if (text instanceof Unknown) return text;
        if (most instanceof Unknown) return most;
        const limit = Number(intOf(most!) ?? 0);
        const parts: Value[] = [];
        let last = 0;
        let times = 0;
        for (const match of all(compiled, text)) {
          if (limit > 0 && times >= limit) break;
          times++;
          parts.push(text.slice(last, match.index));
          for (let index = 1; index < match.length; index++) parts.push(groupOf(match, index));
          last = match.index + match[0].length;
        }
        parts.push(text.slice(last));
        return new PyList(parts);
      }),
      strict('escape', 'pattern', ([pattern]) =>
        (textOf(pattern!) ?? '').replace(/[\t\n\v\f\r #$&()*+\-.?[\\\]^{|}~]/g, sign => `\\${sign}`),
      ),
      native('purge', '', () => null),
    ],
  ];
});

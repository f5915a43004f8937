// The module `argparse`: a program that is read is started without arguments.
import * as l10n from '@vscode/l10n';
import { textOf } from '../builtins/conversions.ts';
import { reprOf } from '../builtins/text.ts';
import type { Machine } from '../machine.ts';
import { native, nativeClass, nativeSteps } from '../native.ts';
import { type PyClass, PyInstance, PyList, PyTuple, type Steps, Unknown, type Value } from '../objects.ts';
import { keywordsOf } from './functools.ts';
import { moduleOf } from './module.ts';

/** What parsing an empty command line gives for each argument, by its destination. */
const defaultsOf = new WeakMap<PyInstance, Map<string, Value>>();

function of(parser: Value): Map<string, Value> {
  const known = defaultsOf.get(parser as PyInstance) ?? new Map<string, Value>();
  defaultsOf.set(parser as PyInstance, known);
  return known;
}

/** An argument that a parser takes. */
interface Argument {
  readonly names: readonly string[];
  readonly to: string;
  readonly isOption: boolean;
  readonly kind: string | undefined;
  readonly count: Value | undefined;
  readonly type: Value | undefined;
  readonly constant: Value;
}

const argumentsOf = new WeakMap<PyInstance, readonly Argument[]>();

/** Where an argument goes: its `dest`, the first long option, or its name. */
function destination(flags: readonly string[], dest: Value | undefined): string {
  const given = dest === undefined ? undefined : textOf(dest);
  if (given !== undefined) return given;
  const flag = flags.find(each => each.startsWith('--')) ?? flags[0] ?? '';
  return flag.startsWith('-') ? flag.replace(/^-+/, '').replaceAll('-', '_') : flag;
}

function* addArgument(
  parser: Value,
  flags: readonly Value[],
  options: ReadonlyMap<string, Value>,
  machine: Machine,
): Steps {
  const names = flags.map(flag => textOf(flag)).filter(flag => flag !== undefined);
  const name = destination(names, options.get('dest'));
  const isOption = names.length === 0 || names[0]!.startsWith('-');
  const action = options.get('action');
  const kind = action === undefined ? 'store' : textOf(action);
  const type = options.get('type');
  let value: Value = options.has('default') ? options.get('default')! : null;
  if (kind === 'help' || kind === 'version') return null;
  if (!options.has('default')) {
    if (kind === 'store_true') value = false;
    else if (kind === 'store_false') value = true;
  } else if (typeof value === 'string' && type !== undefined && (kind === 'store' || kind === undefined)) {
    // A default that is a text is read as the argument would be.
    value = yield* machine.call(type, [value]);
  }
  const count = options.get('nargs');
  const mayLack = count === '?' || count === '*' || (typeof count === 'number' && count === 0);
  const required = options.get('required');
  if ((isOption && required === true) || (!isOption && !mayLack)) {
    value = machine.unknown({
      message: l10n.t('The argument {0} must be given on the command line', names[0] ?? name),
      short: names[0] ?? name,
    });
  } else if (!isOption && count === '*' && value === null) value = new PyList([]);
  of(parser).set(name, value);
  const argument: Argument = {
    names,
    to: name,
    isOption,
    kind: kind ?? undefined,
    count,
    type,
    constant: options.get('const') ?? null,
  };
  argumentsOf.set(parser as PyInstance, [...(argumentsOf.get(parser as PyInstance) ?? []), argument]);
  return new PyInstance(machine.typeOf(parser)!);
}

function namespaceClass(machine: Machine): PyClass {
  return nativeClass(
    machine,
    'Namespace',
    [],
    {
      __init__: native('__init__', 'self, /, **kwargs', ([self, keywords]) => {
        for (const [name, value] of keywordsOf(keywords!)) (self as PyInstance).set(name, value);
        return null;
      }),
      __contains__: native(
        '__contains__',
        'self, key',
        ([self, key]) => (self as PyInstance).dict?.has(textOf(key!) ?? '') === true,
      ),
      __repr__: nativeSteps('__repr__', 'self', function* ([self], machine_) {
        const parts: string[] = [];
        for (const [name, value] of (self as PyInstance).dict ?? []) {
          const text = yield* reprOf(value, machine_);
          if (text instanceof Unknown) return text;
          parts.push(`${name}=${text}`);
        }
        return `Namespace(${parts.join(', ')})`;
      }),
    },
    { module: 'argparse' },
  );
}

function* parsed(parser: Value, args: Value, namespace: Value, cls: PyClass, machine: Machine): Steps {
  const result = namespace instanceof PyInstance ? namespace : new PyInstance(cls);
  // Arguments of the program's own are not parsed.
  const given = args === null ? [] : args instanceof PyList || args instanceof PyTuple ? args.items : undefined;
  const words = given?.map(textOf);
  const read = words?.every(word => word !== undefined)
    ? yield* wordsRead(parser, words as string[], machine)
    : undefined;
  for (const [name, value] of of(parser)) {
    const own = read?.get(name);
    if (own === undefined && result.dict?.has(name) && namespace instanceof PyInstance) continue;
    result.set(name, read ? (own ?? value) : machine.unknown('argparse: parse_args(args)'));
  }
  return result;
}

/** What the words of a command line give for arguments; undefined where that is not certain, or they are refused. */
function* wordsRead(
  parser: Value,
  words: readonly string[],
  machine: Machine,
): Steps<ReadonlyMap<string, Value> | undefined> {
  const known = argumentsOf.get(parser as PyInstance) ?? [];
  const places = known.filter(({ isOption }) => !isOption);
  const found = new Map<string, Value>();
  const isFlag = (word: string | undefined): boolean => word !== undefined && /^-(?!\d*\.?\d+$)./.test(word);
  let place = 0;
  for (let at = 0; at < words.length; ) {
    const word = words[at]!;
    const [flag, attached] = /^--[^=]*(?==)/.test(word)
      ? [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]
      : [word, undefined];
    const argument = isFlag(word) ? known.find(({ names }) => names.includes(flag)) : places[place++];
    if (!argument) return undefined;
    const { to, kind, count, type, constant, isOption } = argument;
    if (isOption) at++;
    const values: string[] = attached === undefined ? [] : [attached];
    const takes = kind === undefined || kind === 'store' || kind === 'append';
    if (takes && attached === undefined) {
      const most =
        count === undefined || count === '?' ? 1 : typeof count === 'number' ? count : Number.POSITIVE_INFINITY;
      while (values.length < most && at < words.length && !isFlag(words[at])) values.push(words[at++]!);
      if (values.length < (count === '?' || count === '*' ? 0 : typeof count === 'number' ? count : 1))
        return undefined;
    } else if (!takes && attached !== undefined) return undefined;
    const typed: Value[] = [];
    for (const value of values) typed.push(type === undefined ? value : yield* machine.call(type, [value]));
    const isOne = count === undefined || count === '?';
    const stored: Value = isOne ? (typed[0] ?? constant) : new PyList(typed);
    switch (kind) {
      case undefined:
      case 'store':
        found.set(to, stored);
        break;
      case 'append': {
        const before = found.get(to) ?? of(parser).get(to);
        found.set(to, new PyList([...(before instanceof PyList ? before.items : []), stored]));
        break;
      }
      case 'store_true':
      case 'store_false':
        found.set(to, kind === 'store_true');
        break;
      case 'store_const':
        found.set(to, constant);
        break;
      default:
        return undefined;
    }
  }
  return found;
}

export const argparse = moduleOf('argparse', machine => {
  const namespace = namespaceClass(machine);
  const ignored = ['error', 'exit', 'print_help', 'print_usage', 'format_help', 'format_usage', 'register'];
  const adding = {
    add_argument: nativeSteps(
      'add_argument',
      'self, *name_or_flags, **kwargs',
      function* ([self, flags, options], inner) {
        return yield* addArgument(self!, (flags as PyTuple).items, keywordsOf(options!), inner);
      },
    ),
    // A group's arguments are its parser's.
    add_argument_group: native('add_argument_group', 'self, *args, **kwargs', ([self]) => self!),
    add_mutually_exclusive_group: native('add_mutually_exclusive_group', 'self, *args, **kwargs', ([self]) => self!),
    set_defaults: native('set_defaults', 'self, /, **kwargs', ([self, keywords]) => {
      for (const [name, value] of keywordsOf(keywords!)) of(self!).set(name, value);
      return null;
    }),
    get_default: native('get_default', 'self, dest', ([self, dest]) => {
      const value = of(self!).get(textOf(dest!) ?? '');
      return value === undefined ? null : value;
    }),
  };
  const parser = nativeClass(
    machine,
    'ArgumentParser',
    [],
    {
      __init__: native('__init__', 'self, *args, **kwargs', ([self, , keywords]) => {
        const parents = keywordsOf(keywords!).get('parents');
        if (parents instanceof PyList) {
          for (const parent of parents.items) for (const [name, value] of of(parent)) of(self!).set(name, value);
        }
        return null;
      }),
      ...adding,
      add_subparsers: native('add_subparsers', 'self, *args, **kwargs', (_, inner) =>
        inner.unknown('ArgumentParser.add_subparsers()'),
      ),
      parse_args: nativeSteps('parse_args', 'self, args=None, namespace=None', ([self, args, given], inner) =>
        parsed(self!, args!, given!, namespace, inner),
      ),
      parse_known_args: nativeSteps(
        'parse_known_args',
        'self, args=None, namespace=None',
        function* ([self, args, given], inner) {
          return new PyTuple([yield* parsed(self!, args!, given!, namespace, inner), new PyList([])]);
        },
      ),
      ...Object.fromEntries(ignored.map(name => [name, native(name, 'self, *args, **kwargs', () => null)])),
    },
    { module: 'argparse' },
  );
  const formatter = nativeClass(machine, 'HelpFormatter', [], {}, { module: 'argparse' });
  const error = nativeClass(
    machine,
    'ArgumentTypeError',
    [machine.builtin('Exception') as PyClass],
    {},
    { module: 'argparse' },
  );
  return [
    {
      ArgumentParser: parser,
      Namespace: namespace,
      HelpFormatter: formatter,
      ArgumentDefaultsHelpFormatter: formatter,
      RawTextHelpFormatter: formatter,
      RawDescriptionHelpFormatter: formatter,
      MetavarTypeHelpFormatter: formatter,
      ArgumentTypeError: error,
      ArgumentError: error,
      Action: nativeClass(
        machine,
        'Action',
        [],
        { __init__: native('__init__', 'self, *args, **kwargs', () => null) },
        { module: 'argparse' },
      ),
      BooleanOptionalAction: nativeClass(machine, 'BooleanOptionalAction', [], {}, { module: 'argparse' }),
      SUPPRESS: '==SUPPRESS==',
      REMAINDER: '...',
      OPTIONAL: '?',
      ZERO_OR_MORE: '*',
      ONE_OR_MORE: '+',
    },
    [
      native('FileType', '*args, **kwargs', (_, inner) =>
        native('FileType', 'string', () => inner.unknown(l10n.t('Files that the program opens are not read'))),
      ),
    ],
  ];
});

// The module `yaml` (PyYAML): texts are read by our own reader, and mean what PyYAML's SafeLoader makes of them.
import * as l10n from '@vscode/l10n';
import type { Entry, Mapping, Scalar, YamlNode } from '../../syntax/tree.ts';
import { isMerge, resolved } from '../../syntax/tree.ts';
import { type ParsedText, parseYaml } from '../../syntax/yaml.ts';
import { isFloat, value11 } from '../../syntax/yaml11.ts';
import { typeName } from '../builtins/classes.ts';
import { textOf } from '../builtins/conversions.ts';
import { put } from '../builtins/dict.ts';
import { maxDepth, tooDeep, unsupported } from '../builtins/limits.ts';
import { int } from '../builtins/numbers.ts';
import { rest, writeInto } from '../builtins/open.ts';
import type { Machine } from '../machine.ts';
import { native, nativeClass, nativeSteps } from '../native.ts';
import {
  type Native,
  PyBytes,
  type PyClass,
  PyClassMethod,
  PyDict,
  PyFloat,
  PyList,
  type Steps,
  Unknown,
  type Value,
} from '../objects.ts';
import { missing, moduleOf, quiet } from './module.ts';

/** Loaders that construct plain values alone, or as SafeLoader does for what it knows. */
const loaders = [
  'SafeLoader',
  'FullLoader',
  'Loader',
  'UnsafeLoader',
  'CSafeLoader',
  'CFullLoader',
  'CLoader',
  'CUnsafeLoader',
];

/** What changes what a text means to a loader. */
const changes = ['add_constructor', 'add_multi_constructor', 'add_implicit_resolver', 'add_path_resolver'];

/** PyYAML's constructors refuse other kinds of collections, and make other values of them. */
const plainTags = /^!!(?:seq|map|str|int|float|bool|null)$/;

/** A date, with or without a time: resolver.py. */
const timestamp =
  /^(?:\d{4}-\d\d-\d\d|\d{4}-\d\d?-\d\d?(?:[Tt]|[ \t]+)\d\d?:\d\d:\d\d(?:\.\d*)?(?:[ \t]*(?:Z|[-+]\d\d?(?::\d\d)?))?)$/;

const parsed = new Map<string, ParsedText>();
const mostParsed = 16;

/** The tree of a text; those of the last texts are remembered. */
function treeOf(text: string): ParsedText {
  let tree = parsed.get(text);
  parsed.delete(text);
  tree ??= parseYaml(text);
  parsed.set(text, tree);
  if (parsed.size > mostParsed) parsed.delete(parsed.keys().next().value!);
  return tree;
}

/** Thrown inside where a text means something that is not known. */
class NotKnown extends Error {
  readonly unknown: Unknown;

  constructor(unknown: Unknown) {
    super(unknown.reason.message);
    this.unknown = unknown;
  }
}

/** A text as the values that PyYAML makes of it. */
function load(text: string, machine: Machine): Value {
  machine.charge(text.length);
  const { value: root, problems } = treeOf(text);
  const refusal = problems.find(({ severity }) => severity === 'error');
  if (refusal) return machine.unknown(l10n.t('The YAML text cannot be read: {0}', refusal.message));
  return valueOfYaml(root, machine, /[\r\n]$/.test(text) ? undefined : text.length);
}

/**
 * A tree as the values that PyYAML makes of it. An alias is the same object as its anchor. `unended` is where the text ends
 * if not by a line break: block text that ends there has none either.
 */
export function valueOfYaml(root: YamlNode | undefined, machine: Machine, unended?: number): Value {
  if (root === undefined) return null;
  const known = new Map<YamlNode, Value>();
  const merged = new Map<Mapping, readonly Entry[]>();

  const construct = (node: YamlNode, depth: number): Value => {
    const target = resolved(node);
    if (!target) throw new NotKnown(machine.unknown(l10n.t('The YAML text cannot be read: {0}', 'alias')));
    const before = known.get(target);
    if (before !== undefined) return before;
    if (depth > maxDepth) throw new NotKnown(tooDeep(machine));
    if (target.tag !== undefined && !plainTags.test(target.tag) && target.tag !== '!')
      throw new NotKnown(unsupported(machine, `YAML ${target.tag}`));
    if (target.kind === 'scalar') {
      return target.style === 'block' && target.to === unended
        ? target.text.replace(/\n$/, '')
        : scalar(target, machine);
    }
    machine.charge(1);
    if (target.kind === 'sequence') {
      const list = new PyList([]);
      known.set(target, list);
      for (const item of target.items) list.items.push(construct(item, depth + 1));
      return list;
    }
    const dict = new PyDict();
    known.set(target, dict);
    for (const entry of flattened(target, 0)) {
      put(dict, construct(entry.key, depth + 1), construct(entry.value, depth + 1), machine);
    }
    return dict;
  };

  /** SafeConstructor.flatten_mapping: what is merged comes first, and what stands later counts. */
  const flattened = (mapping: Mapping, depth: number): readonly Entry[] => {
    const written = mapping.written ?? mapping.entries;
    if (!mapping.merges) return written;
    const before = merged.get(mapping);
    if (before) return before;
    if (depth > maxDepth) throw new NotKnown(tooDeep(machine));
    const own: Entry[] = [];
    const others: Entry[] = [];
    for (const entry of written) {
      if (!isMerge(entry)) {
        own.push(entry);
        continue;
      }
      const value = resolved(entry.value);
      const items = value?.kind === 'sequence' ? value.items.map(resolved).reverse() : [value];
      for (const item of items) {
        if (item?.kind !== 'mapping')
          throw machine.raise('ValueError', 'expected a mapping or list of mappings for merging');
        others.push(...flattened(item, depth + 1));
      }
      machine.charge(others.length);
    }
    const all = [...others, ...own];
    merged.set(mapping, all);
    return all;
  };

  try {
    return construct(root, 0);
  } catch (error) {
    if (error instanceof NotKnown) return error.unknown;
    throw error;
  }
}

function scalar(node: Scalar, machine: Machine): Value {
  const { text, tag } = node;
  const value = value11(node);
  const kind = tag?.slice(2);
  if (kind !== undefined && kind !== 'str' && tag !== '!') {
    const fits =
      kind === 'float'
        ? isFloat(node)
        : kind === 'int'
          ? typeof value === 'number' && !isFloat(node)
          : kind === 'bool'
            ? typeof value === 'boolean'
            : value === null;
    if (kind === 'float' && typeof value === 'number') return new PyFloat(value);
    // `!!float 2e-4`, which is text without the tag.
    if (kind === 'float' && /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i.test(text)) return new PyFloat(Number(text));
    if (!fits) throw new NotKnown(unsupported(machine, `YAML ${tag} ${text.slice(0, 40)}`));
  }
  if (typeof value !== 'number') {
    if (typeof value === 'string' && node.style === 'plain' && timestamp.test(value))
      throw new NotKnown(unsupported(machine, `YAML ${value}`));
    return value;
  }
  if (isFloat(node)) return new PyFloat(value);
  if (Number.isSafeInteger(value)) return value === 0 ? 0 : value;
  const digits = text.replaceAll('_', '').replace(/^[-+]/, '');
  if (!/^[1-9]\d*$/.test(digits)) throw new NotKnown(unsupported(machine, `YAML ${text.slice(0, 40)}`));
  return int(BigInt(digits) * (text.startsWith('-') ? -1n : 1n));
}

/** The text of what is loaded: a str, bytes, or an open file. */
function* source(stream: Value, machine: Machine): Steps<string | Unknown> {
  if (stream instanceof Unknown) return stream;
  const left = rest(stream);
  const value =
    left ?? (textOf(stream) === undefined && !(stream instanceof PyBytes) ? yield* read(stream, machine) : stream);
  if (value instanceof Unknown) return value;
  if (value instanceof PyBytes) return decoded(value.text) ?? unsupported(machine, 'yaml.load(bytes)');
  return textOf(value) ?? unsupported(machine, `yaml.load(${typeName(value, machine)})`);
}

function* read(stream: Value, machine: Machine): Steps {
  return yield* machine.call(yield* machine.getAttribute(stream, 'read'), []);
}

/** UTF-8 as a text; undefined for what is none. */
function decoded(bytes: string): string | undefined {
  try {
    return decodeURIComponent(
      bytes.replace(/[%\x80-\xff]/g, sign => `%${sign.charCodeAt(0).toString(16).padStart(2, '0')}`),
    );
  } catch {
    return undefined;
  }
}

function* loaded(stream: Value, machine: Machine): Steps {
  const text = yield* source(stream, machine);
  return text instanceof Unknown ? text : load(text, machine);
}

export const yaml = moduleOf('yaml', machine => {
  const changed = new Set<Value>();
  // From then on a text may mean anything to it.
  const change = (name: string): PyClassMethod =>
    new PyClassMethod(
      native(name, 'cls, *args, **kwargs', ([cls]) => {
        changed.add(cls!);
        return null;
      }),
    );
  const classes = new Map(
    loaders.map(name => {
      const members = Object.fromEntries(changes.map(each => [each, change(each)]));
      return [name, nativeClass(machine, name, [], members, { module: 'yaml.loader' })] as const;
    }),
  );
  const asSafe = (loader: Value): boolean => {
    for (const cls of classes.values()) if (cls === loader) return !changed.has(cls);
    return false;
  };
  const base = machine.builtin('Exception') as PyClass;
  const error = nativeClass(machine, 'YAMLError', [base], {}, { module: 'yaml.error' });
  const safely = (name: string): Native =>
    nativeSteps(name, 'stream', function* ([stream], inner) {
      if (!asSafe(classes.get('SafeLoader')!)) return unsupported(inner, `yaml.${name}()`);
      return yield* loaded(stream!, inner);
    });
  const dump = (name: string): Native =>
    native(name, 'data, stream=None, *args, **kwargs', ([, stream], inner) => {
      const text = unsupported(inner, `yaml.${name}()`);
      return stream !== null && writeInto(stream!, text, inner) ? null : stream === null ? text : null;
    });
  return [
    Object.fromEntries(classes),
    { YAMLError: error, __version__: '6.0.3', __with_libyaml__: true },
    Object.fromEntries(
      ['MarkedYAMLError', 'ScannerError', 'ParserError', 'ConstructorError'].map(name => [
        name,
        nativeClass(machine, name, [error], {}, { module: 'yaml.error' }),
      ]),
    ),
    [
      nativeSteps('load', 'stream, Loader', function* ([stream, loader], inner) {
        if (loader instanceof Unknown) return loader;
        if (!asSafe(loader!)) return unsupported(inner, 'yaml.load(Loader=…)');
        return yield* loaded(stream!, inner);
      }),
      ...['safe_load', 'full_load', 'unsafe_load'].map(safely),
      ...['safe_load_all', 'full_load_all'].map(name =>
        nativeSteps(name, 'stream', function* ([stream], inner) {
          const value = yield* loaded(stream!, inner);
          return value instanceof Unknown ? value : new PyList([value]);
        }),
      ),
      ...['dump', 'safe_dump', 'dump_all', 'safe_dump_all'].map(dump),
      ...changes.map(name =>
        native(name, '*args, **kwargs', () => {
          for (const cls of classes.values()) changed.add(cls);
          return null;
        }),
      ),
    ],
    quiet('add_representer', 'add_multi_representer'),
    missing('yaml', 'load_all', 'parse', 'compose', 'compose_all', 'scan', 'emit', 'serialize'),
  ];
});

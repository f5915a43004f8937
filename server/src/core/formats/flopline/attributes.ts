// Reads one attribute of an operator from its value in the text, as the attribute's own description says.
import type { Tensor } from '../../graph/graph.ts';
import type { AttrSpec } from '../../ops/index.ts';
import { resolved, type YamlNode } from '../../syntax/tree.ts';
import { suggestion } from '../../text/spelling.ts';
import { described, type Value } from './expression.ts';
import type { Scope, Values } from './values.ts';

/** What a reader needs to know about the row. */
export interface Reading {
  readonly values: Values;
  readonly scope: Scope;
  readonly input: readonly Tensor[];
  /** Spatial dimensions of the input, 1 at least. */
  readonly dimensions: number;
}

/** What was read of something that is no number and cannot be read; the problem is told. Numbers are NaN then. */
export const unreadable = Symbol('unreadable');

export interface Attribute {
  readonly name: string;
  readonly spec: AttrSpec;
  readonly required: boolean;
  read(node: YamlNode, reading: Reading): unknown;
  /** What it is where nothing is written: its default, or NaN. */
  otherwise(dimensions: number): unknown;
}

export function attributeOf(name: string, spec: AttrSpec): Attribute {
  return {
    name,
    spec,
    required: !('default' in spec),
    read: readerOf(name, spec),
    otherwise: dimensions => otherwise(spec, dimensions),
  };
}

function otherwise(spec: AttrSpec, dimensions: number): unknown {
  if ('default' in spec) {
    return typeof spec.default === 'number' && spec.spatial ? same(spec.default, dimensions) : spec.default;
  }
  switch (spec.kind) {
    case 'int':
    case 'number':
    case 'axis':
      return Number.NaN;
    case 'ints':
    case 'numbers':
    case 'axes':
    case 'shape':
      return same(Number.NaN, spec.spatial ? dimensions : 1);
    case 'boolean':
      return false;
    case 'choice':
      return spec.values?.[0];
  }
}

type Read = Attribute['read'];

function readerOf(name: string, spec: AttrSpec): Read {
  switch (spec.kind) {
    case 'int':
    case 'axis': {
      const least = spec.kind === 'axis' ? Number.NEGATIVE_INFINITY : (spec.min ?? Number.NEGATIVE_INFINITY);
      return (node, reading) => {
        const quick = digits(node);
        if (quick >= 0 && quick >= least) return quick;
        const value = read(node, reading);
        if (value === null) return otherwise(spec, 1);
        return value === undefined ? Number.NaN : checked(name, spec, value, node, reading);
      };
    }
    case 'number':
      return (node, reading) => {
        const value = read(node, reading);
        if (value === null) return otherwise(spec, 1);
        return value === undefined ? Number.NaN : checked(name, spec, value, node, reading);
      };
    case 'ints':
    case 'numbers':
      return spec.spatial
        ? (node, reading) => readSpatial(name, spec, node, reading)
        : (node, reading) => readList(name, spec, node, reading);
    case 'axes':
    case 'shape':
      return (node, reading) => readList(name, spec, node, reading);
    case 'boolean':
      return (node, reading) => {
        const value = read(node, reading);
        if (typeof value === 'boolean') return value;
        if (value === null) return otherwise(spec, 1);
        if (value !== undefined) tell(node, reading, `“${name}” is ${described(value)}, but it is true or false.`);
        return unreadable;
      };
    case 'choice':
      return (node, reading) => {
        const value = read(node, reading);
        if (typeof value === 'string' && spec.values!.includes(value)) return value;
        if (value === null) return otherwise(spec, 1);
        if (value !== undefined) {
          const meant = typeof value === 'string' ? suggestion(value, spec.values!) : '';
          tell(node, reading, `“${name}” is ${described(value)}, but it is one of ${spec.values!.join(', ')}.${meant}`);
        }
        return unreadable;
      };
  }
}

/** One entry for each spatial dimension; one number stands for all. */
function readSpatial(name: string, spec: AttrSpec, node: YamlNode, reading: Reading): readonly number[] | undefined {
  const { dimensions } = reading;
  const quick = digits(node);
  if (quick >= 0 && quick >= (spec.min ?? 0)) return same(quick, dimensions);
  const value = read(node, reading);
  if (value === undefined) return same(Number.NaN, dimensions);
  if (value === null) return otherwise(spec, dimensions) as readonly number[] | undefined;
  if (typeof value !== 'object') return same(checked(name, spec, value, node, reading), dimensions);
  if (value.length === 1) return same(checked(name, spec, value[0]!, node, reading), dimensions);
  if (value.length === dimensions) return value.map(item => checked(name, spec, item, node, reading));
  tell(
    node,
    reading,
    `“${name}” has ${value.length} entries, but the input has ${dimensions} dimension${dimensions === 1 ? '' : 's'} besides batch and channels. Give one number for all, or one for each.`,
  );
  return same(Number.NaN, dimensions);
}

function readList(name: string, spec: AttrSpec, node: YamlNode, reading: Reading): readonly number[] {
  const value = read(node, reading);
  if (value === undefined) return [Number.NaN];
  if (value === null) return otherwise(spec, 1) as readonly number[];
  const list = typeof value === 'object' ? value : [value];
  return list.map(item => checked(name, spec, item, node, reading));
}

/** A number that the attribute may have; NaN, and told, where it is another or none. */
function checked(name: string, spec: AttrSpec, value: Value, node: YamlNode, reading: Reading): number {
  const whole = spec.kind !== 'number' && spec.kind !== 'numbers';
  if (typeof value === 'number') {
    // An unknown size that an expression passes on is no mistake of the row.
    if (Number.isNaN(value) && isExpression(node)) return value;
    // A slice may end at infinity.
    if (Math.abs(value) === Number.POSITIVE_INFINITY && Math.abs(spec.default as number) === value) return value;
    const proper = whole ? Number.isSafeInteger(value) : Number.isFinite(value);
    if (proper && (spec.min === undefined || value >= spec.min)) return value;
  }
  const wanted = whole ? 'a whole number' : 'a number';
  const from = spec.min === undefined ? '' : ` from ${spec.min}`;
  tell(node, reading, `“${name}” is ${described(value)}, but it is ${wanted}${from}. ${spec.doc()}`);
  return Number.NaN;
}

function read(node: YamlNode, { values, scope, input }: Reading): Value | undefined {
  return values.of(node, scope, input);
}

function tell(node: YamlNode, { values }: Reading, message: string): void {
  values.wrong(node, message);
}

function isExpression(node: YamlNode): boolean {
  const target = resolved(node);
  if (target?.kind === 'scalar') return target.text.startsWith('$');
  return target?.kind === 'sequence' && target.items.some(isExpression);
}

/** Most values are a few plain digits; −1 where it takes a longer look. */
function digits(node: YamlNode): number {
  if (node.kind !== 'scalar' || node.style !== 'plain') return -1;
  const { text } = node;
  if (text.length === 0 || text.length > 9) return -1;
  let number = 0;
  for (let at = 0; at < text.length; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return -1;
    number = number * 10 + digit;
  }
  // `007` is no number of YAML's.
  return text.length > 1 && text.charCodeAt(0) === 48 ? -1 : number;
}

const shared: (readonly number[])[][] = [];

/** The same number for each dimension; small ones are shared between rows. */
export function same(value: number, dimensions: number): readonly number[] {
  if (!(value >= 0 && value < 32 && Number.isInteger(value)) || dimensions > 3) return Array(dimensions).fill(value);
  shared[dimensions] ??= [];
  const list = shared[dimensions];
  list[value] ??= Array(dimensions).fill(value);
  return list[value];
}

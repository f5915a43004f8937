// Reads the value of one attribute, according to the attribute's own description.
import * as l10n from '@vscode/l10n';
import type { Tensor } from '../../graph/graph.ts';
import type { AttrSpec } from '../../ops/index.ts';
import { resolved, type YamlNode } from '../../syntax/tree.ts';
import { described, type Value } from './expression.ts';
import { type Report, reportChoice } from './report.ts';
import type { Scope, Values } from './values.ts';

/** The row's context that is needed to read an attribute. */
export interface Reading {
  readonly values: Values;
  readonly report: Report;
  readonly scope: Scope;
  readonly input: readonly Tensor[];
  /** Spatial dimensions of the input, at least 1. */
  readonly dimensions: number;
}

/** The result for a non-numeric value that is invalid, which is reported. Invalid numbers are NaN. */
export const unreadable = Symbol('unreadable');

export interface Attribute {
  readonly name: string;
  readonly spec: AttrSpec;
  readonly required: boolean;
  read(node: YamlNode, reading: Reading): unknown;
  /** The default; NaN if the attribute is required. */
  default(dimensions: number): unknown;
}

export function attributeOf(name: string, spec: AttrSpec): Attribute {
  return {
    name,
    spec,
    required: !('default' in spec),
    read: readerOf(name, spec),
    default: dimensions => defaultOf(spec, dimensions),
  };
}

function defaultOf(spec: AttrSpec, dimensions: number): unknown {
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
        if (value === null) return defaultOf(spec, 1);
        return value === undefined ? Number.NaN : checked(name, spec, value, node, reading);
      };
    }
    case 'number':
      return (node, reading) => {
        const value = read(node, reading);
        if (value === null) return defaultOf(spec, 1);
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
        if (value === null) return defaultOf(spec, 1);
        if (value !== undefined)
          reading.report(
            node,
            'not-a-boolean',
            l10n.t('“{0}” must be true or false, not {1}.', name, described(value)),
          );
        return unreadable;
      };
    case 'choice':
      return (node, reading) => {
        const value = read(node, reading);
        if (typeof value === 'string' && spec.values!.includes(value)) return value;
        if (value === null) return defaultOf(spec, 1);
        if (value !== undefined) {
          reportChoice(reading.report, node, name, value, spec.values!);
        }
        return unreadable;
      };
  }
}

/** One entry per spatial dimension; a single number applies to all. */
function readSpatial(name: string, spec: AttrSpec, node: YamlNode, reading: Reading): readonly number[] | undefined {
  const { dimensions } = reading;
  const quick = digits(node);
  if (quick >= 0 && quick >= (spec.min ?? 0)) return same(quick, dimensions);
  const value = read(node, reading);
  if (value === undefined) return same(Number.NaN, dimensions);
  if (value === null) return defaultOf(spec, dimensions) as readonly number[] | undefined;
  if (typeof value !== 'object') return same(checked(name, spec, value, node, reading), dimensions);
  if (value.length === 1) return same(checked(name, spec, value[0]!, node, reading), dimensions);
  if (value.length === dimensions) return value.map(item => checked(name, spec, item, node, reading));
  const message =
    dimensions === 1
      ? l10n.t('“{0}” has {1} values, but the input has 1 spatial dimension.', name, value.length)
      : l10n.t('“{0}” has {1} values, but the input has {2} spatial dimensions.', name, value.length, dimensions);
  reading.report(node, 'value-per-dimension', message, {
    help: l10n.t('Give one value for all dimensions, or one for each.'),
  });
  return same(Number.NaN, dimensions);
}

function readList(name: string, spec: AttrSpec, node: YamlNode, reading: Reading): readonly number[] {
  const value = read(node, reading);
  if (value === undefined) return [Number.NaN];
  if (value === null) return defaultOf(spec, 1) as readonly number[];
  const list = typeof value === 'object' ? value : [value];
  return list.map(item => checked(name, spec, item, node, reading));
}

/** A number within the attribute's limits; NaN for anything else, which is reported. */
function checked(name: string, spec: AttrSpec, value: Value, node: YamlNode, reading: Reading): number {
  const whole = spec.kind !== 'number' && spec.kind !== 'numbers';
  const isAnyNumber = spec.min === undefined;
  if (typeof value === 'number') {
    // An unknown size that an expression passes on is not an error of the row.
    if (Number.isNaN(value) && hasExpression(node)) return value;
    // A slice may end at infinity.
    if (Math.abs(value) === Number.POSITIVE_INFINITY && Math.abs(spec.default as number) === value) return value;
    const proper = whole ? Number.isSafeInteger(value) : Number.isFinite(value);
    if (proper && (spec.min === undefined || value >= spec.min)) return value;
  }
  const message = isAnyNumber
    ? whole
      ? l10n.t('“{0}” must be a whole number, not {1}.', name, described(value))
      : l10n.t('“{0}” must be a number, not {1}.', name, described(value))
    : whole
      ? l10n.t('“{0}” must be a whole number ≥ {1}, not {2}.', name, spec.min!, described(value))
      : l10n.t('“{0}” must be a number ≥ {1}, not {2}.', name, spec.min!, described(value));
  const code =
    typeof value !== 'number' || (!whole && !Number.isFinite(value))
      ? 'not-a-number'
      : whole && !Number.isSafeInteger(value)
        ? 'not-a-whole-number'
        : 'value-below-minimum';
  reading.report(node, code, message, { help: spec.doc() });
  return Number.NaN;
}

function read(node: YamlNode, { values, scope, input }: Reading): Value | undefined {
  return values.of(node, scope, input);
}

function hasExpression(node: YamlNode): boolean {
  const target = resolved(node);
  if (target?.kind === 'scalar') return target.text.startsWith('$');
  return target?.kind === 'sequence' && target.items.some(hasExpression);
}

/** A fast path: most values are a few plain digits. −1 for anything else. */
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
  // `007` is not a number in YAML.
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

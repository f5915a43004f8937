// Types for values of the project file: how a value is read, its JSON Schema, and what it contains. The reader, the
// schema, completion, hovers and docs are all derived from these.
import * as l10n from '@vscode/l10n';
import { allEntries, type Entry, resolved, scalarValue, type YamlNode } from '../syntax/tree.ts';
import type { Problem } from '../text/problem.ts';
import type { Range } from '../text/range.ts';
import { didYouMean, respelling, suggested } from '../text/spelling.ts';
import { amountExample, type Quantity, quantityWords, readAmount } from '../text/units.ts';
import { clip } from '../text/wording.ts';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** Reports a problem at a range. */
export type Report = (
  range: Range,
  code: string,
  message: string,
  more?: Partial<Pick<Problem, 'help' | 'fixes' | 'severity'>>,
) => void;

export function reportTo(problems: Problem[]): Report {
  return ({ from, to }, code, message, more) =>
    problems.push({ range: { from, to }, severity: 'error', code, message, ...more });
}

/** A value with its range in the text. */
export interface Located<T> {
  readonly value: T;
  readonly range: Range;
}

export interface Shape<T> {
  /** Reads a value; undefined if it is of another type, which is reported. `owner` is the key. */
  read(node: YamlNode, report: Report, owner: string): T | undefined;
  readonly schema: () => JsonSchema;
  /** The keys of a mapping with a fixed set of keys. */
  readonly fields?: Fields;
  /** The type of list items, or of the values in a mapping with user-defined keys. */
  readonly inside?: Shape<unknown>;
  /** Whether `inside` refers to values with user-defined keys. */
  readonly isNamed?: true;
  /** The allowed words. */
  readonly words?: readonly string[];
}

/** A key of a mapping. */
export interface Field<T> {
  readonly doc: () => string;
  readonly shape: Shape<T>;
  /** An example of a value. */
  readonly example: string;
}

export type Fields = Readonly<Record<string, Field<unknown>>>;

const place = ({ from, to }: Range): Range => ({ from, to });

/** The same, with the range of the value. */
export function located<T>(shape: Shape<T>): Shape<Located<T>> {
  return {
    ...shape,
    read: (node, report, owner) => {
      const value = shape.read(node, report, owner);
      return value === undefined ? undefined : { value, range: place(node) };
    },
  };
}

/** A string, such as a path or a name. */
export function text(): Shape<string> {
  return {
    read: (node, report, owner) => {
      const target = resolved(node);
      if (target?.kind === 'scalar' && target.text.trim() !== '') return target.text;
      if (target) wrongValue(report, node, l10n.t('`{0}` must be a string.', owner));
      return undefined;
    },
    schema: () => ({ type: ['string', 'number'] }),
  };
}

/** A quantity with an SI prefix. */
export function amount(quantity: Quantity): Shape<number> {
  return {
    read: (node, report, owner) => {
      const target = resolved(node);
      const value = target?.kind === 'scalar' ? readAmount(target.text, quantity) : undefined;
      if (value !== undefined || !target) return value;
      const example = l10n.t('For example: {0}.', `${owner}: ${amountExample(quantity)}`);
      const isFlops = quantity === 'macs' && target.kind === 'scalar' && /flops?\s*$/i.test(target.text);
      const written = target.kind === 'scalar' ? clip(target.text, 40) : undefined;
      const message =
        written === undefined
          ? l10n.t('`{0}` must be {1}.', owner, quantityWords(quantity))
          : l10n.t('`{0}` must be {1} above 0, not “{2}”.', owner, quantityWords(quantity), written);
      const help = isFlops ? `${l10n.t('1 MAC is 2 FLOPs.')} ${example}` : example;
      report(node, 'wrong-amount', message, { help });
      return undefined;
    },
    schema: () => ({
      anyOf: [
        { type: 'number', exclusiveMinimum: 0 },
        { type: 'string', pattern: '^\\s*[\\d.]' },
      ],
      examples: [amountExample(quantity)],
    }),
  };
}

/** A list; a single value counts as a list of one. */
export function listOf<T>(of: Shape<T>): Shape<readonly T[]> {
  return {
    inside: of,
    read: (node, report, owner) => {
      const target = resolved(node);
      if (!target) return undefined;
      if (target.kind === 'sequence') return target.items.flatMap(item => of.read(item, report, owner) ?? []);
      const value = of.read(node, report, owner);
      return value === undefined ? undefined : [value];
    },
    schema: () => ({ anyOf: [{ type: 'array', items: of.schema() }, of.schema()] }),
  };
}

/** A list of mappings. */
export function entriesOf<T>(of: Shape<T>, example: string): Shape<readonly T[]> {
  return {
    inside: of,
    read: (node, report, owner) => {
      const target = resolved(node);
      if (!target || isNothing(node)) return [];
      if (target.kind === 'sequence') return target.items.flatMap(item => of.read(item, report, owner) ?? []);
      wrongValue(report, node, l10n.t('`{0}` must be a list.', owner), l10n.t('For example: {0}.', example));
      return undefined;
    },
    schema: () => ({ type: ['array', 'null'], items: of.schema() }),
  };
}

/** A mapping with user-defined keys. */
export function namesOf<T>(of: Shape<T>, example: string): Shape<ReadonlyMap<string, Located<T>>> {
  return {
    inside: of,
    isNamed: true,
    read: (node, report, owner) => {
      const found = new Map<string, Located<T>>();
      for (const [name, { key, value }] of entriesIn(node, report, owner, example)) {
        const read = of.read(value, report, name);
        if (read !== undefined) found.set(name, { value: read, range: { from: key.from, to: key.to } });
      }
      return found;
    },
    schema: () => ({ type: ['object', 'null'], additionalProperties: of.schema() }),
  };
}

/** A mapping with a fixed set of keys, all optional. */
export function mapping<T extends object>(
  fields: { readonly [K in keyof T & string]-?: Field<Exclude<T[K], undefined>> },
  example: string,
  check?: (value: Partial<T>, node: YamlNode, report: Report) => void,
): Shape<Partial<T>> {
  const known = fields as unknown as Fields;
  return {
    fields: known,
    read: (node, report, owner) => {
      const value: Record<string, unknown> = {};
      for (const [name, { key, value: node_ }] of entriesIn(node, report, owner, example)) {
        const field = Object.hasOwn(known, name) ? known[name] : undefined;
        if (field) {
          const read = field.shape.read(node_, report, name);
          if (read !== undefined) value[name] = read;
          continue;
        }
        const names = Object.keys(known);
        const meant = didYouMean(name, names);
        const message =
          owner === ''
            ? l10n.t('`flopline.yaml` does not have a key “{0}”.', clip(name, 60))
            : l10n.t('“{0}” does not have a key “{1}”.', owner, clip(name, 60));
        report(key, 'unknown-key', message, {
          help: `${suggested(meant)} ${l10n.t('The keys are {0}.', names.join(', '))}`.trim(),
          ...respelling(name, meant, key),
        });
      }
      check?.(value as Partial<T>, node, report);
      return value as Partial<T>;
    },
    schema: () => ({
      type: ['object', 'null'],
      properties: Object.fromEntries(
        Object.entries(known).map(([name, { doc, shape }]) => [name, { description: doc(), ...shape.schema() }]),
      ),
      additionalProperties: false,
    }),
  };
}

/** The entries of a mapping by key; reports a value that is not a mapping. */
function entriesIn(
  node: YamlNode,
  report: Report,
  owner: string,
  example: string,
): readonly (readonly [name: string, entry: Entry])[] {
  const target = resolved(node);
  if (!target || isNothing(node)) return [];
  if (target.kind !== 'mapping') {
    const help = l10n.t('For example: {0}.', example);
    const message =
      owner === '' ? l10n.t('This file must have keys at its top.') : l10n.t('`{0}` must have keys of its own.', owner);
    wrongValue(report, node, message, help);
    return [];
  }
  return allEntries(target).flatMap(entry => {
    if (entry.key.kind === 'scalar') return [[entry.key.text, entry] as const];
    wrongValue(report, entry.key, l10n.t('A key must be a word.'));
    return [];
  });
}

export function wrongValue(report: Report, node: Range, message: string, help?: string): void {
  report(node, 'wrong-project-value', message, help === undefined ? {} : { help });
}

/** Whether the value is empty. */
export function isNothing(node: YamlNode): boolean {
  const target = resolved(node);
  return target?.kind === 'scalar' && scalarValue(target) === null;
}

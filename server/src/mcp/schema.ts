// The subset of JSON Schema that tools need, and the validation of arguments with readable messages.
import * as l10n from '@vscode/l10n';
import { sentences, suggestion } from '../core/index.ts';

export interface Schema {
  readonly type: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean' | readonly string[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean;
  readonly items?: Schema;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly default?: unknown;
}

type Described = (description?: string) => Schema;

const described =
  (schema: Schema): Described =>
  description =>
    description === undefined ? schema : { ...schema, description };

export const text: Described = described({ type: 'string' });
export const flag: Described = described({ type: 'boolean' });
export const count: Described = described({ type: 'integer', minimum: 0 });
/** Null if unknown. */
export const amount: Described = described({ type: ['integer', 'null'] });

export function list(items: Schema, description?: string): Schema {
  return { type: 'array', items, ...(description === undefined ? {} : { description }) };
}

/** An object of arguments; unknown ones are errors. */
export function takes(properties: Readonly<Record<string, Schema>>, ...required: readonly string[]): Schema {
  return { type: 'object', properties, required, additionalProperties: false };
}

/** An object in an answer; it may have more properties. */
export function has(properties: Readonly<Record<string, Schema>>, ...required: readonly string[]): Schema {
  return { type: 'object', properties, ...(required.length > 0 ? { required } : {}) };
}

/** What is wrong with an argument, as a sentence; undefined if it is valid. */
export function complaint(value: unknown, schema: Schema, name = ''): string | undefined {
  switch (schema.type) {
    case 'object': {
      if (typeof value !== 'object' || value === null || Array.isArray(value))
        return name === '' ? l10n.t('The arguments must be an object.') : l10n.t('“{0}” must be an object.', name);
      const { properties = {}, required = [] } = schema;
      const own = (key: string): string => (name === '' ? key : `${name}.${key}`);
      for (const key of Object.keys(value))
        if (!Object.hasOwn(properties, key))
          return sentences(l10n.t('There is no argument “{0}”.', own(key)), suggestion(key, Object.keys(properties)));
      for (const key of required)
        if (!Object.hasOwn(value, key)) return l10n.t('The argument “{0}” is missing.', own(key));
      for (const [key, part] of Object.entries(value)) {
        const found = complaint(part, properties[key]!, own(key));
        if (found !== undefined) return found;
      }
      return undefined;
    }
    case 'string':
      if (typeof value !== 'string') return l10n.t('“{0}” must be a string.', name);
      return schema.enum && !schema.enum.includes(value)
        ? l10n.t('“{0}” must be one of {1}, not “{2}”.', name, schema.enum.join(', '), value)
        : undefined;
    case 'boolean':
      return typeof value === 'boolean' ? undefined : l10n.t('“{0}” must be true or false.', name);
    case 'integer': {
      const { minimum = 0, maximum = Number.MAX_SAFE_INTEGER } = schema;
      const isFine = Number.isInteger(value) && (value as number) >= minimum && (value as number) <= maximum;
      return isFine ? undefined : l10n.t('“{0}” must be a whole number ≥ {1}.', name, minimum);
    }
    default:
      return undefined;
  }
}

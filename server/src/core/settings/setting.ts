// What a setting consists of, and the types of values.

import * as l10n from '@vscode/l10n';
import type { InputSize } from '../formats/index.ts';
import { exact } from '../text/quantity.ts';
import { sentences } from '../text/sentences.ts';
import { suggestion } from '../text/spelling.ts';

/** One setting: a key in settings.json, in comments, and an option of the command line. */
export interface Setting<T> extends Words {
  readonly default: T;
  /** The schema of its value in settings.json. */
  readonly schema: Schema;
  /** Reads a value from settings.json, or the text of an option or comment. */
  readonly read: (written: unknown) => ReadValue<T>;
}

/** A value, or what is wrong with it. */
export type ReadValue<T> = { readonly value: T } | WrongValue;

/** What is wrong, and what to write instead: a sentence each. */
export interface WrongValue {
  readonly message: string;
  readonly help: string;
}

/** The schema for package.json. */
export interface Schema {
  readonly type: 'boolean' | 'integer' | 'number' | 'string';
  readonly default: boolean | number | string;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
}

export interface Words {
  /** What it does, in Markdown. */
  readonly doc: () => string;
  /** The description of each value in `enum`. */
  readonly values?: () => readonly string[];
  /** The error message for a wrong value; default: a generic one. */
  readonly wrong?: (written: string) => string;
  /** If comments can set it: an example of a value. */
  readonly comment?: string;
  /** If the command line has an option: its placeholder, such as `SIZE` in `--input SIZE`. */
  readonly option?: string;
}

export function flag(value: boolean, words: Words): Setting<boolean> {
  return setting({ type: 'boolean', default: value }, value, words, written => {
    if (typeof written === 'boolean') return written;
    return written === 'true' ? true : written === 'false' ? false : () => l10n.t('Use true or false.');
  });
}

export function number(
  type: 'integer' | 'number',
  value: number,
  limits: { readonly minimum: number; readonly maximum?: number },
  words: Words,
): Setting<number> {
  const { minimum, maximum } = limits;
  return setting({ type, default: value, ...limits }, value, words, written => {
    const read = numberOf(written);
    const fits = type === 'integer' ? Number.isSafeInteger(read) : Number.isFinite(read);
    if (fits && read >= minimum && read <= (maximum ?? read)) return read;
    const [from, to] = [exact(minimum), maximum === undefined ? undefined : exact(maximum)];
    if (type === 'number')
      return () =>
        to === undefined ? l10n.t('Use a number ≥ {0}.', from) : l10n.t('Use a number from {0} to {1}.', from, to);
    return () =>
      to === undefined
        ? l10n.t('Use a whole number ≥ {0}.', from)
        : l10n.t('Use a whole number from {0} to {1}.', from, to);
  });
}

/** One of several names, case-insensitive. */
export function oneOf<T extends string>(value: T, names: readonly T[], words: Words): Setting<T> {
  return setting({ type: 'string', enum: names, default: value }, value, words, written => {
    if (typeof written !== 'string') return () => useOneOf(names);
    const found = names.find(name => name.toLowerCase() === written.toLowerCase());
    return found ?? (() => sentences(suggestion(written, names), useOneOf(names)));
  });
}

export function text(value: string, words: Words): Setting<string> {
  return setting({ type: 'string', default: value }, value, words, written =>
    typeof written === 'string' ? written : () => l10n.t('Use a string.'),
  );
}

/** Like `oneOf`, or empty for the default. */
export function optional<T extends string>({ schema, read, ...words }: Setting<T>): Setting<T | undefined> {
  return {
    ...words,
    default: undefined,
    schema: { ...schema, default: '', ...(schema.enum && { enum: ['', ...schema.enum] }) },
    read: written => (written === '' ? { value: undefined } : read(written)),
  };
}

/** `3,320,320`, `3x320x320`, `image=1,3,320,320` or `1,128:int64`; several are separated by `;`. */
export function inputSizes(words: Words): Setting<readonly InputSize[]> {
  return setting<readonly InputSize[]>({ type: 'string', default: '' }, [], words, written => {
    if (typeof written !== 'string') return how;
    if (written.trim() === '') return [];
    const inputs: InputSize[] = [];
    for (const part of written.split(';')) {
      const match =
        /^\s*(?:([A-Za-z_][\w.-]*)\s*=\s*)?\[?\s*(\d{1,9}(?:\s*[,x×]\s*\d{1,9})*)\s*\]?\s*(?::\s*(?:torch\.)?([a-z]\w*)\s*)?$/.exec(
          part,
        );
      const sizes = (match?.[2] ?? '').split(/[,x×]/).map(Number);
      if (!match || sizes.some(size => size < 1)) return () => sentences(wrongPart(part), how());
      const [, name, , dtype] = match;
      inputs.push({ ...(name !== undefined && { name }), sizes, ...(dtype !== undefined && { dtype }) });
    }
    return inputs;
  });
}

const how = (): string =>
  l10n.t(
    'Give the sizes without the batch, as in 3,224,224, or a name and the sizes with the batch, as in image=1,3,224,224.',
  );

/** A sentence that names the part that is not a number; empty if that is not the problem. */
function wrongPart(input: string): string {
  const sizes = input.replace(/^[^=]*=|:.*$/g, '').split(/[,x×]/);
  const odd = sizes.length > 1 ? sizes.find(size => !/^\s*\[?\s*0*[1-9]\d{0,8}\s*\]?\s*$/.test(size)) : undefined;
  return odd === undefined || odd.trim() === '' ? '' : l10n.t('“{0}” is not a whole number ≥ 1.', odd.trim());
}

/** A number; NaN if it is not one. */
function numberOf(written: unknown): number {
  if (typeof written === 'number') return written;
  return typeof written === 'string' && /^\s*\d+(?:\.\d*)?(?:e\d+)?\s*$/i.test(written) ? Number(written) : Number.NaN;
}

export function useOneOf(names: readonly string[]): string {
  return l10n.t('Use one of {0}.', names.join(', '));
}

/** A sentence that says what to write instead. */
type Help = () => string;

function setting<T>(schema: Schema, value: T, words: Words, parse: (written: unknown) => T | Help): Setting<T> {
  const read = (written: unknown): ReadValue<T> => {
    const parsed = parse(written);
    if (typeof parsed !== 'function') return { value: parsed };
    const quoted = typeof written === 'string' ? written : JSON.stringify(written);
    const message = words.wrong?.(quoted) ?? l10n.t('“{0}” is not a valid value.', quoted);
    return { message, help: (parsed as Help)() };
  };
  return { ...words, schema, default: value, read };
}

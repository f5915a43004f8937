import { type ProtoField, type ProtoMessage, protoNumber } from '../../syntax/prototext.ts';

/** Reads a message of parameters by name. Wrong values (reported elsewhere) are NaN: an unknown size. */
export class Param {
  readonly message: ProtoMessage | undefined;
  /** The field that contains it: the whole `convolution_param { … }`. */
  readonly holder: ProtoField | undefined;
  readonly #names: Readonly<Record<string, string>>;

  constructor(
    message: ProtoMessage | undefined,
    holder: ProtoField | undefined,
    names: Readonly<Record<string, string>> = sameNames,
  ) {
    this.message = message;
    this.holder = holder;
    this.#names = names;
  }

  /** The last field with this name and a value. */
  field(name: string): ProtoField | undefined {
    const fields = this.message?.fields;
    if (!fields) return undefined;
    const wanted = this.#names[name] ?? name;
    for (let at = fields.length - 1; at >= 0; at--) {
      const field = fields[at]!;
      if (field.name === wanted && field.value) return field;
    }
    return undefined;
  }

  fields(name: string): readonly ProtoField[] {
    const fields = this.message?.fields;
    if (!fields) return nothing;
    const wanted = this.#names[name] ?? name;
    return fields.filter(field => field.name === wanted && field.value);
  }

  /** A field's name in the format version of the text. */
  written(name: string): string {
    return this.#names[name] ?? name;
  }

  has(name: string): boolean {
    return this.field(name) !== undefined;
  }

  /** An integer ≥ 0. */
  natural(name: string, defaultValue: number): number {
    const field = this.field(name);
    return field ? naturalOf(field) : defaultValue;
  }

  naturals(name: string): readonly number[] {
    return this.fields(name).map(naturalOf);
  }

  integer(name: string, defaultValue: number): number {
    const field = this.field(name);
    return field ? integerOf(field) : defaultValue;
  }

  number(name: string, defaultValue: number): number {
    const field = this.field(name);
    return field ? (protoNumber(field.value) ?? Number.NaN) : defaultValue;
  }

  numbers(name: string): readonly number[] {
    return this.fields(name).map(({ value }) => protoNumber(value) ?? Number.NaN);
  }

  boolean(name: string, defaultValue: boolean): boolean {
    const value = this.field(name)?.value;
    if (!value || value.kind === 'message') return defaultValue;
    return /^(?:true|t|True|1)$/.test(value.text);
  }

  /** A string, or the name of an enum value (which may be written as a number: the index in `values`). */
  word(name: string, defaultValue: string, values?: readonly string[]): string {
    const value = this.field(name)?.value;
    if (!value || value.kind === 'message') return defaultValue;
    const number = values && protoNumber(value);
    return number === undefined ? value.text : (values![number] ?? value.text);
  }

  inner(name: string): Param {
    const field = this.field(name);
    return field?.value?.kind === 'message' ? new Param(field.value, field) : new Param(undefined, undefined);
  }
}

const sameNames: Readonly<Record<string, string>> = {};
const nothing: readonly ProtoField[] = [];

function naturalOf({ value }: ProtoField): number {
  const number = protoNumber(value);
  return number !== undefined && Number.isInteger(number) && number >= 0 && number <= 0xffff_ffff ? number : Number.NaN;
}

function integerOf({ value }: ProtoField): number {
  const number = protoNumber(value);
  return number !== undefined && Number.isSafeInteger(number) ? number : Number.NaN;
}

/** The `dim`s of a BlobShape; NaN for unreadable ones. */
export function dimsOf(shape: Param): readonly number[] {
  return shape.fields('dim').map(integerOf);
}

// The text of a layer under edit: the one in the file, or a copy that becomes another layer.
import { type ProtoField, type ProtoMessage, parsePrototext, protoNumber } from '../../syntax/prototext.ts';
import { applyEdits, type TextEdit } from '../../text/edit.ts';
import type { Range } from '../../text/range.ts';
import { type Layer, layersOf, paramOf, topNames, v1Types } from './layer.ts';
import { typeOf } from './layers/index.ts';
import type { Param } from './param.ts';

/** New values for a convolution or fully connected layer; lists have one entry per spatial dimension. */
export interface DraftAttrs {
  readonly out?: number;
  readonly kernel?: readonly number[];
  /** False for dimensions whose stride becomes 1. */
  readonly strided?: readonly boolean[];
  readonly padding?: readonly number[];
  /** Whether dilation becomes 1. */
  readonly undilated?: boolean;
  /** Null removes the field. */
  readonly groups?: number | null;
  readonly bias?: boolean;
}

/** A quantity per dimension: one field for all, or separate fields for height and width. */
interface Spatial {
  readonly one: string;
  readonly h: string;
  readonly w: string;
  readonly defaultValue: number;
}

const kernelNames: Spatial = { one: 'kernel_size', h: 'kernel_h', w: 'kernel_w', defaultValue: Number.NaN };
const strideNames: Spatial = { one: 'stride', h: 'stride_h', w: 'stride_w', defaultValue: 1 };
const padNames: Spatial = { one: 'pad', h: 'pad_h', w: 'pad_w', defaultValue: 0 };
/** The names in BVLC, DeepLab and another fork. */
const dilationNames: readonly Spatial[] = ['dilation', 'hole', 'kstride'].map(one => ({
  one,
  h: 'hole_h',
  w: 'hole_w',
  defaultValue: 1,
}));

export class Draft {
  readonly layer: Layer;
  readonly #text: string;
  /** Whether default values are left out: a copy need not say `pad: 0`. */
  readonly #isCopy: boolean;
  readonly #edits: TextEdit[] = [];

  constructor(text: string, layer: Layer, isCopy = false) {
    this.#text = text;
    this.layer = layer;
    this.#isCopy = isCopy;
  }

  /** A copy without its comments, which are about the original. */
  static copyOf(text: string, { field }: Layer): Draft | undefined {
    const copy = withoutComments(text.slice(field.from, field.to));
    const [layer] = layersOf(parsePrototext(copy, topNames).root.fields);
    return layer && new Draft(copy, layer, true);
  }

  get edits(): readonly TextEdit[] {
    return this.#edits;
  }

  /** The text of the layer after all changes. */
  get fresh(): string {
    return applyEdits(this.#text, this.#edits);
  }

  replace(range: Range, text: string): void {
    if (this.#text.slice(range.from, range.to) !== text) this.#edits.push({ from: range.from, to: range.to, text });
  }

  /** Writes a string, keeping the quotes. */
  write(range: Range, value: string): void {
    const quote = this.#text[range.from] === "'" ? "'" : '"';
    this.replace(range, quote + value + quote);
  }

  rename(name: string): void {
    const value = this.layer.nameField?.value;
    if (value) this.write(value, name);
  }

  retype(type: string): boolean {
    const { typeField, form } = this.layer;
    const value = typeField?.value;
    if (!value || form === 'v0') return false;
    if (form === 'current') {
      this.write(value, type);
      return true;
    }
    const word = Object.keys(v1Types).find(key => v1Types[key] === type);
    if (word) this.replace(value, word);
    return word !== undefined;
  }

  /** Removes the names of parameter blobs: a copy has weights of its own. */
  unname(): void {
    for (const field of this.layer.message.fields) {
      if (field.name !== 'param' || !field.value) continue;
      if (field.value.kind !== 'message') this.#remove([field]);
      else {
        const names = field.value.fields.filter(({ name }) => name === 'name' || name === 'share_mode');
        if (names.length > 0 && names.length === field.value.fields.length && this.#isLastParam(field))
          this.#remove([field]);
        else this.#remove(names);
      }
    }
    this.#remove(this.layer.message.fields.filter(({ name }) => name === 'blob_share_mode'));
  }

  #isLastParam(field: ProtoField): boolean {
    return this.layer.message.fields.findLast(({ name }) => name === 'param') === field;
  }

  /** Adds fields after its tops. */
  add(fields: readonly string[]): void {
    const top = this.layer.message.fields.findLast(({ name }) => name === 'top');
    if (top && fields.length > 0) this.#addAfter(top, fields);
  }

  /** Turns a copy into global average pooling, whatever it was. */
  becomeGlobalPool(): boolean {
    const { layer } = this;
    if (layer.form === 'v0') return false;
    const own = new Set(['name', 'type', 'bottom', 'top', 'include', 'exclude']);
    const gone = layer.message.fields.filter(({ name }) => !own.has(name));
    const holder = gone.find(({ name, value }) => name.endsWith('_param') && value?.kind === 'message');
    if (!this.retype('Pooling')) return false;
    this.#remove(gone.filter(field => field !== holder));
    const at = holder ?? layer.message.fields.findLast(({ name }) => name === 'top');
    if (!at) return false;
    const style = holder?.value?.kind === 'message' ? holder : layer.field;
    const pairs = [`pool${this.#colon(layer.typeField!)}AVE`, `global_pooling${this.#colon(layer.typeField!)}true`];
    const message = this.#messageText('pooling_param', pairs, style, at);
    if (holder) this.replace(holder, message);
    else this.#addAfter(at, [message]);
    return true;
  }

  set(attrs: DraftAttrs): boolean {
    const { out, kernel, strided, padding, undilated, groups, bias } = attrs;
    const { param } = this;
    if (!param) return false;
    if (out !== undefined) {
      const value = param.field('num_output')?.value;
      if (!value) return false;
      this.replace(value, String(out));
    }
    if (kernel && !this.#spatial(kernelNames, kernel)) return false;
    if (strided && !this.#strides(strided)) return false;
    if (padding && !this.#spatial(padNames, padding)) return false;
    if (undilated) {
      for (const names of dilationNames) {
        const dimensions = Math.max(1, param.fields(names.one).length);
        if (param.has(names.one) && !this.#spatial(names, Array<number>(dimensions).fill(1))) return false;
      }
      for (const name of ['hole_h', 'hole_w']) this.#single(name, 1, 1);
    }
    if (groups !== undefined) this.#single('group', groups ?? 1, 1, groups === null);
    return bias === undefined || this.#bias(bias);
  }

  /** The parameters in its own message. */
  get param(): Param | undefined {
    const name = typeOf(this.layer.type)?.param;
    const param = name === undefined ? undefined : paramOf(this.layer, name);
    return param?.message ? param : undefined;
  }

  /** The value of `num_output`; undefined if there is none. */
  get out(): number | undefined {
    return protoNumber(this.param?.field('num_output')?.value);
  }

  kernelOf(dimensions: number): readonly number[] | undefined {
    return this.#current(kernelNames, dimensions);
  }

  // ——— Fields ————————————————————————————————————————————————————————————————————————————————————————————————————

  #strides(strided: readonly boolean[]): boolean {
    const current = this.#current(strideNames, strided.length);
    return (
      current !== undefined &&
      this.#spatial(
        strideNames,
        strided.map((isStrided, axis) => (isStrided ? current[axis]! : 1)),
      )
    );
  }

  /** The value for each dimension; undefined if unknown. */
  #current({ one, h, w, defaultValue }: Spatial, dimensions: number): readonly number[] | undefined {
    const param = this.param!;
    if (param.has(h) || param.has(w)) return [param.natural(h, defaultValue), param.natural(w, defaultValue)];
    const list = param.naturals(one);
    if (list.length === 0) return Array<number>(dimensions).fill(defaultValue);
    if (list.length === 1) return Array<number>(dimensions).fill(list[0]!);
    return list.length === dimensions ? list : undefined;
  }

  #spatial(names: Spatial, values: readonly number[]): boolean {
    const { one, h, w, defaultValue } = names;
    const param = this.param!;
    const current = this.#current(names, values.length);
    if (!current || current.length !== values.length) return false;
    if (values.every((value, axis) => value === current[axis])) return true;
    const list = param.fields(one);
    const sides = [param.field(h), param.field(w)];
    const isSame = values.every(value => value === values[0]);
    if (this.#isCopy && values.every(value => value === defaultValue)) {
      this.#remove([...list, ...sides.filter(field => field !== undefined)]);
      return true;
    }
    if (sides[0] || sides[1]) {
      sides.forEach((field, side) => {
        if (field) this.replace(field.value!, String(values[side]));
        else this.#add([[side === 0 ? h : w, values[side]!]], sides[1 - side]);
      });
      return true;
    }
    if (list.length > 1) {
      list.forEach((field, axis) => {
        this.replace(field.value!, String(values[axis]));
      });
      return true;
    }
    const [field] = list;
    if (isSame) {
      if (field) this.replace(field.value!, String(values[0]));
      else this.#add([[one, values[0]!]]);
      return true;
    }
    // The V0 format has only square windows.
    if (this.layer.form === 'v0') return false;
    const pairs = values.map((value, axis): [string, number] => [values.length === 2 ? [h, w][axis]! : one, value]);
    if (!field) return this.#add(pairs);
    const separator = this.#isAlone(field) ? this.#newline() + this.#indentOf(field.from) : ' ';
    const colon = this.#colon(field);
    this.replace(field, pairs.map(([name, value]) => `${name}${colon}${value}`).join(separator));
    return true;
  }

  #single(name: string, value: number, defaultValue: number, unwritten = false): void {
    const field = this.param!.field(name);
    if (field && value === defaultValue && (this.#isCopy || unwritten)) this.#remove([field]);
    else if (field) this.replace(field.value!, String(value));
    else if (value !== defaultValue) this.#add([[name, value]]);
  }

  /**
   * Without a bias there is only one blob of weights, and Caffe rejects more `param` than blobs (net.cpp, AppendParam).
   */
  #bias(bias: boolean): boolean {
    const param = this.param!;
    const field = param.field('bias_term');
    if (field) this.replace(field.value!, String(bias));
    else if (!bias) this.#add([['bias_term', 'false']]);
    if (bias) return true;
    const gone = [...param.fields('bias_filler')];
    for (const name of ['param', 'blobs_lr', 'weight_decay', 'blob_share_mode']) {
      const among = this.layer.form === 'v0' ? this.layer.inner : this.layer.message;
      gone.push(...among.fields.filter(other => other.name === name && other.value).slice(1));
    }
    return this.#remove(gone);
  }

  /** Adds fields after a given one, or after similar ones. */
  #add(pairs: readonly (readonly [string, number | string])[], after?: ProtoField): boolean {
    const param = this.param!;
    const anchor =
      after ??
      ['stride_w', 'stride_h', 'stride', 'kernel_w', 'kernel_h', 'kernel_size', 'pad', 'num_output']
        .map(name => param.field(name))
        .find(field => field !== undefined) ??
      param.message!.fields.at(-1);
    if (!anchor) return false;
    const colon = this.#colon(anchor);
    this.#addAfter(
      anchor,
      pairs.map(([name, value]) => `${param.written(name)}${colon}${value}`),
    );
    return true;
  }

  #addAfter(anchor: ProtoField, fields: readonly string[]): void {
    if (!this.#isAlone(anchor)) {
      this.#edits.push({ from: anchor.to, to: anchor.to, text: fields.map(each => ` ${each}`).join('') });
      return;
    }
    const line = this.#newline() + this.#indentOf(anchor.from);
    const at = lineEnd(this.#text, anchor.to);
    this.#edits.push({ from: at, to: at, text: fields.map(each => line + each).join('') });
  }

  /** Removes fields and keeps comments after them. False if a field has comments inside. */
  #remove(fields: readonly ProtoField[]): boolean {
    const text = this.#text;
    // Entries of a list share the range of the whole list.
    const places = new Map(fields.map(field => [field.from, field]));
    for (const { from, to } of places.values()) {
      if (commentsIn(text, from, to).length > 0) return false;
      let end = to;
      if (/[;,]/.test(text[end] ?? '')) end++;
      const start = lineStart(text, from);
      const stop = lineEnd(text, end);
      const rest = text.slice(end, stop).trim();
      const isFirst = text.slice(start, from).trim() === '';
      if (isFirst && rest === '' && stop < text.length) {
        this.#edits.push({ from: start, to: nextLine(text, stop), text: '' });
      } else if (isFirst && rest !== '') {
        while (text[end] === ' ' || text[end] === '\t') end++;
        this.#edits.push({ from, to: end, text: '' });
      } else {
        let begin = from;
        while (text[begin - 1] === ' ' || text[begin - 1] === '\t') begin--;
        this.#edits.push({ from: begin, to: end, text: '' });
      }
    }
    return true;
  }

  /** `pooling_param { … }`, on several lines if a similar message is. */
  #messageText(name: string, pairs: readonly string[], style: ProtoField, at: ProtoField): string {
    const text = this.#text;
    const message = style.value as ProtoMessage;
    const opening = text.slice(style.nameTo, message.from);
    const inside = text.slice(message.from, message.to);
    const isBroken = /[\r\n]/.test(inside);
    const angle = text[message.from] === '<';
    const [open, close] = angle ? ['<', '>'] : ['{', '}'];
    if (!isBroken) {
      const pad = /^[{<]\s/.test(inside) ? ' ' : '';
      return `${name}${opening}${open}${pad}${pairs.join(' ')}${pad}${close}`;
    }
    const outer = this.#indentOf(at.from);
    const first = message.fields[0];
    const step = first ? this.#indentOf(first.from).slice(this.#indentOf(style.from).length) || '  ' : '  ';
    const line = this.#newline();
    return `${name}${opening}${open}${pairs.map(pair => line + outer + step + pair).join('')}${line}${outer}${close}`;
  }

  /** The separator between a field's name and its value: `: `. */
  #colon({ nameTo, to }: ProtoField): string {
    return /^\s*:[ \t]*/.exec(this.#text.slice(nameTo, to))?.[0] ?? ': ';
  }

  /** Whether a field is alone on its line, except for comments. */
  #isAlone({ from, to }: ProtoField): boolean {
    const text = this.#text;
    if (text.slice(lineStart(text, from), from).trim() !== '') return false;
    const rest = text.slice(to, lineEnd(text, to)).replace(/^[;,]/, '').trim();
    return rest === '' || rest.startsWith('#');
  }

  #indentOf(offset: number): string {
    return indentOf(this.#text, offset);
  }

  #newline(): string {
    return newlineOf(this.#text);
  }
}

/** The indentation of the line of an offset. */
export function indentOf(text: string, offset: number): string {
  const start = lineStart(text, offset);
  return /^[ \t]*/.exec(text.slice(start, offset))![0];
}

export function lineStart(text: string, offset: number): number {
  let at = offset;
  while (at > 0 && text[at - 1] !== '\n' && text[at - 1] !== '\r') at--;
  return at;
}

export function lineEnd(text: string, offset: number): number {
  let at = offset;
  while (at < text.length && text[at] !== '\n' && text[at] !== '\r') at++;
  return at;
}

/** The offset after the line break at the end of a line. */
export function nextLine(text: string, end: number): number {
  return text[end] === '\r' && text[end + 1] === '\n' ? end + 2 : Math.min(end + 1, text.length);
}

export function newlineOf(text: string): string {
  return /\r\n|\n|\r/.exec(text)?.[0] ?? '\n';
}

/** The comments in a range, each to the end of its line. */
export function commentsIn(text: string, from: number, to: number): readonly Range[] {
  const found: Range[] = [];
  let quote: string | undefined;
  for (let at = from; at < to; at++) {
    const sign = text[at]!;
    if (quote !== undefined) {
      if (sign === '\\') at++;
      else if (sign === quote || sign === '\n' || sign === '\r') quote = undefined;
    } else if (sign === '"' || sign === "'") quote = sign;
    else if (sign === '#') {
      const end = Math.min(to, lineEnd(text, at));
      found.push({ from: at, to: end });
      at = end;
    }
  }
  return found;
}

function withoutComments(text: string): string {
  const edits = commentsIn(text, 0, text.length).map(({ from, to }): TextEdit => {
    const start = lineStart(text, from);
    if (text.slice(start, from).trim() === '') return { from: start, to: nextLine(text, to), text: '' };
    let begin = from;
    while (text[begin - 1] === ' ' || text[begin - 1] === '\t') begin--;
    return { from: begin, to, text: '' };
  });
  return applyEdits(text, edits);
}

// Completion in a prototxt: fields of a message, values of a field, blobs. Looks at braces up to the cursor, so it
// works in a layer that is not complete yet.
import type { Range } from '../../text/range.ts';
import type { Item, Target } from '../reference.ts';
import { endsAt, lineAt, type Offer, type Slot } from '../slot.ts';
import { v1Types } from './layer.ts';
import { typeNames, typeOf } from './layers/index.ts';
import { docOf, type FieldSpec, fieldsOf, type MessageName, minimumOf } from './words.ts';

/** A message around the cursor. */
interface Open {
  readonly message: MessageName | undefined;
  readonly from: number;
  /** Its fields that have a value. */
  readonly fields: { readonly name: string; readonly value: string; readonly at: number }[];
}

export interface Blobs {
  readonly items: readonly Item[];
  readonly inputs: readonly string[];
}

export function slotAt(text: string, { items, inputs }: Blobs, offset: number): Slot | undefined {
  const line = lineAt(text, offset);
  const stack = messagesAround(text, offset);
  const message = stack.at(-1)?.message;
  if (!stack.length || message === undefined) return undefined;
  const head = text.slice(Math.max(line.from, stack.at(-1)!.from), offset);
  const rest = text.slice(offset, line.to);
  const value = /(?:^|[\s{};,])(\w+)\s*:\s*(["']?)([\w./-]*)$/.exec(head);
  if (value) {
    const [, name, quote, typed] = value as unknown as [string, string, string, string];
    const field = fieldsOf(message).get(name);
    const tail = (quote === '' ? /^[\w.+-]*/ : /^[\w./-]*["']?/).exec(rest)![0];
    const range = { from: offset - typed.length - quote.length, to: offset + tail.length };
    // Nothing is offered directly in front of an existing value.
    if (typed === '' && tail === '' && !endsAt(text, offset)) return undefined;
    const offers = field && valueOffers(field, message, stack, offset, { items, inputs }, quote === "'" ? "'" : '"');
    if (!offers) return undefined;
    // The quotes are replaced too, but not compared.
    const inner = quote === '' ? range : { from: range.from + 1, to: range.to };
    return { range: inner, offers: quote === '' ? offers : offers.map(offer => unopened(offer, quote)) };
  }
  const word = /(?:^|[\s{};,])(\w*)$/.exec(head);
  if (!word || /:\s*$/.test(head) || (/["'#]/.test(head) && isInString(head))) return undefined;
  const from = offset - word[1]!.length;
  const to = offset + /^\w*/.exec(rest)![0].length;
  const tail = text.slice(to, line.to);
  const isNamed = /^\s*[:{<]/.test(tail);
  if (isNamed && to === from) return undefined;
  const indent = /^\s*/.exec(text.slice(line.from, offset))![0];
  const replaced = isNamed ? fieldsOf(message).get(text.slice(from, to)) : undefined;
  // Before another field on the same line, add a space.
  const gap = /^\w/.test(tail) ? ' ' : '';
  const offers = fieldOffers(message, stack, offset, { items, inputs }, indent)
    .filter(({ label }) => !isNamed || suits(replaced, fieldsOf(message).get(label)))
    .map(offer => ({ ...offer, snippet: isNamed ? offer.label : `${offer.snippet ?? offer.label}${gap}` }));
  return { range: { from, to }, offers: isNamed ? offers.filter(({ kind }) => kind !== 'snippet') : offers };
}

/** Whether a field accepts the value of another one. */
function suits(replaced: FieldSpec | undefined, field: FieldSpec | undefined): boolean {
  if (!replaced || !field || /_[hw]$/.test(field.name)) return false;
  return replaced.kind === field.kind && replaced.message === field.message && field.name !== 'layers';
}

/** Drops the opening quote of a string if there already is one. */
function unopened(offer: Offer, quote: string): Offer {
  const { snippet = offer.label } = offer;
  return { ...offer, snippet: snippet.startsWith(quote) ? snippet.slice(1) : snippet };
}

function isInString(head: string): boolean {
  if (/^\s*#|\s#/.test(head)) return true;
  return (head.split('"').length - 1) % 2 === 1 || (head.split("'").length - 1) % 2 === 1;
}

const token = /#[^\n]*|"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?|[\w.+-]+|[{}<>:]/g;

/** The messages around a place, outermost first, with their fields, including those below the place. */
function messagesAround(text: string, offset: number): readonly Open[] {
  const stack: Open[] = [{ message: 'NetParameter', from: 0, fields: [] }];
  let found: readonly Open[] | undefined;
  let name: string | undefined;
  let at = 0;
  let isValue = false;
  token.lastIndex = 0;
  for (let match = token.exec(text); match; match = token.exec(text)) {
    const [word] = match;
    if (!found && match.index >= offset) found = [...stack];
    // Read on until the innermost message around the place ends.
    if (found && stack.length < found.length) break;
    if (word[0] === '#') {
      if (match.index < offset && offset <= match.index + word.length) return [];
    } else if (word === '{' || word === '<') {
      const outer = stack.at(-1)!.message;
      const field = name === undefined || outer === undefined ? undefined : fieldsOf(outer).get(name);
      if (name !== undefined) stack.at(-1)!.fields.push({ name, value: '', at });
      if (found) {
        // Messages that open below the place are skipped.
        stack.push({ message: undefined, from: match.index + 1, fields: [] });
      } else stack.push({ message: field?.message, from: match.index + 1, fields: [] });
      name = undefined;
      isValue = false;
    } else if (word === '}' || word === '>') {
      if (stack.length > 1) stack.pop();
      name = undefined;
      isValue = false;
    } else if (word === ':') isValue = true;
    else if (isValue) {
      if (name !== undefined) stack.at(-1)!.fields.push({ name, value: word.replace(/^["']|["']$/g, ''), at });
      isValue = false;
      name = undefined;
    } else {
      name = word;
      at = match.index;
    }
  }
  return found ?? stack;
}

/** The current name of the type of the layer around a place. */
function typeAround(stack: readonly Open[]): string | undefined {
  const layer = stack.findLast(({ message }) => message === 'LayerParameter' || message === 'V1LayerParameter');
  const value = layer?.fields.find(({ name }) => name === 'type')?.value;
  if (value === undefined) return undefined;
  return layer!.message === 'V1LayerParameter' ? v1Types[value] : value;
}

/** Fields offered first in a layer, before the fields its type needs. */
const first = ['name', 'type', 'bottom', 'top'];

/** The fields that are missing or can be repeated, those of the layer's type first. */
function fieldOffers(
  message: MessageName,
  stack: readonly Open[],
  offset: number,
  blobs: Blobs,
  indent: string,
): readonly Offer[] {
  const own = stack.at(-1)!;
  const written = new Set(
    own.fields.filter(({ at, name }) => offset < at || offset > at + name.length).map(({ name }) => name),
  );
  const type = typeAround(stack);
  const known = type === undefined ? undefined : typeOf(type);
  const isLayer = message === 'LayerParameter' || message === 'V1LayerParameter';
  const needed = new Set(Object.values(known?.attrs ?? {}).flat());
  const rank = ({ name }: FieldSpec): number => {
    if (isLayer)
      return first.includes(name) ? first.indexOf(name) : name === known?.param ? 4 : name.endsWith('_param') ? 9 : 6;
    return needed.has(name) ? 0 : 1;
  };
  const last = blobOffers(blobs.items, blobs.inputs, stack, offset)[0]?.label ?? 'data';
  const ownName = own.fields.find(({ name }) => name === 'name')?.value ?? 'layer';
  const valueIn = (field: FieldSpec): string => {
    if (message === 'NetParameter' && field.name === 'input')
      return ': "${1:data}"\ninput_shape { dim: 1 dim: ${2:3} dim: ${3:224} dim: ${4:224} }';
    if (isLayer && field.name === 'bottom') return `: "\${1:${last}}"`;
    if (isLayer && (field.name === 'top' || field.name === 'name')) return `: "\${1:${ownName}}"`;
    const pair = field.name.endsWith('_h') ? `${field.name.slice(0, -1)}w` : undefined;
    const both = pair !== undefined && fieldsOf(message).has(pair) && !written.has(pair);
    return sampleOf(field, indent) + (both ? ` ${pair}${sampleOf(field, indent)}` : '');
  };
  const offers = [...fieldsOf(message).values()]
    .filter(({ name, repeated }) => repeated || !written.has(name))
    .filter(({ name }) => !excluded(name, written))
    // Inputs are declared in one place, with their shapes.
    .filter(
      ({ name }) =>
        message !== 'NetParameter' ||
        !/^input/.test(name) ||
        (name === 'input' && blobs.items.length === 0 && !written.has(name)),
    )
    .filter(({ name }) => {
      const most = name === 'bottom' ? known?.bottoms[1] : name === 'top' ? known?.tops[1] : undefined;
      return !isLayer || most === undefined || own.fields.filter(other => other.name === name).length < most;
    })
    // Parameters of other types have no effect here.
    .filter(
      ({ name }) =>
        !isLayer || !known || !name.endsWith('_param') || rank({ name } as FieldSpec) < 9 || shared.has(name),
    )
    .map((field, at) => ({ field, at }))
    .sort((a, b) => rank(a.field) - rank(b.field) || a.at - b.at)
    .map(({ field }): Offer => {
      const { name, kind, values } = field;
      const doc = docOf(message, name);
      return {
        kind: kind === 'message' ? 'block' : 'key',
        label: name,
        detail: kind === 'enum' ? values.join(' | ') : kind,
        doc: () => doc ?? '',
        snippet: `${name}${valueIn(field)}`,
      };
    });
  return message === 'NetParameter' ? [...layers(stack, indent, last), ...offers] : offers;
}

/** Whether a field conflicts with an existing one for all dimensions, or vice versa. */
function excluded(name: string, written: ReadonlySet<string>): boolean {
  const base = /^(.*)_[hwdtlrb]$/.exec(name)?.[1] ?? name.replace(/_size$/, '');
  const isOne = /_[hwdtlrb]$/.test(name);
  const others = isOne ? [base, `${base}_size`] : [`${base}_h`, `${base}_w`];
  return (
    others.some(other => other !== name && written.has(other)) ||
    (isOne && name.endsWith('_w') && !written.has(`${base}_h`))
  );
}

/** Parameters used by layers of several types. */
const shared: ReadonlySet<string> = new Set(['transform_param', 'loss_param', 'param']);

/** A placeholder that is a valid value. */
function sampleOf({ name, kind, values }: FieldSpec, indent: string): string {
  switch (kind) {
    case 'string':
      return ': "${1}"';
    case 'boolean':
      return ': ${1:true}';
    case 'enum':
      return `: \${1:${values[0]}}`;
    case 'number':
      return ': ${1:1}';
    case 'integer':
    case 'natural':
      return `: \${1:${Math.max(1, minimumOf(name))}}`;
    case 'message':
    case 'any':
      return ` {\n${indent}  $0\n${indent}}`;
  }
}

/** Layers with the fields they need, for the top level. */
function layers(stack: readonly Open[], indent: string, last: string): readonly Offer[] {
  if (stack[0]!.fields.some(({ name }) => name === 'layers') || indent !== '') return [];
  const layer = (type: string, param: string): string =>
    `layer {\n  name: "\${1:${type.toLowerCase()}}"\n  type: "${type}"\n  bottom: "\${2:${last}}"\n  top: "\${1:${type.toLowerCase()}}"${param}\n}`;
  const conv = '\n  convolution_param {\n    num_output: ${3:64}\n    kernel_size: ${4:3}\n    pad: ${5:1}\n  }';
  const pool = '\n  pooling_param {\n    pool: MAX\n    kernel_size: ${3:2}\n    stride: ${4:2}\n  }';
  const product = '\n  inner_product_param {\n    num_output: ${3:1000}\n  }';
  const offer = (type: string, param: string): Offer => ({
    kind: 'snippet',
    label: `layer ${type}`,
    doc: typeOf(type)!.summary,
    snippet: layer(type, param),
  });
  return [offer('Convolution', conv), offer('Pooling', pool), offer('InnerProduct', product)];
}

function valueOffers(
  field: FieldSpec,
  message: MessageName,
  stack: readonly Open[],
  offset: number,
  { items, inputs }: Blobs,
  quote: string,
): readonly Offer[] | undefined {
  const { name, kind, values } = field;
  const doc = (): string => docOf(message, name) ?? '';
  const quoted = (label: string, more: Partial<Offer>): Offer => ({
    kind: 'choice',
    label,
    doc,
    snippet: `${quote}${label.replaceAll('$', '\\$')}${quote}`,
    ...more,
  });
  const isLayer = message === 'LayerParameter' || message === 'V1LayerParameter';
  if (isLayer && name === 'type') {
    return message === 'LayerParameter'
      ? typeNames.map(label => quoted(label, { kind: 'operator', doc: typeOf(label)!.summary }))
      : values.map(label => ({ kind: 'operator', label, doc: () => typeOf(v1Types[label] ?? '')?.summary() ?? '' }));
  }
  if (isLayer && name === 'bottom') {
    const tops = stack.at(-1)!.fields.flatMap(other => (other.name === 'top' ? [other.value] : []));
    const isOther = ({ label }: Offer): number => Number(!tops.includes(label));
    return (
      blobOffers(items, inputs, stack, offset)
        // An in-place layer reads the blob it writes.
        .sort((a, b) => isOther(a) - isOther(b))
        .map(({ label, ...more }) => quoted(label, more))
    );
  }
  if (isLayer && name === 'top') {
    const canBeInPlace = inPlace.has(typeAround(stack) ?? '');
    const { fields } = stack.at(-1)!;
    const names = fields
      .filter(other => other.name === 'name' || (other.name === 'bottom' && canBeInPlace))
      .map(other => other.value);
    return [...new Set(names)].filter(label => label !== '').map(label => quoted(label, { kind: 'value' }));
  }
  switch (kind) {
    case 'boolean':
      return ['true', 'false'].map(label => ({ kind: 'choice', label, doc }));
    case 'enum':
      return values.map(label => ({ kind: 'choice', label, doc }));
    case 'string':
      if (message === 'FillerParameter')
        return ['xavier', 'msra', 'gaussian', 'constant', 'uniform', 'bilinear'].map(label => quoted(label, {}));
      return undefined;
    default:
      return undefined;
  }
}

/** Layer types that are usually in place: their top is their bottom. */
const inPlace: ReadonlySet<string> = new Set([
  ...['ReLU', 'ReLU6', 'PReLU', 'ELU', 'Sigmoid', 'TanH', 'Swish', 'Clip', 'Dropout', 'BatchNorm', 'Scale', 'Bias'],
  ...['Power', 'Exp', 'Log', 'AbsVal', 'BNLL', 'Threshold'],
]);

/** The blobs above, nearest first, each as its last writer leaves it. */
function blobOffers(
  items: readonly Item[],
  inputs: readonly string[],
  stack: readonly Open[],
  offset: number,
): Offer[] {
  const doc = (): string => docOf('LayerParameter', 'bottom') ?? '';
  const found = new Map<string, Offer>();
  const layerFrom = stack[1]?.from ?? offset;
  const isAbove = ({ from, to }: Range): boolean => from < layerFrom && to <= layerFrom;
  for (const { index, range, outputs } of items.filter(item => isAbove(item.range)).reverse()) {
    const target: Target = { index, range };
    outputs.forEach(({ name }, output) => {
      if (!found.has(name)) found.set(name, { kind: 'reference', label: name, target, output, doc });
    });
  }
  for (const name of inputs)
    if (!found.has(name)) found.set(name, { kind: 'reference', label: name, target: 'input', doc });
  return [...found.values()];
}

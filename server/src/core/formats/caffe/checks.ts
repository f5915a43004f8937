// What is wrong with a text as a NetParameter, whatever its network: unknown fields, values of the wrong kind, and fields
// that are written too often.
import { type ProtoField, type ProtoMessage, type ProtoValue, protoNumber } from '../../syntax/prototext.ts';
import type { Problem } from '../../text/problem.ts';
import { didYouMean, guess } from '../../text/spelling.ts';
import { type Layer, type Reach, v1Types } from './items.ts';
import { type FieldSpec, fieldsOf, homesOf, type MessageName } from './words.ts';

/** Messages nest no deeper than this in the table; a text may write anything. */
const maxDepth = 12;

export interface Finding {
  readonly problem: Problem;
  readonly reach: Reach;
}

/** Holds a message against its fields. Caffe refuses the whole text for any of these. */
export function checkMessage(message: ProtoMessage, name: MessageName, found: Finding[], depth = 0): void {
  const tell = (problem: Problem, reach: Reach): void => {
    found.push({ problem, reach: reach === 'unknown' && beside.has(name) ? 'doubt' : reach });
  };
  const fields = fieldsOf(name);
  // Most messages are short: looking back is cheaper than a set, as long as it stays short.
  const once = message.fields.length > 12 ? new Set<string>() : undefined;
  for (let at = 0; at < message.fields.length; at++) {
    const field = message.fields[at]!;
    const spec = fields.get(field.name);
    if (!spec) {
      // A name without a value is being typed.
      const reach = harmless.has(field.name) ? 'doubt' : 'unknown';
      if (field.value) tell(unknownField(field, name, fields, found.length < maxSpelled), reach);
      continue;
    }
    if (!spec.repeated) {
      const isAgain = once ? once.has(field.name) : isBefore(message.fields, at);
      if (isAgain) tell(repeatedField(field), 'unknown');
      once?.add(field.name);
    }
    const { value } = field;
    if (!value) continue;
    if (spec.kind === 'message' && value.kind === 'message') {
      if (depth < maxDepth) checkMessage(value, spec.message!, found, depth + 1);
      continue;
    }
    const wrong = name === 'V1LayerParameter' && field.name === 'type' ? wrongType(field) : wrongValue(spec, field);
    if (wrong) tell(wrong, isPlain(spec, value) ? 'repaired' : 'unknown');
    else if (unread.has(`${name}.${field.name}`)) tell(unreadField(field), 'unknown');
  }
}

/** Messages that change neither a shape nor a count. */
const beside: ReadonlySet<MessageName> = new Set([
  'FillerParameter',
  'LossParameter',
  'NoiseParameter',
  'SaltPepperParameter',
  'DistortionParameter',
  'ExpansionParameter',
  'EmitConstraint',
  'BatchSampler',
  'Sampler',
  'SampleConstraint',
  'NonMaximumSuppressionParameter',
  'SaveOutputParameter',
]);

/** Settings of training, which change no cost wherever they are misplaced. */
const harmless: ReadonlySet<string> = new Set([
  ...[
    'force_backward',
    'debug_info',
    'lr_mult',
    'decay_mult',
    'blobs_lr',
    'weight_decay',
    'loss_weight',
    'propagate_down',
  ],
  ...[
    'weight_filler',
    'bias_filler',
    'filler',
    'std',
    'value',
    'engine',
    'mean_file',
    'mean_value',
    'mirror',
    'ignore_label',
  ],
  ...['source', 'backend', 'normalize', 'normalization', 'dropout_ratio', 'momentum', 'base_lr', 'solver_mode'],
]);

/** Fields of forks that change shapes in ways that are not read. */
const unread: ReadonlySet<string> = new Set([
  ...['kernel_d', 'stride_d', 'pad_d', 'output_h', 'output_w'].map(name => `ConvolutionParameter.${name}`),
  ...['kernel_d', 'stride_d', 'pad_d', 'kernel_depth', 'kernel_l', 'stride_l', 'unpool_size', 'axis'].map(
    name => `PoolingParameter.${name}`,
  ),
  ...['pad_3d', 'kernel_size_3d', 'stride_3d', 'torch_pooling'].map(name => `PoolingParameter.${name}`),
]);

function unreadField(field: ProtoField): Problem {
  const message = `“${field.name}” belongs to a fork of Caffe, and its effect is not known here. So the output of this layer is unknown.`;
  return { range: { from: field.from, to: field.nameTo }, severity: 'warning', code: 'unread-field', message };
}

/** Beyond so many problems nobody looks for how a name was meant. */
const maxSpelled = 200;

/** Whether a value of the wrong kind can be meant in one way: a bare word for a string, 3.0 for 3, a number in quotes. */
function isPlain(spec: FieldSpec, value: ProtoValue): boolean {
  if (value.kind === 'message') return false;
  if (spec.kind === 'string') return value.kind === 'word';
  if (spec.kind !== 'natural' && spec.kind !== 'integer') return false;
  const number = protoNumber(value);
  return number !== undefined && Number.isSafeInteger(number) && (spec.kind === 'integer' || number >= 0);
}

function isBefore(fields: readonly ProtoField[], at: number): boolean {
  const { name } = fields[at]!;
  for (let before = 0; before < at; before++) if (fields[before]!.name === name) return true;
  return false;
}

function unknownField(
  field: ProtoField,
  message: MessageName,
  fields: ReadonlyMap<string, FieldSpec>,
  isSpelled: boolean,
): Problem {
  const range = { from: field.from, to: field.nameTo };
  const { name } = field;
  const shown = name.length > 60 ? `${name.slice(0, 59)}…` : name;
  const meant = isSpelled ? meantField(name, fields.keys()) : undefined;
  if (meant !== undefined) {
    return {
      range,
      severity: 'error',
      code: 'unknown-field',
      message: `${message} has no field “${shown}”. Did you mean “${meant}”?`,
      repairs: [{ title: `Change to “${meant}”`, edits: [{ ...range, text: meant }], ...guess(name, meant) }],
    };
  }
  const homes = isSpelled ? homesOf(name).slice(0, 3) : [];
  const where =
    homes.length > 0
      ? ` It is a field of ${homes.join(', ')}.`
      : ' Caffe refuses a text with a field that it does not know; forks may have it.';
  return { range, severity: 'error', code: 'unknown-field', message: `${message} has no field “${shown}”.${where}` };
}

/** Of `foo_param` only `foo` is held against others: the rest, which most fields of a layer have, says nothing. */
function meantField(name: string, fields: Iterable<string>): string | undefined {
  const tail = '_param';
  if (!name.endsWith(tail)) return didYouMean(name, fields);
  const stems = [...fields].flatMap(field => (field.endsWith(tail) ? [field.slice(0, -tail.length)] : []));
  const meant = didYouMean(name.slice(0, -tail.length), stems);
  return meant === undefined ? undefined : meant + tail;
}

/**
 * Fields of the top that may be written once, but are in several parts of a text: each part is checked by itself. `parts`
 * are their fields outside of layers.
 */
export function repeatedAbove(parts: readonly (readonly ProtoField[])[]): readonly Finding[] {
  const fields = fieldsOf('NetParameter');
  const seen = new Set<string>();
  return parts.flatMap(part => {
    const own = new Set<string>();
    const again: Finding[] = [];
    for (const field of part) {
      const { name } = field;
      if (own.has(name) || fields.get(name)?.repeated !== false) continue;
      own.add(name);
      if (seen.has(name)) again.push({ problem: repeatedField(field), reach: 'unknown' });
    }
    for (const name of own) seen.add(name);
    return again;
  });
}

function repeatedField(field: ProtoField): Problem {
  return {
    range: { from: field.from, to: field.nameTo },
    severity: 'error',
    code: 'repeated-field',
    message: `“${field.name}” is written more than once here, but can be given only once. Remove one.`,
  };
}

function wrongValue(spec: FieldSpec, field: ProtoField): Problem | undefined {
  return isRight(spec, field.value!) ? undefined : complaintOf(spec, field);
}

/** Whether a value is of its field's kind. Asked of every field at every keystroke: allocates nothing. */
function isRight(spec: FieldSpec, value: ProtoValue): boolean {
  if (spec.kind === 'message' || spec.kind === 'any') return value.kind === 'message';
  if (value.kind === 'message') return false;
  switch (spec.kind) {
    case 'string':
      return value.kind === 'string';
    case 'boolean':
      return value.kind === 'word' ? booleans.has(value.text) : value.kind === 'number' && /^[01]$/.test(value.text);
    case 'number':
      // Octal and hexadecimal are for whole numbers (TextFormat, “Expect a decimal number”).
      return protoNumber(value) !== undefined && !/^-?\s*0[\dxX]/.test(value.text);
    case 'integer':
      return isWhole(value, -(2 ** 63), 2 ** 63);
    case 'natural':
      return isWhole(value, 0, 2 ** 32 - 1);
    case 'enum':
      // A number stands for a value as well.
      return value.kind === 'word' ? spec.values.includes(value.text) : isWhole(value, 0, spec.values.length - 1);
  }
}

const booleans: ReadonlySet<string> = new Set(['true', 'false', 't', 'f', 'True', 'False']);

function complaintOf(spec: FieldSpec, field: ProtoField): Problem {
  const value = field.value!;
  const range = { from: value.from, to: value.to };
  const tell = (wanted: string, repairs?: Problem['repairs']): Problem => {
    const message = `“${field.name}” ${wanted}`;
    return { range, severity: 'error', code: 'wrong-value', message, ...(repairs ? { repairs } : {}) };
  };
  if (spec.kind === 'message' || spec.kind === 'any') return tell(`is a message: write ${field.name} { … }.`);
  if (value.kind === 'message') return tell('takes a single value, not a message in braces.');
  switch (spec.kind) {
    case 'string': {
      const edits = [{ ...range, text: `"${v1Types[value.text] ?? value.text}"` }];
      return tell('is a string. Put it in quotes.', [{ title: 'Put it in quotes', edits }]);
    }
    case 'boolean':
      return tell('is true or false.');
    case 'number':
      return tell('is a number.');
    case 'integer':
    case 'natural': {
      const wanted = spec.kind === 'integer' ? 'is a whole number.' : 'is a whole number from 0 to 4294967295.';
      if (!isPlain(spec, value)) return tell(wanted);
      const text = String(protoNumber(value));
      return tell(wanted, [{ title: `Change to ${text}`, edits: [{ ...range, text }] }]);
    }
    case 'enum': {
      const meant = didYouMean(value.text, spec.values);
      const known = `is one of ${spec.values.join(', ')}.${meant === undefined ? '' : ` Did you mean ${meant}?`}`;
      const edits = [{ ...range, text: meant ?? '' }];
      return tell(
        known,
        meant === undefined ? undefined : [{ title: `Change to ${meant}`, edits, ...guess(value.text, meant) }],
      );
    }
  }
}

/** The older form names types by bare words; which there are is known better where layers are built. */
function wrongType(field: ProtoField): Problem | undefined {
  const value = field.value!;
  if (value.kind === 'word' || value.kind === 'number') return undefined;
  const message = '`layers` name their type by a bare word: type: CONVOLUTION. With “layer” it is a string.';
  return { range: { from: value.from, to: value.to }, severity: 'error', code: 'wrong-value', message };
}

/** Whether it is a whole number and written as one: `2.0` is refused (TextFormat, “Expected integer”). */
function isWhole(value: ProtoValue, least: number, most: number): boolean {
  const number = protoNumber(value);
  if (number === undefined || !Number.isInteger(number) || number < least || number > most) return false;
  return value.kind !== 'number' || !isFloat(value.text);
}

function isFloat(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at) | 32;
    if (code === 120) return false;
    // A point, or an e; the bit of small letters leaves the point as it is.
    if (code === 46 || code === 101 || code === 102) return true;
  }
  return false;
}

/**
 * How often a layer’s own fields may be written: what Layer::SetUp and Net::Init check of every type. `isLoss`: a loss has a weight of 1 where none is written, and a top where none is (loss_layer.cpp,
 * Net::Init).
 */
export function miscounted(layer: Layer, isLoss: boolean): readonly Problem[] {
  let weight: ProtoField | undefined;
  let down: ProtoField | undefined;
  let include: ProtoField | undefined;
  let exclude: ProtoField | undefined;
  let weights = 0;
  let downs = 0;
  for (const field of layer.message.fields) {
    switch (field.name) {
      case 'loss_weight':
        weight = field;
        weights++;
        break;
      case 'propagate_down':
        down = field;
        downs++;
        break;
      case 'include':
        include = field;
        break;
      case 'exclude':
        exclude = field;
        break;
    }
  }
  const problems: Problem[] = [];
  const tell = (field: ProtoField, message: string): void => {
    problems.push({ range: { from: field.from, to: field.nameTo }, severity: 'error', code: 'wrong-count', message });
  };
  const tops = layer.tops.length;
  if (weight && weights !== (isLoss ? Math.max(tops, 1) : tops)) {
    tell(weight, `“loss_weight” is given ${times(weights)} for ${many(tops, 'top')}. Give one for each top, or none.`);
  }
  if (!weight && isLoss && tops > 1) {
    const range = { from: layer.tops[1]!.from, to: layer.tops[1]!.to };
    const message = `A loss with ${tops} tops needs a loss_weight for each: write loss_weight: 1 and, for what is no loss, loss_weight: 0.`;
    problems.push({ range, severity: 'error', code: 'wrong-count', message });
  }
  if (down && downs !== layer.bottoms.length) {
    const bottoms = many(layer.bottoms.length, 'bottom');
    tell(down, `“propagate_down” is given ${times(downs)} for ${bottoms}. Give one for each bottom, or none.`);
  }
  if (include && exclude) {
    tell(exclude, 'A layer has either `include` rules or `exclude` rules, not both. Remove one kind.');
  }
  return problems;
}

const times = (count: number): string => (count === 1 ? 'once' : `${count} times`);
const many = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

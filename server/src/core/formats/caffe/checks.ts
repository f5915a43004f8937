// Checks a text against NetParameter, independent of the network: unknown fields, values of the wrong type, and
// repeated fields.
import * as l10n from '@vscode/l10n';
import { type ProtoField, type ProtoMessage, type ProtoValue, protoNumber } from '../../syntax/prototext.ts';
import type { Problem } from '../../text/problem.ts';
import type { Range } from '../../text/range.ts';
import { didYouMean, guess } from '../../text/spelling.ts';
import { clip } from '../../text/wording.ts';
import { type Layer, type Reach, v1Types } from './layer.ts';
import { type FieldSpec, fieldsOf, homesOf, type MessageName } from './words.ts';

/** The table's messages nest no deeper than this; a text may. */
const maxDepth = 12;

export interface Finding {
  readonly problem: Problem;
  readonly reach: Reach;
}

/** Checks a message against its fields. Caffe rejects the whole text for any of these problems. */
export function checkMessage(message: ProtoMessage, name: MessageName, found: Finding[], depth = 0): void {
  const report = (problem: Problem, reach: Reach): void => {
    found.push({ problem, reach: reach === 'unknown' && beside.has(name) ? 'doubt' : reach });
  };
  const fields = fieldsOf(name);
  // Most messages are short, so searching backwards is cheaper than a set.
  const once = message.fields.length > 12 ? new Set<string>() : undefined;
  for (let at = 0; at < message.fields.length; at++) {
    const field = message.fields[at]!;
    const spec = fields.get(field.name);
    if (!spec) {
      // A name without a value is still being typed.
      const reach = harmless.has(field.name) ? 'doubt' : 'unknown';
      if (field.value) report(unknownField(field, name, fields, found.length < maxSpelled), reach);
      continue;
    }
    if (!spec.repeated) {
      const isRepeated = once ? once.has(field.name) : isBefore(message.fields, at);
      if (isRepeated) report(repeatedField(field), 'unknown');
      once?.add(field.name);
    }
    const { value } = field;
    if (!value) continue;
    if (spec.kind === 'message' && value.kind === 'message') {
      if (depth < maxDepth) checkMessage(value, spec.message!, found, depth + 1);
      continue;
    }
    const wrong = name === 'V1LayerParameter' && field.name === 'type' ? wrongType(field) : wrongValue(spec, field);
    if (wrong) report(wrong, isPlain(spec, value) ? 'repaired' : 'unknown');
    else if (unread.has(`${name}.${field.name}`)) report(unreadField(field), 'unknown');
  }
}

/** Messages that affect neither shapes nor counts. */
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

/** Training settings, which affect no cost even in the wrong place. */
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

/** Fields of forks that affect shapes in ways that are not supported. */
const unread: ReadonlySet<string> = new Set([
  ...['kernel_d', 'stride_d', 'pad_d', 'output_h', 'output_w'].map(name => `ConvolutionParameter.${name}`),
  ...['kernel_d', 'stride_d', 'pad_d', 'kernel_depth', 'kernel_l', 'stride_l', 'unpool_size', 'axis'].map(
    name => `PoolingParameter.${name}`,
  ),
  ...['pad_3d', 'kernel_size_3d', 'stride_3d', 'torch_pooling'].map(name => `PoolingParameter.${name}`),
]);

function unreadField(field: ProtoField): Problem {
  return {
    range: { from: field.from, to: field.nameTo },
    severity: 'warning',
    code: 'unread-field',
    message: l10n.t(
      '“{0}” belongs to a fork of Caffe and is not supported, so the output of this layer is unknown.',
      field.name,
    ),
    short: l10n.t('“{0}” is not supported', field.name),
  };
}

/** If there are more problems than this, suggestions are not computed. */
const maxSpelled = 200;

/** Whether a value of the wrong type is unambiguous: a bare word for a string, 3.0 for 3, a number in quotes. */
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
  const shown = clip(name, 60);
  const problem: Problem = {
    range,
    severity: 'error',
    code: 'unknown-field',
    message: l10n.t('{0} has no field “{1}”.', message, shown),
    short: l10n.t('unknown field “{0}”', shown),
  };
  const meant = isSpelled ? meantField(name, fields.keys()) : undefined;
  if (meant !== undefined) {
    return {
      ...problem,
      help: l10n.t('Did you mean “{0}”?', meant),
      fixes: [{ title: l10n.t('Change to “{0}”', meant), edits: [{ ...range, text: meant }], ...guess(name, meant) }],
    };
  }
  const homes = isSpelled ? homesOf(name).slice(0, 3) : [];
  return {
    ...problem,
    help:
      homes.length > 0
        ? l10n.t('It is a field of {0}.', homes.join(', '))
        : l10n.t('Caffe rejects fields it does not know; a fork may have this one.'),
  };
}

/** For `foo_param`, only `foo` is compared with other names: most fields of a layer have that suffix. */
function meantField(name: string, fields: Iterable<string>): string | undefined {
  const tail = '_param';
  if (!name.endsWith(tail)) return didYouMean(name, fields);
  const stems = [...fields].flatMap(field => (field.endsWith(tail) ? [field.slice(0, -tail.length)] : []));
  const meant = didYouMean(name.slice(0, -tail.length), stems);
  return meant === undefined ? undefined : meant + tail;
}

/**
 * Top-level fields that may occur once but occur in several parts of a text; each part alone is checked separately.
 * `parts` are their fields outside of layers.
 */
export function repeatedAbove(parts: readonly (readonly ProtoField[])[]): readonly Finding[] {
  const fields = fieldsOf('NetParameter');
  const seen = new Set<string>();
  return parts.flatMap(part => {
    const own = new Set<string>();
    const found: Finding[] = [];
    for (const field of part) {
      const { name } = field;
      if (own.has(name) || fields.get(name)?.repeated !== false) continue;
      own.add(name);
      if (seen.has(name)) found.push({ problem: repeatedField(field), reach: 'unknown' });
    }
    for (const name of own) seen.add(name);
    return found;
  });
}

function repeatedField(field: ProtoField): Problem {
  return {
    range: { from: field.from, to: field.nameTo },
    severity: 'error',
    code: 'repeated-field',
    message: l10n.t('“{0}” can be set only once.', field.name),
    help: l10n.t('Remove one.'),
  };
}

function wrongValue(spec: FieldSpec, field: ProtoField): Problem | undefined {
  return isRight(spec, field.value!) ? undefined : complaintOf(spec, field);
}

/** Whether a value has its field's type. Called for every field at every keystroke, so it allocates nothing. */
function isRight(spec: FieldSpec, value: ProtoValue): boolean {
  if (spec.kind === 'message' || spec.kind === 'any') return value.kind === 'message';
  if (value.kind === 'message') return false;
  switch (spec.kind) {
    case 'string':
      return value.kind === 'string';
    case 'boolean':
      return value.kind === 'word' ? booleans.has(value.text) : value.kind === 'number' && /^[01]$/.test(value.text);
    case 'number':
      // Octal and hexadecimal numbers are only valid as integers (TextFormat, “Expect a decimal number”).
      return protoNumber(value) !== undefined && !/^-?\s*0[\dxX]/.test(value.text);
    case 'integer':
      return isWhole(value, -(2 ** 63), 2 ** 63);
    case 'natural':
      return isWhole(value, 0, 2 ** 32 - 1);
    case 'enum':
      // A number is also valid for an enum.
      return value.kind === 'word' ? spec.values.includes(value.text) : isWhole(value, 0, spec.values.length - 1);
  }
}

const booleans: ReadonlySet<string> = new Set(['true', 'false', 't', 'f', 'True', 'False']);

function complaintOf(spec: FieldSpec, field: ProtoField): Problem {
  const value = field.value!;
  const range = { from: value.from, to: value.to };
  const { name } = field;
  const wrong = (code: string, message: string, more: Pick<Problem, 'help' | 'fixes'> = {}): Problem => {
    return { range, severity: 'error', code, message, ...more };
  };
  if (spec.kind === 'message' || spec.kind === 'any') {
    return wrong('not-a-message', l10n.t('“{0}” must be a message.', name), {
      help: l10n.t('Use {0}.', `${name} { … }`),
    });
  }
  if (value.kind === 'message') {
    return wrong('not-a-single-value', l10n.t('“{0}” must be a single value, not a message in braces.', name));
  }
  const text = clip(value.text, 60);
  switch (spec.kind) {
    case 'string': {
      const edits = [{ ...range, text: `"${v1Types[value.text] ?? value.text}"` }];
      return wrong('not-a-string', l10n.t('“{0}” must be a string in quotes, not {1}.', name, text), {
        fixes: [{ title: l10n.t('Put it in quotes'), edits }],
      });
    }
    case 'boolean':
      return wrong('not-a-boolean', l10n.t('“{0}” must be true or false, not {1}.', name, text));
    case 'number':
      return wrong('not-a-number', l10n.t('“{0}” must be a number, not {1}.', name, text));
    case 'integer':
    case 'natural': {
      const message =
        spec.kind === 'integer'
          ? l10n.t('“{0}” must be a whole number, not {1}.', name, text)
          : l10n.t('“{0}” must be a whole number from 0 to 4294967295, not {1}.', name, text);
      if (!isPlain(spec, value)) return wrong('not-a-whole-number', message);
      const fresh = String(protoNumber(value));
      return wrong('not-a-whole-number', message, {
        fixes: [{ title: l10n.t('Change to {0}', fresh), edits: [{ ...range, text: fresh }] }],
      });
    }
    case 'enum': {
      const meant = didYouMean(value.text, spec.values);
      const message = l10n.t('“{0}” must be one of {1}, not {2}.', name, spec.values.join(', '), text);
      if (meant === undefined) return wrong('unknown-choice', message);
      return wrong('unknown-choice', message, {
        help: l10n.t('Did you mean “{0}”?', meant),
        fixes: [
          { title: l10n.t('Change to “{0}”', meant), edits: [{ ...range, text: meant }], ...guess(value.text, meant) },
        ],
      });
    }
  }
}

/** The V1 format names types by bare words; whether a type exists is checked where layers are built. */
function wrongType(field: ProtoField): Problem | undefined {
  const value = field.value!;
  if (value.kind === 'word' || value.kind === 'number') return undefined;
  return {
    range: { from: value.from, to: value.to },
    severity: 'error',
    code: 'quoted-type',
    message: l10n.t('In “layers”, the type is a word without quotes.'),
    help: l10n.t('Use an enum value such as {0}, or switch to “layer”.', 'type: CONVOLUTION'),
  };
}

/** Whether it is an integer and written as one: `2.0` is rejected (TextFormat, “Expected integer”). */
function isWhole(value: ProtoValue, least: number, most: number): boolean {
  const number = protoNumber(value);
  if (number === undefined || !Number.isInteger(number) || number < least || number > most) return false;
  return value.kind !== 'number' || !isFloat(value.text);
}

function isFloat(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at) | 32;
    if (code === 120) return false;
    // A decimal point, or an e; setting the bit of lowercase letters does not change the point.
    if (code === 46 || code === 101 || code === 102) return true;
  }
  return false;
}

/**
 * How often a layer's own fields may occur: what Layer::SetUp and Net::Init check for every type. `isLoss`: a loss has
 * a default weight of 1, and a top if none is written (loss_layer.cpp, Net::Init).
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
  const report = (range: Range, code: string, message: string, help: string): void => {
    problems.push({ range, severity: 'error', code, message, help });
  };
  const tops = layer.tops.length;
  if (weight && weights !== (isLoss ? Math.max(tops, 1) : tops)) {
    const message =
      tops === 1
        ? l10n.t('“loss_weight” is set {0} times for 1 top.', weights)
        : weights === 1
          ? l10n.t('“loss_weight” is set once for {0} tops.', tops)
          : l10n.t('“loss_weight” is set {0} times for {1} tops.', weights, tops);
    report(nameOf(weight), 'field-count-mismatch', message, l10n.t('Set one per top, or none.'));
  }
  if (!weight && isLoss && tops > 1) {
    const range = { from: layer.tops[1]!.from, to: layer.tops[1]!.to };
    const help = l10n.t('Set loss_weight: 1 for the loss and loss_weight: 0 for every other top.');
    report(range, 'missing-loss-weights', l10n.t('A loss with {0} tops needs a loss_weight for each.', tops), help);
  }
  if (down && downs !== layer.bottoms.length) {
    const bottoms = layer.bottoms.length;
    const message =
      bottoms === 1
        ? l10n.t('“propagate_down” is set {0} times for 1 bottom.', downs)
        : downs === 1
          ? l10n.t('“propagate_down” is set once for {0} bottoms.', bottoms)
          : l10n.t('“propagate_down” is set {0} times for {1} bottoms.', downs, bottoms);
    report(nameOf(down), 'field-count-mismatch', message, l10n.t('Set one per bottom, or none.'));
  }
  if (include && exclude) {
    const message = l10n.t('A layer can have “include” rules or “exclude” rules, not both.');
    report(nameOf(exclude), 'include-and-exclude', message, l10n.t('Remove one kind of rule.'));
  }
  return problems;
}

const nameOf = ({ from, nameTo }: ProtoField): Range => ({ from, to: nameTo });

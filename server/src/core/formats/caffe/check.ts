// What is wrong with a text as a NetParameter, whatever its network: unknown fields, values of the wrong kind.
import { type ProtoField, type ProtoMessage, type ProtoValue, protoNumber } from '../../syntax/prototext.ts';
import type { Problem } from '../../text/problem.ts';
import { didYouMean } from '../../text/spelling.ts';
import { v1Types } from './net.ts';
import { type FieldSpec, fieldsOf, homesOf, type MessageName } from './schema.ts';

/** Messages nest no deeper than this in the table; a text may write anything. */
const maxDepth = 12;

export function checkMessage(message: ProtoMessage, name: MessageName, problems: Problem[], depth = 0): void {
  const fields = fieldsOf(name);
  // Most messages are short: looking back is cheaper than a set, as long as it stays short.
  const once = message.fields.length > 12 ? new Set<string>() : undefined;
  for (let at = 0; at < message.fields.length; at++) {
    const field = message.fields[at]!;
    const spec = fields.get(field.name);
    if (!spec) {
      // A name without a value is being typed.
      if (field.value) problems.push(unknownField(field, name, fields));
      continue;
    }
    if (!spec.repeated) {
      const isAgain = once ? once.has(field.name) : isBefore(message.fields, at);
      if (isAgain) problems.push(repeatedField(field));
      once?.add(field.name);
    }
    const { value } = field;
    if (!value) continue;
    if (spec.kind === 'message' && value.kind === 'message') {
      if (depth < maxDepth) checkMessage(value, spec.message!, problems, depth + 1);
      continue;
    }
    const wrong = name === 'V1LayerParameter' && field.name === 'type' ? wrongType(field) : wrongValue(spec, field);
    if (wrong) problems.push(wrong);
  }
}

function isBefore(fields: readonly ProtoField[], at: number): boolean {
  const { name } = fields[at]!;
  for (let before = 0; before < at; before++) if (fields[before]!.name === name) return true;
  return false;
}

function unknownField(field: ProtoField, message: MessageName, fields: ReadonlyMap<string, FieldSpec>): Problem {
  const range = { from: field.from, to: field.nameTo };
  const { name } = field;
  const shown = name.length > 60 ? `${name.slice(0, 59)}…` : name;
  const meant = didYouMean(name, fields.keys());
  if (meant !== undefined) {
    return {
      range,
      severity: 'error',
      code: 'unknown-field',
      message: `${message} has no field “${shown}”. Did you mean “${meant}”?`,
      repairs: [{ title: `Change to “${meant}”`, edits: [{ ...range, text: meant }] }],
    };
  }
  const homes = homesOf(name).slice(0, 3);
  const where =
    homes.length > 0
      ? ` It is a field of ${homes.join(', ')}.`
      : ' Caffe refuses a text with a field that it does not know; forks may have it.';
  return { range, severity: 'error', code: 'unknown-field', message: `${message} has no field “${shown}”.${where}` };
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
      return protoNumber(value) !== undefined;
    case 'integer':
      return isWhole(value, -(2 ** 63), 2 ** 63);
    case 'natural':
      return isWhole(value, 0, 2 ** 32 - 1);
    case 'enum':
      // A number stands for a value as well.
      return value.kind === 'word' ? spec.values.includes(value.text) : isWhole(value, 0, 1000);
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
      return tell('is a whole number.');
    case 'natural':
      return tell('is a whole number from 0 to 4294967295.');
    case 'enum': {
      const meant = didYouMean(value.text, spec.values);
      const known = `is one of ${spec.values.join(', ')}.${meant === undefined ? '' : ` Did you mean ${meant}?`}`;
      const edits = [{ ...range, text: meant ?? '' }];
      return tell(known, meant === undefined ? undefined : [{ title: `Change to ${meant}`, edits }]);
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

// Explains the fields of a layer for hovers, with their allowed values.
import type { Allowed, Note } from '../../graph/graph.ts';
import type { ProtoField, ProtoMessage } from '../../syntax/prototext.ts';
import type { Layer } from './layer.ts';
import { typeNames } from './layers/index.ts';
import { docOf, type FieldSpec, fieldsOf, type MessageName, minimumOf } from './words.ts';

export function notesOf(layer: Layer): readonly Note[] {
  const notes: Note[] = [];
  collect(layer.message, layer.form === 'current' ? 'LayerParameter' : 'V1LayerParameter', notes);
  return notes;
}

function collect(message: ProtoMessage, name: MessageName, notes: Note[]): void {
  const fields = fieldsOf(name);
  for (const field of message.fields) {
    const spec = fields.get(field.name);
    const text = docOf(name, field.name);
    if (spec && text) {
      const range = { from: field.from, to: endOf(field, name) };
      notes.push({ range, text: `\`${field.name}\`: ${text}`, allowed: allowedIn(spec, name) });
    }
    if (spec?.message && field.value?.kind === 'message') collect(field.value, spec.message, notes);
  }
}

/** The allowed values of a field; for a message, its keys. */
function allowedIn({ name, kind, values, message }: FieldSpec, holder: MessageName): Allowed {
  if (name === 'bottom') return { kind: 'reference' };
  if (name === 'type' && holder === 'LayerParameter') return { kind: 'operator', choices: () => typeNames };
  switch (kind) {
    case 'boolean':
    case 'number':
    case 'integer':
      return { kind };
    case 'natural':
      return { kind: 'integer', min: minimumOf(name), max: 2 ** 32 - 1 };
    case 'enum':
      return { kind: 'choice', choices: () => values };
    case 'message':
      return { kind: 'key', choices: () => [...fieldsOf(message!).keys()] };
    case 'string':
    case 'any':
      return { kind: 'name' };
  }
}

/** The range of a note: the name and type of a layer show the layer's own hover on their value. */
function endOf({ name, nameTo, to, value }: ProtoField, message: MessageName): number {
  const isIdentity = (name === 'name' || name === 'type') && layerMessages.has(message);
  return isIdentity || value?.kind === 'message' ? nameTo : to;
}

const layerMessages: ReadonlySet<MessageName> = new Set(['LayerParameter', 'V1LayerParameter', 'V0LayerParameter']);

// What the fields of a layer mean, for the hover on them.
import type { Note } from '../../graph/graph.ts';
import type { ProtoField, ProtoMessage } from '../../syntax/prototext.ts';
import type { Layer } from './layer.ts';
import { docOf, fieldsOf, type MessageName } from './words.ts';

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
    if (text) notes.push({ range: { from: field.from, to: endOf(field, name) }, text: `\`${field.name}\`: ${text}` });
    if (spec?.message && field.value?.kind === 'message') collect(field.value, spec.message, notes);
  }
}

/** The name and the type of a layer are the layer itself: on them is its own hover. */
function endOf({ name, nameTo, to, value }: ProtoField, message: MessageName): number {
  const isIdentity = (name === 'name' || name === 'type') && layerMessages.has(message);
  return isIdentity || value?.kind === 'message' ? nameTo : to;
}

const layerMessages: ReadonlySet<MessageName> = new Set(['LayerParameter', 'V1LayerParameter', 'V0LayerParameter']);

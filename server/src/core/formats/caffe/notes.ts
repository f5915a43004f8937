// What the fields of a layer mean, for the hover on them.
import type { Note } from '../../graph/graph.ts';
import type { ProtoMessage } from '../../syntax/prototext.ts';
import type { Layer } from './items.ts';
import { typeOf } from './layers/index.ts';
import { docOf, fieldsOf, type MessageName } from './words.ts';

export function notesOf(layer: Layer): readonly Note[] {
  const notes: Note[] = [];
  const name: MessageName = layer.form === 'current' ? 'LayerParameter' : 'V1LayerParameter';
  collect(layer.message, name, notes);
  const value = layer.typeField?.value;
  const type = typeOf(layer.type);
  if (value && type)
    notes.push({ range: { from: value.from, to: value.to }, text: `\`${layer.type}\`: ${type.summary}` });
  return notes;
}

function collect(message: ProtoMessage, name: MessageName, notes: Note[]): void {
  const fields = fieldsOf(name);
  for (const field of message.fields) {
    const spec = fields.get(field.name);
    const text = docOf(name, field.name);
    if (text) {
      const to = field.value?.kind === 'message' ? field.nameTo : field.to;
      notes.push({ range: { from: field.from, to }, text: `\`${field.name}\`: ${text}` });
    }
    if (spec?.message && field.value?.kind === 'message') collect(field.value, spec.message, notes);
  }
}

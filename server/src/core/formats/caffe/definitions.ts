// What a network defines by name besides the tops of its layers: inputs, shared parameters, layers.
import type { ProtoMessage } from '../../syntax/prototext.ts';
import type { Range } from '../../text/range.ts';
import { type Definition, type Definitions, noDefinitions } from '../reference.ts';
import { type PlacedLayer, valueRange } from './layer.ts';

export function definitionsOf(root: ProtoMessage, layers: readonly PlacedLayer[]): Definitions {
  const inputs = root.fields.flatMap((field): Definition[] => {
    const { name, value } = field;
    if (name !== 'input' || !value || value.kind === 'message') return [];
    const range = { from: value.from, to: value.to };
    const whole = { from: field.from, to: field.to };
    return [{ kind: 'input', name: value.text, range, whole, uses: [], isFixed: false }];
  });
  const weights = new Map<string, Definition & { readonly uses: Range[] }>();
  const names: Definition[] = [];
  for (const placed of layers) {
    const { name, nameField, paramNames, field } = placed.layer;
    const whole = placed.at({ from: field.from, to: field.to });
    const written = valueRange(nameField);
    if (written && name !== '')
      names.push({ kind: 'name', name, range: placed.at(written), whole, uses: [], isFixed: false });
    for (const param of paramNames) {
      if (param.text === '') continue;
      const range = placed.at({ from: param.from, to: param.to });
      const known = weights.get(param.text);
      if (known) known.uses.push(range);
      else weights.set(param.text, { kind: 'weights', name: param.text, range, whole, uses: [], isFixed: false });
    }
  }
  return { ...noDefinitions, definitions: [...inputs, ...weights.values(), ...names], sharesNames: true };
}

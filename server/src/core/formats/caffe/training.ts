// Which parts of a layer are trained (Net::AppendParam and Net::Init, net.cpp).
import type { Training } from '../../graph/graph.ts';
import { type ProtoField, protoNumber } from '../../syntax/prototext.ts';
import type { Layer } from './layer.ts';

/** A learning rate of 0 freezes a blob: the first blob is the weights, the second the biases. */
export function trainingOf({ message, form, type }: Layer): Training | undefined {
  const rates = message.fields.flatMap(field => rateOf(field, form));
  if (!rates.includes(0)) return undefined;
  const [weights = 1, biases = 1, recurrent = 1] = rates;
  if ((type === 'LSTM' || type === 'RNN') && (weights === 0) !== (recurrent === 0)) return 'partly-frozen';
  if (weights !== 0) return undefined;
  return biases === 0 ? 'frozen' : 'frozen-weights';
}

function rateOf({ name, value }: ProtoField, form: Layer['form']): number[] {
  if (form !== 'current') return name === 'blobs_lr' ? [protoNumber(value) ?? 1] : [];
  if (name !== 'param' || value?.kind !== 'message') return [];
  return [protoNumber(value.fields.findLast(field => field.name === 'lr_mult')?.value) ?? 1];
}

/** Whether gradients reach each bottom of a layer: `propagate_down`. */
export function propagatesDown({ message }: Layer): readonly boolean[] {
  const given = message.fields.filter(({ name }) => name === 'propagate_down');
  return given.map(({ value }) => !(value && value.kind !== 'message' && ['false', 'f', '0'].includes(value.text)));
}

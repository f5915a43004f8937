// How often a layer's own fields may be written: what Layer::SetUp and Net::Init check of every type.
import type { ProtoField } from '../../syntax/prototext.ts';
import type { Problem } from '../../text/problem.ts';
import type { Layer } from './net.ts';

/** `isLoss`: a loss has a weight of 1 where none is written, and a top where none is (loss_layer.cpp, Net::Init). */
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

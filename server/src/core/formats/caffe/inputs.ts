// Inputs that are fields of the network itself.
import { type Tensor, use } from '../../graph/graph.ts';
import type { ProtoField, ProtoMessage } from '../../syntax/prototext.ts';
import type { BlobName } from './items.ts';
import { feed } from './layers/data.ts';
import type { Net } from './layers/layer.ts';
import { dimsOf, Param } from './param.ts';

/** An input as it is written, and its tensor. */
export interface InputField {
  readonly name: BlobName;
  readonly tensor: Tensor;
}

/** `input: "data"` with `input_shape` or four `input_dim` each (UpgradeNetInput, upgrade_proto.cpp). */
export function inputFields(root: ProtoMessage, net: Net): readonly InputField[] {
  const top = new Param(root, undefined);
  const names = top.fields('input');
  if (names.length === 0) return [];
  const shapes = top.fields('input_shape');
  const dims = top.fields('input_dim');
  const numbers = dims.map(field => dimsOf(new Param({ ...root, fields: [{ ...field, name: 'dim' }] }, undefined))[0]!);
  countInputs(net, names, shapes, dims);
  return names.flatMap((field, index) => {
    const { value } = field;
    if (!value || value.kind === 'message') return [];
    const shape = shapes[index]?.value;
    let written = shape?.kind === 'message' ? dimsOf(new Param(shape, undefined)) : undefined;
    if (shapes.length === 0 && numbers.length >= 4 * (index + 1)) written = numbers.slice(4 * index, 4 * index + 4);
    const place = shapes[index] ?? dims[4 * index] ?? field;
    const frame = {
      label: value.text,
      type: 'Input',
      summary: 'What the network is given.',
      sites: [use(field)],
      locate: () => ({ from: place.from, to: place.to }),
    };
    const tensor = net.builder.within(frame, () => feed(net, value.text, written, undefined));
    return [{ name: value, tensor }];
  });
}

/** An input without a shape is dropped by UpgradeNetInput, and too few sizes end Caffe. */
function countInputs(
  net: Net,
  names: readonly ProtoField[],
  shapes: readonly ProtoField[],
  dims: readonly ProtoField[],
): void {
  const report = (field: ProtoField, message: string): void => {
    const range = { from: field.from, to: field.nameTo };
    net.builder.problem({ range, severity: 'error', code: 'wrong-count', message });
  };
  const inputs = `${names.length} input${names.length === 1 ? '' : 's'}`;
  if (shapes.length > 0) {
    if (shapes.length < names.length) {
      report(
        shapes.at(-1)!,
        `There ${shapes.length === 1 ? 'is' : 'are'} ${shapes.length} input_shape for ${inputs}. Write one for each.`,
      );
    }
  } else if (dims.length === 0) {
    // With a size from the settings it is counted all the same.
    if (net.input.length > 0) return;
    report(
      names[0]!,
      'This input has no sizes: Caffe leaves it out. Write input_shape { dim: 1 dim: 3 dim: 224 dim: 224 }, say.',
    );
  } else if (dims.length < 4 * names.length) {
    report(
      dims.at(-1)!,
      `There ${dims.length === 1 ? 'is' : 'are'} ${dims.length} input_dim for ${inputs}. Write four for each (batch, channels, height, width), or input_shape { dim: … }.`,
    );
  }
}

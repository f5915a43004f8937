// Inputs that are declared by fields of the network itself.
import * as l10n from '@vscode/l10n';
import { type Tensor, use } from '../../graph/graph.ts';
import type { ProtoField, ProtoMessage } from '../../syntax/prototext.ts';
import type { BlobName } from './layer.ts';
import { feed } from './layers/data.ts';
import type { Net } from './layers/layer.ts';
import { dimsOf, Param } from './param.ts';

/** An input with its field and its tensor. */
export interface InputField {
  readonly name: BlobName;
  readonly tensor: Tensor;
}

/** The names of the inputs, in order. */
export function inputNames(root: ProtoMessage): readonly string[] {
  return root.fields.flatMap(({ name, value }) =>
    name === 'input' && value && value.kind !== 'message' ? [value.text] : [],
  );
}

/** `input: "data"` with an `input_shape` or four `input_dim` each (UpgradeNetInput, upgrade_proto.cpp). */
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
      summary: l10n.t('The input of the network.'),
      sites: [use(field)],
      locate: () => ({ from: place.from, to: place.to }),
    };
    const tensor = net.builder.within(frame, () => feed(net, value.text, written, undefined));
    return [{ name: value, tensor }];
  });
}

/** UpgradeNetInput drops an input without a shape, and Caffe exits if there are too few sizes. */
function countInputs(
  net: Net,
  names: readonly ProtoField[],
  shapes: readonly ProtoField[],
  dims: readonly ProtoField[],
): void {
  const report = (field: ProtoField, code: string, message: string, help: string): void => {
    const range = { from: field.from, to: field.nameTo };
    net.builder.problem({ range, severity: 'error', code, message, help });
  };
  const inputs = names.length;
  if (shapes.length > 0) {
    if (shapes.length < inputs) {
      const message =
        shapes.length === 1
          ? l10n.t('There is 1 input_shape for {0} inputs.', inputs)
          : l10n.t('There are {0} input_shape for {1} inputs.', shapes.length, inputs);
      report(shapes.at(-1)!, 'field-count-mismatch', message, l10n.t('Add one per input.'));
    }
  } else if (dims.length === 0) {
    // If the settings give a size, the network can be counted anyway.
    if (net.input.length > 0) return;
    report(
      names[0]!,
      'input-without-shape',
      l10n.t('This input has no shape, so Caffe drops it.'),
      l10n.t('Add one, for example {0}.', 'input_shape { dim: 1 dim: 3 dim: 224 dim: 224 }'),
    );
  } else if (dims.length < 4 * names.length) {
    const message =
      inputs === 1
        ? l10n.t('An input has 4 input_dim, but {0} are given.', dims.length)
        : l10n.t('{0} inputs have {1} input_dim, but {2} are given.', inputs, 4 * inputs, dims.length);
    const help = l10n.t('Give batch, channels, height and width for each, or use {0}.', 'input_shape { dim: … }');
    report(dims.at(-1)!, 'field-count-mismatch', message, help);
  }
}

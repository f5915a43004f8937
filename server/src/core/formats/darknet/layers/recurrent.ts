// [rnn], [crnn], [gru], [lstm], [conv_lstm]: layers that consist of connected ones or convolutions. Counts one step.
import * as l10n from '@vscode/l10n';
import type { Tensor } from '../../../graph/graph.ts';
import { concat, constant, recurrentCell, reshape } from '../../../ops/index.ts';
import type { Shape } from '../../../ops/op.ts';
import { type SectionReader, shown } from '../sectionReader.ts';
import { connect, convolve, windowOf } from './convolutional.ts';
import type { Layer } from './layer.ts';

/** The state from the previous step. */
function state(reader: SectionReader, shape: Shape): Tensor {
  return reader.builder.add(constant, { shape }, []);
}

function named(reader: SectionReader, label: string, type: string, body: () => Tensor): Tensor {
  return reader.builder.within({ label, type }, body);
}

/** rnn_layer.c: input → state, state → state, state → output. In pjreddie's, the state is as large as the output. */
export const rnn: Layer = reader => {
  const out = reader.size('output', 1);
  const hidden = reader.dialect === 'alexeyab' ? reader.size('hidden', 1) : out;
  const x = reader.flat();
  const before = state(reader, [1, hidden]);
  const input = named(reader, 'input', 'connected', () => reader.activate(connect(reader, x, hidden), 'logistic'));
  const self = named(reader, 'self', 'connected', () => reader.activate(connect(reader, before, hidden), 'logistic'));
  const now = reader.builder.add(recurrentCell, { cell: 'rnn' }, [input, self, before]);
  const tensor = named(reader, 'output', 'connected', () => reader.activate(connect(reader, now, out), 'logistic'));
  // In AlexeyAB's, it is an image of 1×1; in pjreddie's, it is not.
  return { tensor, image: reader.dialect === 'alexeyab', reduction: Number.NaN, widthBy: 'own' };
};

/** crnn_layer.c: three convolutions that must keep the size. pjreddie's uses the width as height (parse_crnn). */
export const crnn: Layer = reader => {
  const alexey = reader.dialect === 'alexeyab';
  const out = reader.size(alexey ? 'output' : 'output_filters', 1);
  const hidden = reader.size(alexey ? 'hidden' : 'hidden_filters', 1);
  const stride = alexey ? reader.size('stride', 1) : 1;
  const window = alexey ? windowOf(reader, 3) : { size: 3, padding: 1, dilation: 1, groups: 1, binary: false };
  const image = reader.image();
  const [, c, width, height] = image.shape ?? [];
  const turned = !alexey && Math.abs(width! - height!) > 0;
  const x = turned ? reader.builder.add(reshape, { shape: [1, c!, height!, width!] }, image) : image;
  const [, , h, w] = x.shape ?? [];
  const before = state(reader, [1, hidden, h ?? Number.NaN, w ?? Number.NaN]);
  const step = (label: string, from: Tensor, channels: number): Tensor =>
    named(reader, label, 'convolutional', () =>
      reader.activate(
        convolve(reader, from, { ...window, out: channels, stride: [stride, stride] }).tensor,
        'logistic',
      ),
    );
  const input = step('input', x, hidden);
  const self = step('self', before, hidden);
  checkKeepsSize(reader, x, input);
  const now = reader.builder.add(recurrentCell, { cell: 'rnn' }, [input, self, stateLike(reader, before, self)]);
  return { tensor: step('output', now, out), shrinks: stride ** 2, widthBy: 'own' };
};

/** make_crnn_layer asserts that input and state have the same number of elements. */
function checkKeepsSize(reader: SectionReader, { shape: x }: Tensor, { shape: y }: Tensor): void {
  if (!x || !y || !(Math.abs(x[2]! * x[3]! - y[2]! * y[3]!) > 0)) return;
  reader.report({
    range: reader.placeOf('stride', 'padding', 'size'),
    code: 'state-size-mismatch',
    message: l10n.t(
      'The convolutions of [crnn] must preserve the size, but {0}×{1} becomes {2}×{3}. Darknet stops here.',
      shown(x[3]),
      shown(x[2]),
      shown(y[3]),
      shown(y[2]),
    ),
    short: l10n.t('convolutions change the size'),
    help: l10n.t('Set stride=1, pad=1 and an odd size.'),
  });
}

/** A state of the size that the layer's own convolutions produce, if that is not the input's. */
function stateLike(reader: SectionReader, before: Tensor, like: Tensor): Tensor {
  const same = before.shape?.every((length, axis) => Object.is(length, like.shape?.[axis]));
  return same || !like.shape ? before : state(reader, like.shape);
}

/** gru_layer.c: update, reset and candidate, each from two connected layers without activation. */
export const gru: Layer = reader => {
  const out = reader.size('output', 1);
  const x = reader.flat();
  const before = state(reader, [1, out]);
  const parts = ['z', 'r', 'h'].flatMap(gate => [
    named(reader, `input_${gate}`, 'connected', () => connect(reader, x, out)),
    named(reader, `state_${gate}`, 'connected', () => connect(reader, before, out)),
  ]);
  const tensor = reader.builder.add(recurrentCell, { cell: 'gru' }, [...parts, before]);
  return { tensor, image: false, reduction: Number.NaN, widthBy: 'own' };
};

/** lstm_layer.c: u reads the input, w the state; forget, input, candidate, output. */
export const lstm: Layer = reader => {
  const out = reader.size('output', 1);
  const x = reader.flat();
  const before = state(reader, [1, out]);
  const parts = gates.flatMap(gate => [
    named(reader, `u${gate}`, 'connected', () => connect(reader, x, out)),
    named(reader, `w${gate}`, 'connected', () => connect(reader, before, out)),
  ]);
  const tensor = reader.builder.add(recurrentCell, { cell: 'lstm' }, [...parts, before]);
  return { tensor, image: reader.dialect === 'alexeyab', reduction: Number.NaN, widthBy: 'own' };
};

const gates = ['f', 'i', 'g', 'o'] as const;

/** conv_lstm_layer.c: the same with convolutions; with a bottleneck, one of them reads state and input together. */
export const convLstm: Layer = reader => {
  const { builder } = reader;
  const out = reader.size('output', 1);
  const stride = reader.size('stride', 1);
  const window = { ...windowOf(reader, 3), stride: [stride, stride], out };
  const x = reader.image();
  const gate = (label: string, from: Tensor): Tensor =>
    named(reader, label, 'convolutional', () => reader.activate(convolve(reader, from, window).tensor, 'linear'));
  const inputs = gates.map(name => gate(`u${name}`, x));
  // The state always has the size of the input.
  const before = state(reader, [1, out, ...(x.shape?.slice(2) ?? [Number.NaN, Number.NaN])]);
  const now = stateLike(reader, before, inputs[0]!);
  if (now !== before && x.shape) {
    const [, , h, w] = inputs[0]!.shape ?? [];
    reader.report({
      range: reader.placeOf('stride'),
      severity: 'warning',
      code: 'state-size-mismatch',
      message: l10n.t(
        'The state of [conv_lstm] is {0}×{1}, but Darknet reads it as {2}×{3}, past the end of its memory.',
        shown(w),
        shown(h),
        shown(x.shape[3]),
        shown(x.shape[2]),
      ),
      help: l10n.t('Set stride=1, pad=1 and an odd size.'),
    });
  }
  const states = reader.on('bottleneck')
    ? [gate('wf', builder.add(concat, { axis: 1 }, [before, now === before ? inputs[0]! : before]))]
    : gates.map(name => gate(`w${name}`, before));
  const peepholes = reader.on('peephole') ? ['f', 'i', 'o'].map(name => gate(`v${name}`, before)) : [];
  // Its BFLOPs ignore the bottleneck: they have as many terms as without one.
  const all = [...inputs, ...gates.map((_, at) => states[at] ?? states[0]!), ...peepholes, now];
  const tensor = builder.add(recurrentCell, { cell: 'lstm' }, all);
  return { tensor, shrinks: stride, widthBy: 'own' };
};

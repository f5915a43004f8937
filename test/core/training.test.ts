// What training costs in texts that are no programs, against sums by hand: which gradients there are, and which not.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type Analysed,
  choices,
  defaultSettings,
  diffReport,
  hover,
  open,
  outcome,
  price,
  report,
  type Settings,
  type Work,
} from '../../server/src/core/index.ts';
import { ops } from '../../server/src/core/ops/index.ts';

function analysed(name: string, text: string, settings: Partial<Settings> = {}): Analysed {
  const all = { ...defaultSettings, ...settings };
  return price(open({ name, text }, all)!, all)!;
}

const total = (name: string, text: string, work: Work): number => {
  const { model, problems } = analysed(name, text, { work });
  assert.deepEqual(
    problems.filter(({ severity }) => severity === 'error'),
    [],
  );
  assert.ok(model.totals.value.complete);
  return model.totals.value.value;
};

/** Forward and backward pass, each a sum by hand; a step is both. */
function check(name: string, text: string, forward: number, backward: number): void {
  assert.equal(total(name, text, 'forward'), forward, 'forward');
  assert.equal(total(name, text, 'backward'), backward, 'backward');
  assert.equal(total(name, text, 'step'), forward + backward, 'step');
}

describe('training in Flopline YAML', () => {
  it('has no gradient of what the first layer reads', () => {
    const [first, second] = [3 * 9 * 4 * 16 * 16, 4 * 5];
    const text =
      'input: [3, 16, 16]\nlayers:\n  - conv: {out: 4, kernel: 3, padding: same}\n  - globalavgpool\n  - flatten\n  - linear: 5\n';
    check('a.net.yaml', text, first + second, first + 2 * second);
  });

  it('has both gradients of a product, unless one side is not trained', () => {
    const text = `input: [7, 4]
layers:
  - linear: {out: 4, name: q}
  - matmul: {transposeB: true, from: [q, input], name: scores}
  - matmul: {from: [scores, q]}
`;
    const [q, scores, mixed] = [7 * 4 * 4, 7 * 7 * 4, 7 * 7 * 4];
    check('a.net.yaml', text, q + scores + mixed, q + scores + 2 * mixed);
  });

  it('does not train through what is detached, and not what nobody reads', () => {
    const text = `input: [6]
layers:
  - linear: {out: 5, name: stem}
  - linear: {out: 3, from: stem}
  - detach: {from: stem}
  - linear: {out: 4, name: head}
output: head
`;
    check('a.net.yaml', text, 30 + 15 + 20, 20);
  });

  it('has FLOPs as twice the MACs, and its own unit', () => {
    const text = '# flopline: work=step convention=flops\ninput: [6]\nlayers:\n  - linear: 5\n  - linear: 4\n';
    const { model } = analysed('a.net.yaml', text);
    assert.equal(model.totals.value.value, 2 * (2 * 30 + 3 * 20));
    assert.equal(model.totals.macs.value, 50);
    assert.equal(model.convention.unit, 'FLOPs/step');
  });
});

const input = 'layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 1 dim: 6 } } }\n';
const product = (name: string, bottom: string, out: number, more = ''): string =>
  `layer { name: "${name}" type: "InnerProduct" bottom: "${bottom}" top: "${name}" ${more} inner_product_param { num_output: ${out} } }\n`;
const frozen = 'param { lr_mult: 0 } param { lr_mult: 0 }';

describe('training in Caffe', () => {
  it('freezes blobs whose learning rate is 0', () => {
    check(
      'a.prototxt',
      input + product('a', 'data', 5, frozen) + product('b', 'a', 4) + product('c', 'b', 3, frozen),
      30 + 20 + 12,
      20 + 12,
    );
    // The biases of a are trained, so what is behind it passes gradients to it.
    check('a.prototxt', input + product('a', 'data', 5, 'param { lr_mult: 0 }') + product('b', 'a', 4), 30 + 20, 40);
  });

  it('stops where gradients are not propagated', () => {
    check('a.prototxt', input + product('a', 'data', 5) + product('b', 'a', 4, 'propagate_down: false'), 30 + 20, 20);
  });

  it('reads the TRAIN phase, and trains for its losses alone', () => {
    const text =
      input +
      'layer { name: "label" type: "Input" top: "label" input_param { shape { dim: 1 } } }\n' +
      product('a', 'data', 5) +
      product('extra', 'a', 7, 'include { phase: TRAIN }') +
      'layer { name: "loss" type: "SoftmaxWithLoss" bottom: "a" bottom: "label" top: "loss" }\n' +
      'layer { name: "accuracy" type: "Accuracy" bottom: "extra" bottom: "label" top: "accuracy" }\n';
    check('a.prototxt', text, 30 + 35, 30);
    const tested = analysed('a.prototxt', text, { work: 'step', phase: 'TEST' });
    assert.equal(tested.spec.phase, 'TEST');
  });
});

const cfg = (...more: readonly string[]): string =>
  `[net]\nheight=8\nwidth=8\nchannels=3\n${more.map((extra, at) => `[convolutional]\nfilters=${at + 2}\nsize=1\nstride=1\nactivation=linear\n${extra}`).join('')}`;

describe('training in Darknet', () => {
  const [a, b, c] = [64 * 3 * 2, 64 * 2 * 3, 64 * 3 * 4];

  it('has the rule of all others', () => check('a.cfg', cfg('', '', ''), a + b + c, a + 2 * b + 2 * c));

  it('stops at stopbackward, whose output has its gradient computed all the same', () =>
    check('a.cfg', cfg('', 'stopbackward=1\n', ''), a + b + c, 2 * c));

  it('leaves out what runs forward only', () => check('a.cfg', cfg('', '', 'onlyforward=1\n'), a + b + c, 0));

  it('has no gradients of weights above train_only_bn', () =>
    check('a.cfg', cfg('', 'train_only_bn=1\n', ''), a + b + c, b + 2 * c));
});

describe('training in YOLO files', () => {
  const yolo = (head: string): string =>
    `nc: 2\nscales:\n  n: [1, 1, 1024]\nbackbone:\n  - [-1, 1, Conv, [16, 3, 2]]\n  - [-1, 1, Conv, [16, 3, 2]]\nhead:\n  - [[1], 1, ${head}, [nc]]\n`;
  const input = [{ sizes: [3, 32, 32] }];
  const value = (head: string, work: Work): number =>
    analysed('yolov8n.yaml', yolo(head), { work, input }).model.totals.value.value;
  const first = 3 * 16 * 9 * 16 * 16;
  /** 16 bins for each of four sides, on 8×8 places. */
  const dfl = 64 * 4 * 16;

  it('has no decoding', () => {
    assert.equal(value('Detect', 'forward'), value('Detect', 'inference') - dfl);
    assert.equal(value('Detect', 'backward'), 2 * value('Detect', 'forward') - first);
  });

  it('has no gradient of what the second set of branches reads', () => {
    assert.equal(value('v10Detect', 'forward'), value('v10Detect', 'inference') - dfl);
    // The first convolution of the box branch, 16 → 64; that of the class branch is depthwise.
    const read = 64 * (16 * 64 * 9 + 16 * 9);
    assert.equal(value('v10Detect', 'backward'), 2 * value('v10Detect', 'forward') - first - read);
  });

  it('does not know what only targets say', () => {
    const text = yolo('Detect').replace('Detect, [nc]', 'RTDETRDecoder, [nc]');
    const { totals } = analysed('rtdetr-l.yaml', text, { work: 'step', input }).model;
    assert.equal(totals.value.complete, false);
    assert.match(totals.why!.message, /RTDETRDecoder/);
  });

  it('prints what Ultralytics prints, which is inference', () => {
    const native = (work: Work) => report(analysed('yolov8n.yaml', yolo('Detect'), { work, input })).native;
    assert.deepEqual(native('step'), native('inference'));
  });
});

describe('what is said of training', () => {
  const text = 'input: [6]\nlayers:\n  - linear: 5\n  - linear: 4\n';

  it('is refused with conventions that have no rule for it', () => {
    const { model, problems, settings, origins } = analysed(
      'a.net.yaml',
      `# flopline: work=step convention=thop\n${text}`,
    );
    assert.equal(model.totals.value.value, 50);
    assert.equal(settings.work, 'inference');
    assert.equal(origins.work, 'default');
    assert.deepEqual(
      problems.map(({ code, message }) => [code, message]),
      [['wrong-setting', 'The convention “thop” counts inference only, so training is not counted.']],
    );
  });

  it('is in reports, where MACs stay those of the forward pass', () => {
    const { work, totals, layers } = report(analysed('a.net.yaml', text, { work: 'step' }));
    assert.equal(work, 'step');
    assert.deepEqual([totals.macs, totals.value], [50, 2 * 30 + 3 * 20]);
    assert.deepEqual(
      layers.map(({ macs, value }) => [macs, value]),
      [
        [30, 60],
        [20, 60],
      ],
    );
    assert.equal('work' in report(analysed('a.net.yaml', text)), false);
  });

  it('can be chosen, with what it gives', () => {
    const plain = analysed('a.net.yaml', text);
    const choice = choices(plain).find(({ key }) => key === 'work')!;
    assert.deepEqual(
      choice.values.map(({ value }) => value),
      ['inference', 'forward', 'backward', 'step'],
    );
    const step = outcome(plain, 'work', 'step');
    assert.equal(step.kind === 'totals' && step.totals, '120 MACs/step');
  });

  it('compares like with like', () => {
    const before = analysed('a.net.yaml', `# flopline: convention=flops\n${text}`);
    const after = analysed('a.net.yaml', text.replace('linear: 4', 'linear: 8'), { work: 'step' });
    const { rows } = diffReport(before, after, { before: { file: 'a' }, after: { file: 'b' } });
    assert.deepEqual(
      rows.map(({ value }) => value),
      [
        { before: 60, after: 60 },
        { before: 60, after: 120 },
      ],
    );
  });

  it('says which gradients a layer has', () => {
    const subject = analysed('a.net.yaml', text, { work: 'backward' });
    const said = (word: string): string => hover(subject, text.indexOf(word) + 1)!.markdown;
    assert.match(
      said('linear: 5'),
      /Backward: 30 MACs, for the gradient of its weights\. Nothing before it is trained\./,
    );
    assert.match(said('linear: 4'), /Backward: 40 MACs, for the gradients of its input and of its weights\./);
  });
});

describe('operators', () => {
  for (const op of ops) {
    const works = op.examples.some(({ counts }) => (counts?.macs ?? 0) > 0);
    if (!works) continue;
    it(`${op.name} says what its backward pass costs: as much for each gradient as a product of it`, () => {
      assert.ok(op.backward);
      for (const { attrs, inputs, output, counts } of op.examples) {
        const outputs = Array.isArray(output[0])
          ? (output as readonly (readonly number[])[])
          : [output as readonly number[]];
        const backward = (some: boolean, weights: boolean): number =>
          op.backward!(attrs as never, inputs, outputs, { inputs: inputs.map(() => some), weights });
        const macs = counts?.macs ?? 0;
        assert.equal(backward(false, false) < macs || macs === 0, true);
        assert.equal(backward(true, true) <= 2 * macs || macs === 0, true);
        if (op.arity === 1 && op.name !== 'lstm' && op.name !== 'gru' && op.name !== 'rnn') {
          assert.equal(backward(true, true), 2 * macs);
          assert.equal(backward(false, true), macs);
        }
      }
    });
  }
});

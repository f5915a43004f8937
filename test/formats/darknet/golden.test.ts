// Networks whose figures are published.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { type Analysed, defaultSettings, nativeFigure, open, price, problems } from '../../../server/src/core/index.ts';
import { yolov3, yolov3Tiny } from '../../support/yolov3.ts';

describe('Darknet cfg, golden figures', () => {
  // yolov3.weights has 248,007,048 bytes: a header of 20, and 62,001,757 floats, running statistics (52,608) among them.
  // pjreddie.com/darknet/yolo tells 65.86 Bn for its convolutions at 416 and 140.69 at 608. AlexeyAB's adds 14.7 million
  // for the shortcuts at 416 (“Total BFLOPS 65.879”), and that times (608/416)².
  checkNetwork('YOLOv3 at 416', yolov3(), 62_001_757, '65.864', '65.879');
  checkNetwork('YOLOv3 at 608', yolov3({ size: 608 }), 62_001_757, '140.692', '140.723');
  // The layers' figures add up to 65.442510848. Darknet keeps its sum in a float, and prints what 65.44249 is rounded to.
  checkNetwork('YOLOv3 of 20 classes', yolov3({ classes: 20 }), 61678657, '65.428', '65.442');
  // yolov3-tiny.weights has 35,434,956 bytes; 5.56 Bn for its convolutions.
  checkNetwork('YOLOv3-tiny', yolov3Tiny(), (35_434_956 - 20) / 4, '5.565', '5.571');

  it('the example', () => {
    const text = readFileSync(new URL('../../../examples/tiny-detector.cfg', import.meta.url), 'utf8');
    const analysed = priced(text);
    assert.deepEqual(problems(analysed), []);
    assert.equal(analysed.spec.batch, 64);
    const heads = analysed.spec.graph.root.children.filter(({ type }) => type === 'yolo');
    assert.deepEqual(
      heads.map(({ outputs }) => outputs[0]!.shape),
      [
        [1, 75, 20, 20],
        [1, 75, 40, 40],
      ],
    );
  });
});

/** `floats` are those of the weights file; `convolutions` twice their multiply-accumulates, in billions. */
function checkNetwork(title: string, text: string, floats: number, convolutions: string, bflops: string): void {
  it(title, () => {
    const analysed = priced(text);
    assert.deepEqual(
      problems(analysed).filter(({ severity }) => severity !== 'information'),
      [],
    );
    const { params, normStats, macs } = analysed.model.totals;
    assert.equal(params.value + normStats, floats);
    assert.equal(((2 * macs.value) / 1e9).toFixed(3), convolutions);
    assert.equal(nativeFigure(analysed)!.value.toFixed(3), bflops);
  });
}

function priced(text: string): Analysed {
  return price(open({ name: 'x.cfg', text }, defaultSettings)!, defaultSettings)!;
}

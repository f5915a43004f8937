import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Buffers, buffersOf } from '../../server/src/core/analysis/counts.ts';
import { peakOf } from '../../server/src/core/analysis/liveness.ts';
import { analyse, type Model } from '../../server/src/core/analysis/model.ts';
import { idealTimeline } from '../../server/src/core/analysis/timeline.ts';
import { Builder } from '../../server/src/core/graph/builder.ts';
import {
  definition,
  type Frame,
  type Graph,
  type GraphNode,
  type Tensor,
  use,
} from '../../server/src/core/graph/graph.ts';
import {
  add,
  batchNorm,
  type Conv,
  chunk,
  concat,
  constant,
  conv,
  flatten,
  linear,
  maxPool,
  parameter,
  reduce,
  relu,
  type Shape,
  scaledDotProduct,
  silu,
  slice,
  unsqueeze,
  upsample,
} from '../../server/src/core/ops/index.ts';
import { Lines } from '../../server/src/core/text/lines.ts';

const square = (out: number, kernel: number, stride = 1, padding = 0, dilation = 1): Conv => ({
  out,
  kernel: [kernel, kernel],
  stride: [stride, stride],
  padding: [padding, padding],
  dilation: [dilation, dilation],
  groups: 1,
  bias: false,
});

describe('the peak', () => {
  it('of a convolution with norm and activation is its input and its output', () => {
    const { b, image } = start([1, 3, 8, 8]);
    const y = b.add(silu, {}, b.add(batchNorm, { affine: true }, b.add(conv, square(16, 3, 1, 1), image)));
    const { peak, totals } = modelOf(b, [y]);
    assert.equal(peak.elements, 3 * 64 + 16 * 64);
    assert.equal(totals.activations.value, 16 * 64);
  });

  it('keeps a skip connection alive', () => {
    const { b, image } = start([1, 4, 8, 8]);
    const skip = b.add(conv, square(4, 1), image);
    const x = b.add(conv, square(4, 3, 1, 1), b.add(conv, square(4, 3, 1, 1), skip));
    const y = b.add(add, {}, [x, skip]);
    // skip, x and the sum; the image is gone by then.
    assert.equal(modelOf(b, [y]).peak.elements, 3 * 256);
  });

  it('does not write over what is read again, nor over the network’s own input or output', () => {
    const { b, image } = start([1, 4, 8, 8]);
    const x = b.add(conv, square(4, 1), image);
    const active = b.add(relu, {}, x);
    assertFresh(b, [b.add(add, {}, [x, active])]);

    const own = start([1, 4, 8, 8]);
    assertFresh(own.b, [own.b.add(relu, {}, own.image)]);

    const out = start([1, 4, 8, 8]);
    const seen = out.b.add(conv, square(4, 1), out.image);
    assertFresh(out.b, [seen, out.b.add(relu, {}, seen)]);
  });

  it('lets views share memory: halves of a split are read apart, so neither is written over', () => {
    const { b, image } = start([1, 4, 8, 8]);
    const [left, right] = b.addAll(chunk, { axis: 1, chunks: 2 }, b.add(conv, square(4, 1), image));
    const y = b.add(concat, { axis: 1 }, [b.add(relu, {}, left!), right!]);
    const model = modelOf(b, [y]);
    // The image 256 and the convolution 256; the cut none; half of it active 128; the joined 256 again.
    assert.equal(model.totals.activations.value, 256 + 128 + 256);
    assert.equal(model.peak.elements, 256 + 128 + 256);
  });

  it('counts a flattened map once', () => {
    const { b, image } = start([1, 4, 8, 8]);
    const x = b.add(flatten, { start: 1, end: -1 }, b.add(conv, square(8, 1), image));
    const model = modelOf(b, [b.add(linear, { out: 10, bias: false }, b.add(relu, {}, x))]);
    assert.equal(model.totals.activations.value, 512 + 10);
    assert.equal(model.peak.elements, 256 + 512);
  });

  it('has several inputs alive from the start', () => {
    const b = new Builder();
    const first = b.input('first', [1, 4, 10]);
    const x = b.add(reduce, { how: 'mean', axes: [2], keep: true }, first);
    const second = b.input('second', [1, 4, 1000]);
    const y = b.add(add, {}, [x, second]);
    const { peak } = modelOf(b, [y]);
    assert.equal(peak.elements, 4 + 4000 + 4000);
    const early = new Builder();
    const one = early.input('one', [1, 4, 1000]);
    const pooled = early.add(reduce, { how: 'mean', axes: [2], keep: true }, one);
    const two = early.input('two', [1, 4, 900]);
    const small = early.add(reduce, { how: 'mean', axes: [2], keep: true }, two);
    assert.equal(modelOf(early, [early.add(add, {}, [pooled, small])]).peak.elements, 4000 + 3600 + 4);
  });

  it('has parameters apart: a learned tensor is none of the activations', () => {
    const b = new Builder();
    const tokens = b.input('tokens', [1, 10, 4]);
    const y = b.add(add, {}, [tokens, b.add(parameter, { shape: [1, 10, 4] }, [])]);
    const model = modelOf(b, [y]);
    assert.equal(model.totals.params.value, 40);
    assert.equal(model.totals.activations.value, 40);
    assert.equal(model.peak.elements, 80);
  });

  it('is unknown where a size is', () => {
    const { b, image } = start([1, 4, Number.NaN, 8]);
    assert.equal(modelOf(b, [b.add(relu, {}, image)]).peak.elements, Number.NaN);
  });

  it('is that of a naive simulator, which also sees that nothing is read after it was written over', () => {
    fc.assert(
      fc.property(someSteps, fc.array(fc.nat(30), { maxLength: 3 }), (steps, returned) => {
        const { b, tensors } = build(steps);
        const outputs = [tensors.at(-1)!, ...returned.map(at => tensors[at % tensors.length]!)];
        const graph = b.finish([...new Set(outputs)]);
        assert.equal(peakOf(graph).elements, simulate(graph));
        assert.deepEqual(idealTimeline(graph, 4).peak.bytes, 4 * simulate(graph));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('the receptive field', () => {
  it('of two 3×3 is that of a 5×5, of three that of a 7×7', () => {
    const { b, image } = start([1, 3, 32, 32]);
    const two = b.add(conv, square(8, 3), b.add(conv, square(8, 3), image));
    const three = b.add(conv, square(8, 3), two);
    const model = modelOf(b, [three]);
    assert.deepEqual(model.field(two.node), { size: [5, 5], stride: [1, 1], whole: false });
    assert.deepEqual(model.field(three.node), { size: [7, 7], stride: [1, 1], whole: false });
  });

  it('grows by the strides before it and by dilation', () => {
    const { b, image } = start([1, 3, 64, 64]);
    const x = b.add(conv, square(8, 3, 1, 0, 4), b.add(conv, square(8, 3, 2), image));
    assert.deepEqual(modelOf(b, [x]).field(x.node), { size: [19, 19], stride: [2, 2], whole: false });
  });

  it('of VGG-16 is 212 with stride 32 (Araujo, Norris, Sim: Computing Receptive Fields, 2019)', () => {
    const { b, image } = start([1, 3, 224, 224]);
    let x = image;
    for (const convolutions of [2, 2, 3, 3, 3]) {
      for (let at = 0; at < convolutions; at++) x = b.add(relu, {}, b.add(conv, square(8, 3, 1, 1), x));
      x = b.add(maxPool, { kernel: [2, 2], stride: [2, 2], padding: [0, 0], dilation: [1, 1], rounding: 'floor' }, x);
    }
    assert.deepEqual(modelOf(b, [x]).field(x.node), { size: [212, 212], stride: [32, 32], whole: false });
  });

  it('is the largest over the paths', () => {
    const { b, image } = start([1, 8, 32, 32]);
    const x = b.add(add, {}, [image, b.add(conv, square(8, 3, 1, 1), b.add(conv, square(8, 5, 1, 2), image))]);
    assert.deepEqual(modelOf(b, [x]).field(x.node)!.size, [7, 7]);
  });

  it('steps back when the grid grows, and is whole behind what sees everything', () => {
    const { b, image } = start([1, 8, 32, 32]);
    const small = b.add(conv, square(8, 3, 2, 1), image);
    const grown = b.add(upsample, { scale: [2, 2], mode: 'nearest' }, small);
    const after = b.add(conv, square(8, 3, 1, 1), grown);
    const channels = b.add(reduce, { how: 'max', axes: [1], keep: true }, after);
    const pooled = b.add(reduce, { how: 'mean', axes: [2, 3], keep: true }, after);
    const model = modelOf(b, [pooled]);
    assert.deepEqual(model.field(grown.node)!.stride, [1, 1]);
    assert.deepEqual(model.field(after.node)!.size, [5, 5]);
    assert.equal(model.field(channels.node)!.whole, false);
    assert.equal(model.field(pooled.node)!.whole, true);
    const s = start([1, 9, 4]);
    const seen = s.b.add(scaledDotProduct, {}, [s.image, s.image, s.image]);
    assert.equal(modelOf(s.b, [seen]).field(seen.node)!.whole, true);
  });

  it('is none where no path leads to the input', () => {
    const b = new Builder();
    const x = b.add(relu, {}, b.add(constant, { shape: [1, 3, 4, 4] }, []));
    assert.equal(modelOf(b, [x]).field(x.node), undefined);
  });
});

describe('roll-ups', () => {
  it('are plain sums: of a frame over its nodes, of a line over the nodes of its frames, each once', () => {
    fc.assert(
      fc.property(someSteps, fc.array(fc.tuple(fc.nat(3), fc.nat(5)), { maxLength: 40 }), (steps, moves) => {
        const { b, tensors } = build(steps, moves);
        checkSums(modelOf(b, [tensors.at(-1)!], text));
      }),
      { numRuns: 500 },
    );
  });

  it('stay exact past 2³²', () => {
    const { b, image } = start([1, 4096, 512, 512]);
    const x = b.add(conv, square(4096, 1), image);
    const y = b.add(conv, square(1, 1), x);
    const { totals } = modelOf(b, [y]);
    assert.equal(BigInt(totals.macs.value), 4096n * 4096n * 512n * 512n + 4096n * 512n * 512n);
  });

  it('count parameters in use again once, and their work again', () => {
    const { b, image } = start([1, 4, 8, 8]);
    const first = b.add(conv, square(4, 3, 1, 1), image);
    const again = b.add(conv, square(4, 3, 1, 1), first, { shares: first.node });
    const { totals } = modelOf(b, [again]);
    assert.equal(totals.params.value, 144);
    assert.equal(totals.macs.value, 2 * 144 * 64);
  });
});

// ——— Random networks —————————————————————————————————————————————————————————————————————————————————————————————

const text = 'zero\none\ntwo\nthree\nfour\nfive';

type Step = readonly [kind: number, a: number, b: number];

const someSteps: fc.Arbitrary<readonly Step[]> = fc.array(fc.tuple(fc.nat(11), fc.nat(30), fc.nat(30)), {
  minLength: 1,
  maxLength: 14,
});

/** A network of [1, C, 4] tensors; `moves` open and close frames on the lines of `text`. */
function build(
  steps: readonly Step[],
  moves: readonly (readonly [number, number])[] = [],
): { b: Builder; tensors: readonly Tensor[] } {
  const b = new Builder();
  const lines = new Lines(text);
  const tensors: Tensor[] = [b.input('x', [1, 6, 4])];
  let depth = 0;
  const at = (index: number): Tensor => tensors[index % tensors.length]!;
  for (const [index, [kind, first, second]] of steps.entries()) {
    const [move, line] = moves[index] ?? [9, 0];
    if (move === 0 && depth > 0) {
      b.close([tensors.at(-1)!]);
      depth--;
    } else if (move <= 2) {
      const sites =
        move === 1
          ? [use(lines.range(line))]
          : [use(lines.range(line)), definition(lines.range((line + second) % lines.count))];
      b.open({ label: `${index}`, type: 'block', sites: first % 4 === 0 ? [] : sites });
      depth++;
    }
    // Recent tensors make deeper networks.
    const x = kind % 2 ? at(first) : tensors.at(-1)!;
    tensors.push(...addStep(b, kind, x, at(second), 1 + (second % 5)));
  }
  return { b, tensors };
}

function addStep(b: Builder, kind: number, x: Tensor, y: Tensor, width: number): readonly Tensor[] {
  const channels = x.shape![1]!;
  switch (kind) {
    case 0:
    case 1: {
      const one = { kernel: [1], stride: [1], padding: [0], dilation: [1], groups: 1, bias: true };
      return [b.add(conv, { ...one, out: width }, x)];
    }
    case 2:
    case 3:
    case 4:
      return [b.add(relu, {}, x)];
    case 5:
      return [b.add(batchNorm, { affine: true }, x)];
    case 6:
      return b.addAll(chunk, { axis: 1, chunks: 2 }, x);
    case 7:
      return [b.add(slice, { axis: 1, start: 0, end: Math.ceil(channels / 2), step: 1 }, x)];
    case 8:
      return [b.add(concat, { axis: 1 }, [x, y])];
    case 9:
      return [channels === y.shape![1] ? b.add(add, {}, [x, y]) : b.add(concat, { axis: 1 }, [y, x, y])];
    case 10:
      return [b.add(width % 2 ? parameter : constant, { shape: [1, width, 4] }, [])];
    default:
      // There and back: a view of a view.
      return [b.add(flatten, { start: 0, end: 1 }, b.add(unsqueeze, { axis: 0 }, x))];
  }
}

interface Memory {
  readonly elements: number;
  /** The value that it holds: the tensor that it was written with. */
  holds: Tensor;
}

/**
 * The largest sum of live memory, by the words of the design: views share, an element-wise operator of one input
 * works in place where nobody else reads that, inputs are there from the start, parameters do not count.
 */
function simulate(graph: Graph): number {
  const value = new Map<Tensor, Tensor>();
  const origin = (tensor: Tensor): Tensor => value.get(tensor)!;
  for (const node of graph.nodes) {
    for (const tensor of node.outputs) value.set(tensor, node.op.kind === 'view' ? origin(node.inputs[0]!) : tensor);
  }
  const readers = (of: Tensor): number =>
    graph.nodes.filter(node => node.op.kind !== 'view' && node.inputs.some(tensor => origin(tensor) === of)).length +
    graph.outputs.filter(tensor => origin(tensor) === of).length;

  const memory = new Map<Tensor, Memory>();
  const uses = new Map<Memory, number[]>();
  const use = (tensor: Tensor, when: number): void => void uses.get(memory.get(tensor)!)!.push(when);
  for (const node of graph.nodes) {
    for (const tensor of node.inputs) {
      // A view reads nothing; whoever reads the view does.
      if (node.op.kind !== 'view') {
        assert.equal(memory.get(tensor)!.holds === origin(tensor), true, 'read after it was written over');
      }
      use(tensor, node.id);
    }
    for (const tensor of node.outputs) {
      const [source] = node.inputs;
      const read = source && origin(source);
      if (node.op.kind === 'view') memory.set(tensor, memory.get(source!)!);
      else if (node.op.inPlace && read && read.node.op.kind !== 'source' && readers(read) === 1) {
        memory.set(tensor, memory.get(source!)!);
        memory.get(tensor)!.holds = tensor;
      } else {
        const elements = node.op === parameter ? 0 : elementsOf(tensor.shape!);
        const fresh = { elements, holds: tensor };
        memory.set(tensor, fresh);
        uses.set(fresh, [graph.inputs.some(input => input.tensor === tensor) ? 0 : node.id]);
      }
      use(tensor, node.id);
    }
  }
  for (const tensor of graph.outputs) {
    assert.equal(memory.get(tensor)!.holds === origin(tensor), true, 'returned after it was written over');
    use(tensor, graph.nodes.length);
  }
  let peak = 0;
  for (const { id } of graph.nodes) {
    let live = 0;
    for (const [{ elements }, when] of uses) if (Math.min(...when) <= id && id <= Math.max(...when)) live += elements;
    peak = Math.max(peak, live);
  }
  return peak;
}

function elementsOf(shape: Shape): number {
  return shape.reduce((product, length) => product * length, 1);
}

function checkSums(model: Model): void {
  const { graph, lines } = model;
  const sums = (nodes: readonly GraphNode[]): object => {
    const each = nodes.map(node => model.costOfNode(node));
    const sum = (of: (cost: (typeof each)[number]) => number): number => each.reduce((all, cost) => all + of(cost), 0);
    return {
      macs: sum(cost => cost.macs.value),
      params: sum(cost => cost.params.value),
      activations: sum(cost => cost.activations.value),
      normStats: sum(cost => cost.normStats),
    };
  };
  const plain = (cost: Model['totals']): object => ({
    macs: cost.macs.value,
    params: cost.params.value,
    activations: cost.activations.value,
    normStats: cost.normStats,
  });
  const isIn = (node: GraphNode, wanted: (frame: Frame) => boolean): boolean => {
    for (let frame: Frame | undefined = node.frame; frame; frame = frame.parent) if (wanted(frame)) return true;
    return false;
  };
  const visit = (frame: Frame): void => {
    assert.deepEqual(plain(model.costOf(frame)), sums(graph.nodes.filter(node => isIn(node, at => at === frame))));
    for (const child of frame.children) visit(child);
  };
  visit(graph.root);
  for (let line = 0; line < lines.count; line++) {
    const here = (frame: Frame): boolean => frame.sites.some(site => lines.lineAt(site.range.from) === line);
    const expected = graph.nodes.filter(node => isIn(node, here));
    const cost = model.lineCost(line)?.cost;
    if (cost) assert.deepEqual(plain(cost), sums(expected));
    else assert.equal(expected.length, 0);
  }
  assert.deepEqual(plain(model.totals), sums(graph.nodes));
  assert.deepEqual(
    model.lineCosts().map(({ line }) => line),
    model.lineCosts(0, lines.count).map(({ line }) => line),
  );
}

function start(shape: Shape): { b: Builder; image: Tensor } {
  const b = new Builder();
  return { b, image: b.input('image', shape) };
}

function modelOf(b: Builder, outputs: readonly Tensor[], source = ''): Model {
  return analyse(b.finish(outputs), new Lines(source));
}

function assertFresh(b: Builder, outputs: readonly Tensor[]): void {
  const graph = b.finish(outputs);
  const buffers: Buffers = buffersOf(graph);
  const activation = graph.nodes.find(node => node.op === relu)!;
  assert.equal(buffers.ownsNew(activation), true);
}

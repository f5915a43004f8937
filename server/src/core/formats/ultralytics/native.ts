// What `model.info()` prints as GFLOPs: thop's count, at an image of its own size (utils/torch_utils.py, get_flops).
import * as l10n from '@vscode/l10n';
import { channels, type Frame, type Graph } from '../../graph/graph.ts';
import type { Attempt, Fusion, Native, Release } from '../format.ts';
import type { Dialect } from './dialect.ts';
import { fuse } from './fuse.ts';
import { build, type Header, type Network } from './read.ts';
import { type ReleaseName, readingReleases, releases } from './releases.ts';

/** The image that figures are printed for. */
const side = 640;

export function nativeOf(header: Header, dialect: Dialect): Native {
  const trial = once(() => trialOf(header, dialect));
  const fusing = { apart: remembering(graph => fuse(graph, false)), all: remembering(graph => fuse(graph, true)) };
  return {
    convention: 'ultralytics',
    label: 'GFLOPs',
    unit: 1e9,
    by: dialect.by,
    caveat: dialect.releases ? caveats.ultralytics() : caveats.others(),
    releases: () => {
      if (!dialect.releases) {
        return [{ counter: '2 × thop 2.0.15', attempts: () => small(header, dialect, trial()) }];
      }
      const found = trial();
      return found
        ? readingReleases(header, found.network).map(name =>
            releaseOf(name, header, dialect, found, name === '8.3.63' ? fusing.apart : fusing.all),
          )
        : [];
    },
  };
}

const caveats = {
  ultralytics: () =>
    l10n.t(
      'Counted by thop: 2 per multiply-accumulate, 8 per element of batch normalization. Up to 8.4.111 it counts at the model’s stride and scales up to 640×640, omits attention products, and overcounts layers that do not grow with the image; from 8.4.112 on it counts attention, and the rest exactly at 640×640.',
    ),
  others: () =>
    l10n.t(
      'Counted by thop at the model’s stride and scaled up to 640×640: 2 per multiply-accumulate, 8 per element of batch normalization, nothing for attention products, and too much for layers that do not grow with the image.',
    ),
} as const;

function releaseOf(
  version: ReleaseName,
  header: Header,
  dialect: Dialect,
  trial: Trial,
  fused: (graph: Graph) => Fusion,
): Release {
  const isNewest = version === releases[0];
  const attempts = (fusion?: Fusion): readonly Attempt[] =>
    isNewest ? current(header, trial, fusion) : small(header, dialect, trial);
  return {
    version,
    // The thop of their day: 8.3.222 and later ask for 2.0.18, 8.4.113 and later for 2.1.6 (pyproject.toml).
    counter: isNewest ? 'ultralytics' : version === '8.3.63' ? '2 × thop 2.0.15' : '2 × thop 2.0.18',
    attempts: () => attempts(),
    fused: { fuse: fused, attempts: () => attempts(fused(trial.network.graph)) },
  };
}

/** The pass at 256×256 in which a model measures its stride (DetectionModel.__init__). */
interface Trial {
  readonly network: Network;
  readonly stride: number;
}

/** Undefined where nothing is printed. */
function trialOf(header: Header, dialect: Dialect): Trial | undefined {
  const network = build(header, dialect, { input: [{ sizes: [header.inputChannels, 256, 256] }] }, 256);
  // An image of other channels than the network expects ends in an error, and nothing is printed.
  if (dialect.printsByWeights && secondSize(network.graph) !== header.inputChannels) return undefined;
  const strides = network.headInputs.map(x => 256 / (x.shape?.[2] ?? Number.NaN));
  if (strides.some(Number.isNaN)) return undefined;
  const { printing } = dialect;
  const least = printing && 'leastStride' in printing ? printing.leastStride : 32;
  // Models without such a head have 32.
  return { network, stride: Math.max(least, ...(strides.length > 0 ? strides.map(Math.trunc) : [32])) };
}

/** One image as small as the stride, its total scaled by the area; up to 8.4.111, and in all forks. */
function small(header: Header, { printing, printsAtFullSize }: Dialect, trial: Trial | undefined): readonly Attempt[] {
  const fixed = printing && 'size' in printing ? printing.size : undefined;
  const size = fixed ?? trial?.stride;
  if (size === undefined) return [];
  const found = [[term(header, size, size, (side / size) ** 2)]];
  // Where that fails, as in RT-DETR, the image itself.
  return printsAtFullSize && fixed === undefined ? [...found, whole(header)] : found;
}

/**
 * From 8.4.112 on, with thop 2.1 (profile.py, `stride`): one small image where all grows with the area, the line through
 * two where a module does not, the whole image where attention makes costs quadratic or a small one fails.
 */
function current(header: Header, { network: { graph }, stride }: Trial, fusion?: Fusion): readonly Attempt[] {
  const full = whole(header);
  const isQuadratic = hasFrame(graph.root, whollyRun) || graph.nodes.some(({ op }) => op.name === 'attention');
  if (isQuadratic || side % stride !== 0 || stride >= side) return [full];
  const isFixed = graph.nodes.some(node => fixedOps.has(node.op.name) && !fusion?.gone.has(node));
  if (!isFixed) return [[term(header, stride, stride, (side / stride) ** 2)], full];
  const areas = (side / stride) ** 2;
  return [[term(header, stride, stride, 2 - areas), term(header, stride, 2 * stride, areas - 1)], full];
}

/** Classes for which get_flops runs the whole image: attention with a rule of its own, and what a small one breaks. */
const whollyRun = new Set(['Attention', 'AAttn', 'RTDETRDecoder']);
/** Operators of thop's `fixed_ops`: modules whose work need not grow with the image. */
const fixedOps = new Set(['linear', 'adaptiveAvgPool', 'globalAvgPool', 'rnn', 'gru', 'lstm']);

function hasFrame(frame: Frame, types: ReadonlySet<string>): boolean {
  return types.has(frame.type) || frame.children.some(child => hasFrame(child, types));
}

const whole = (header: Header): Attempt => [term(header, side, side, 1)];

function term({ inputChannels }: Header, rows: number, columns: number, factor: number): Attempt[number] {
  return { input: [{ sizes: [inputChannels, rows, columns] }], factor };
}

/**
 * `next(model.parameters()).shape[1]`, which the frameworks take for the channels of the image: those of the first
 * convolution, right if it sees the image as it is. NaN where the first parameter has no second size.
 */
function secondSize(graph: Graph): number {
  for (const { op, attrs, inputs } of graph.nodes) {
    switch (op.name) {
      case 'conv':
        return channels(inputs[0]!) / (attrs as { groups: number }).groups;
      case 'convTranspose': {
        const { out, groups } = attrs as { out: number; groups: number };
        return out / groups;
      }
      case 'linear':
        return inputs[0]?.shape?.at(-1) ?? Number.NaN;
      case 'batchNorm':
      case 'prelu':
      case 'unknown':
        return Number.NaN;
    }
  }
  return Number.NaN;
}

function remembering<T>(compute: (graph: Graph) => T): (graph: Graph) => T {
  const known = new WeakMap<Graph, T>();
  return graph => {
    let value = known.get(graph);
    if (value === undefined) {
      value = compute(graph);
      known.set(graph, value);
    }
    return value;
  };
}

function once<T>(compute: () => T): () => T {
  let known: { readonly value: T } | undefined;
  return () => {
    known ??= { value: compute() };
    return known.value;
  };
}

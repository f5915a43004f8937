// Blobs by name, as the layers so far have left them: what Net::AppendBottom and Net::AppendTop do (net.cpp).
import type { Builder } from '../../graph/builder.ts';
import type { Tensor } from '../../graph/graph.ts';
import { far } from '../../graph/segment.ts';
import type { Range } from '../../text/range.ts';
import { didYouMean, guess } from '../../text/spelling.ts';
import { type BlobName, type Layer, layerName, type PlacedLayer } from './items.ts';
import { typeNames } from './layers/index.ts';
import { maxSpelled } from './make.ts';
import { absence, type State } from './phase.ts';

interface Blob {
  readonly tensor: Tensor;
  /** The number of the layer that wrote it last, and of the top; undefined for an input field. */
  readonly maker: number | undefined;
  readonly top: BlobName;
  /** Whether a layer has read it since. */
  used: boolean;
}

export class Blobs {
  readonly #builder: Builder;
  readonly #layers: readonly PlacedLayer[];
  readonly #state: State;
  readonly #blobs = new Map<string, Blob>();
  /** Names of blobs that were reported to be made twice: once is enough. */
  readonly #taken = new Set<string>();
  /** The first layer that makes a blob, of those that are there. */
  #makers: ReadonlyMap<string, number> | undefined;
  /** Whether a bottom was read that no layer makes. */
  #hasLooseEnds = false;

  constructor(builder: Builder, layers: readonly PlacedLayer[], state: State) {
    this.#builder = builder;
    this.#layers = layers;
    this.#state = state;
  }

  addInput(top: BlobName, tensor: Tensor): void {
    this.#blobs.set(top.text, { tensor, maker: undefined, top, used: false });
  }

  /** What a layer reads, if all of it is there and all that it makes has a new name. Reports nothing. */
  find(layer: Layer): readonly Tensor[] | undefined {
    const { bottoms, tops, source } = layer;
    for (let at = 0; at < tops.length; at++)
      if (!isInPlace(layer, at) && this.#isMade(tops[at]!.text)) return undefined;
    const inputs: Tensor[] = [];
    for (const { text } of bottoms) {
      const blob = this.#blobs.get(source ?? text);
      if (!blob) return undefined;
      inputs.push(blob.tensor);
    }
    return inputs;
  }

  /** What a layer reads. Where there is no blob of that name, what is known is why. */
  read(index: number): readonly Tensor[] {
    const { layer } = this.#layers[index]!;
    return layer.bottoms.map(bottom => {
      const blob = this.#blobs.get(layer.source ?? bottom.text);
      if (blob) return blob.tensor;
      this.#hasLooseEnds = true;
      return this.#builder.unknown(this.#unknownBottom(bottom, index));
    });
  }

  /** In place where the bottom of the same number has the same name, else a new name. */
  checkTops(index: number): void {
    const { layer } = this.#layers[index]!;
    const made = new Map<string, Pick<Blob, 'maker' | 'top'>>();
    layer.tops.forEach((own, at) => {
      const { text, from, to } = own;
      const range = { from, to };
      if (!isInPlace(layer, at) && (made.has(text) || this.#isMade(text)) && !this.#taken.has(text)) {
        this.#taken.add(text);
        const { maker, top } = made.get(text) ?? this.#blobs.get(text)!;
        const by = maker === undefined ? 'an input' : `“${layerName(this.#layers[maker]!.layer)}”`;
        const message = `“${text}” is made by ${by} already. A blob has one name of its own, unless a layer works in place: its bottom and top of the same number are equal.`;
        const related = [{ range: elsewhere(this.#rangeOf(maker, top)), message: `“${text}” is made here` }];
        this.#builder.problem({ range, severity: 'error', code: 'duplicate-top', message, related });
      }
      if (isInPlace(layer, at) && notInPlace.has(layer.type)) {
        const message = `${layer.type} cannot work in place: it would overwrite what it reads. Give its top another name.`;
        // Caffe refuses some and computes nonsense for the others.
        const severity = refusedInPlace.has(layer.type) ? 'error' : 'warning';
        this.#builder.problem({ range, severity, code: 'in-place', message });
      }
      made.set(text, { maker: index, top: own });
    });
  }

  /** What a layer has read and made, in the graph. */
  pass(index: number, outputs: readonly Tensor[]): void {
    const { layer } = this.#layers[index]!;
    for (const { text } of layer.bottoms) this.#use(text);
    // A padding layer of the oldest form is part of the one that reads it: its top is not missed.
    if (layer.source !== undefined) this.#use(layer.source);
    for (let at = 0; at < layer.tops.length; at++) {
      const top = layer.tops[at]!;
      this.#blobs.set(top.text, { tensor: outputs[at]!, maker: index, top, used: false });
    }
  }

  /** What no layer reads: the outputs of the network. */
  get unused(): readonly Tensor[] {
    return [...this.#blobs.values()].flatMap(({ used, tensor }) => (used ? [] : [tensor]));
  }

  /** Reports outputs that look like an oversight. `last` is the number of the last layer that is there. */
  reportUnused(last: number): void {
    // A bottom that leads nowhere may be the one that was meant.
    if (this.#hasLooseEnds) return;
    for (const [name, { used, maker, top }] of this.#blobs) {
      if (used || maker === undefined || maker === last || endings.has(this.#layers[maker]!.layer.type)) continue;
      const message = `“${name}” is never read, so it is an output of the network. If it should not be, use it as a bottom below, or end it in a Silence layer.`;
      this.#builder.problem({ range: this.#rangeOf(maker, top), severity: 'information', code: 'unused-top', message });
    }
  }

  #use(name: string): void {
    const blob = this.#blobs.get(name);
    if (blob) blob.used = true;
  }

  #rangeOf(maker: number | undefined, { from, to }: BlobName): Range {
    return maker === undefined ? { from, to } : this.#layers[maker]!.at({ from, to });
  }

  /** Whether there is such a blob, unless that was reported already. */
  #isMade(name: string): boolean {
    return this.#blobs.has(name) && !this.#taken.has(name);
  }

  #unknownBottom(bottom: BlobName, index: number): string {
    const { text } = bottom;
    const range = { from: bottom.from, to: bottom.to };
    const maker = this.#makerOf(text);
    if (maker !== undefined && maker >= index) {
      const placed = this.#layers[maker]!;
      const isOwn = maker === index;
      const message = isOwn
        ? `“${text}” is made by this layer itself. Read a blob from a layer above.`
        : `“${text}” comes from “${layerName(placed.layer)}”, which is below. Layers run from top to bottom: move that one above.`;
      this.#builder.problem({
        range,
        severity: 'error',
        code: isOwn ? 'own-bottom' : 'later-bottom',
        message,
        ...(isOwn ? {} : { related: [{ range: elsewhere(placed.header), message: `“${text}” is made here` }] }),
      });
      return `“${text}” is not made before it is read`;
    }
    const absent = this.#layers.find(
      ({ layer }) => layer.tops.some(top => top.text === text) && absence(layer, this.#state) !== undefined,
    )?.layer;
    const isSpelled = !absent && this.#builder.problems.length < maxSpelled;
    const meant = isSpelled ? didYouMean(text, this.#blobs.keys()) : undefined;
    const shown = text.length > 60 ? `${text.slice(0, 59)}…` : text;
    let message = `No layer above makes a blob “${shown}”.`;
    if (text === '') message = 'This bottom has no name yet. Write that of a top above.';
    else if (absent) {
      const other = this.#state.phase === 'TEST' ? 'TRAIN' : 'TEST';
      // Stages and levels keep it out of both phases: the other one is no way out.
      message +=
        absence(absent, { ...this.#state, phase: other }) === undefined
          ? ` “${layerName(absent)}” does, but it is excluded from the ${this.#state.phase} phase. Read the file in ${other} (“# flopline: phase=${other}”), or remove its rule.`
          : ` “${layerName(absent)}” does, but its rules leave it out in both phases. Set the stage or level that they ask for at the top, as in state { stage: "…" }, or change them.`;
    } else if (meant !== undefined) message += ` Did you mean “${meant}”?`;
    else message += ' Write the name of a top above.';
    const repairs =
      meant === undefined
        ? {}
        : {
            repairs: [
              { title: `Change to “${meant}”`, edits: [{ ...range, text: `"${meant}"` }], ...guess(text, meant) },
            ],
          };
    this.#builder.problem({ range, severity: 'error', code: 'unknown-bottom', message, ...repairs });
    return text === '' ? 'a bottom has no name yet' : `no layer above makes “${shown}”`;
  }

  #makerOf(name: string): number | undefined {
    if (!this.#makers) {
      const makers = new Map<string, number>();
      this.#layers.forEach(({ layer }, index) => {
        if (absence(layer, this.#state) !== undefined) return;
        for (const { text } of layer.tops) if (!makers.has(text)) makers.set(text, index);
      });
      this.#makers = makers;
    }
    return this.#makers.get(name);
  }
}

function isInPlace({ bottoms, tops }: Layer, at: number): boolean {
  return bottoms[at]?.text === tops[at]!.text;
}

/** A place of the whole text, in what is reported of a layer. */
function elsewhere({ from, to }: Range): Range {
  return { from: far + from, to: far + to };
}

/** Layers whose top may well be an output, wherever they are. */
const endings: ReadonlySet<string> = new Set([
  ...typeNames.filter(name => /Data$|Loss(?:OHEM)?$/.test(name)),
  'Input',
  'Softmax',
  'SoftmaxWithLoss',
  'Sigmoid',
  'Accuracy',
  'SegAccuracy',
  'ArgMax',
  'DetectionOutput',
  'DetectionEvaluate',
  'Python',
]);

/** CHECK_NE(top[0], bottom[0]) in their sources. */
const refusedInPlace: ReadonlySet<string> = new Set(['Reshape', 'Flatten', 'Split', 'AbsVal']);

/** These, and those that read their input again after they have written. */
const notInPlace: ReadonlySet<string> = new Set([
  ...refusedInPlace,
  'Convolution',
  'ConvolutionDepthwise',
  'DepthwiseConvolution',
  'Deconvolution',
  'InnerProduct',
  'Pooling',
  'Concat',
  'Permute',
  'LRN',
]);

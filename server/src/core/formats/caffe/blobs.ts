// Blobs by name, after the layers so far: what Net::AppendBottom and Net::AppendTop do (net.cpp).
import * as l10n from '@vscode/l10n';
import type { Builder } from '../../graph/builder.ts';
import type { Tensor } from '../../graph/graph.ts';
import { far } from '../../graph/segment.ts';
import type { Problem } from '../../text/problem.ts';
import type { Range } from '../../text/range.ts';
import { type Reason, reasonOf } from '../../text/reason.ts';
import { didYouMean, guess } from '../../text/spelling.ts';
import { clip } from '../../text/wording.ts';
import { type BlobName, type Layer, layerName, type PlacedLayer } from './items.ts';
import { typeNames } from './layers/index.ts';
import { maxSpelled } from './outputs.ts';
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
  /** Names of blobs that were reported as duplicates: once is enough. */
  readonly #taken = new Set<string>();
  /** The first layer with a top of a name, of those that are there. */
  #makers: ReadonlyMap<string, number> | undefined;
  /** Whether a bottom was read that is no layer's top. */
  #hasLooseEnds = false;

  constructor(builder: Builder, layers: readonly PlacedLayer[], state: State) {
    this.#builder = builder;
    this.#layers = layers;
    this.#state = state;
  }

  addInput(top: BlobName, tensor: Tensor): void {
    this.#blobs.set(top.text, { tensor, maker: undefined, top, used: false });
  }

  /** What a layer reads, if all of it is there and each of its tops has a new name. Reports nothing. */
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
        this.#builder.problem({
          range,
          severity: 'error',
          code: 'duplicate-top',
          message:
            maker === undefined
              ? l10n.t('“{0}” is already an input.', text)
              : l10n.t('“{0}” is already a top of “{1}”.', text, layerName(this.#layers[maker]!.layer)),
          help: l10n.t(
            'Give this top another name, or, to work in place, use “{0}” as the bottom with the same index.',
            text,
          ),
          related: [{ range: elsewhere(this.#rangeOf(maker, top)), message: l10n.t('“{0}” is defined here', text) }],
        });
      }
      if (isInPlace(layer, at) && notInPlace.has(layer.type)) {
        this.#builder.problem({
          range,
          // Caffe refuses some and computes nonsense for the others.
          severity: refusedInPlace.has(layer.type) ? 'error' : 'warning',
          code: 'in-place',
          message: l10n.t('{0} cannot work in place: it would overwrite its own input.', layer.type),
          help: l10n.t('Give its top another name.'),
        });
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
      this.#builder.problem({
        range: this.#rangeOf(maker, top),
        severity: 'information',
        code: 'unused-top',
        message: l10n.t('“{0}” is never read, so it is an output of the network.', name),
        help: l10n.t('If it should not be one, read it below, or end it in a Silence layer.'),
      });
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

  #unknownBottom(bottom: BlobName, index: number): Reason {
    const { text } = bottom;
    const range = { from: bottom.from, to: bottom.to };
    const maker = this.#makerOf(text);
    if (maker !== undefined && maker >= index) {
      const placed = this.#layers[maker]!;
      const isOwn = maker === index;
      this.#builder.problem(
        isOwn
          ? {
              range,
              severity: 'error',
              code: 'own-bottom',
              message: l10n.t('“{0}” is a top of this layer itself.', text),
              help: l10n.t('Read a blob of a layer above.'),
            }
          : {
              range,
              severity: 'error',
              code: 'later-bottom',
              message: l10n.t('“{0}” is a top of “{1}”, which is below.', text, layerName(placed.layer)),
              help: l10n.t('Layers run from top to bottom: move that one up.'),
              related: [{ range: elsewhere(placed.header), message: l10n.t('“{0}” is defined here', text) }],
            },
      );
      return reasonOf(l10n.t('“{0}” does not exist yet where it is read', text));
    }
    const absent = this.#layers.find(
      ({ layer }) => layer.tops.some(top => top.text === text) && absence(layer, this.#state) !== undefined,
    )?.layer;
    const isSpelled = !absent && this.#builder.problems.length < maxSpelled;
    const meant = isSpelled ? didYouMean(text, this.#blobs.keys()) : undefined;
    const shown = clip(text, 60);
    const problem = { range, severity: 'error', code: 'unknown-bottom' } as const;
    if (text === '') {
      this.#builder.problem({
        ...problem,
        code: 'empty-bottom',
        message: l10n.t('This bottom has no name yet.'),
        help: l10n.t('Write the name of a top above.'),
      });
      return reasonOf(l10n.t('a bottom has no name yet'));
    }
    if (absent) this.#builder.problem({ ...problem, ...this.#excluded(shown, absent), code: 'excluded-bottom' });
    else {
      const message = l10n.t('No layer above has a top “{0}”.', shown);
      this.#builder.problem(
        meant === undefined
          ? { ...problem, message, help: l10n.t('Write the name of a top above.') }
          : {
              ...problem,
              message,
              help: l10n.t('Did you mean “{0}”?', meant),
              repairs: [
                {
                  title: l10n.t('Change to “{0}”', meant),
                  edits: [{ ...range, text: `"${meant}"` }],
                  ...guess(text, meant),
                },
              ],
            },
      );
    }
    return reasonOf(l10n.t('no layer above has a top “{0}”', shown));
  }

  /** Of a bottom that only a layer has that is left out. */
  #excluded(name: string, layer: Layer): Pick<Problem, 'message' | 'help'> {
    const { phase } = this.#state;
    const other = phase === 'TEST' ? 'TRAIN' : 'TEST';
    // Stages and levels may leave it out in both phases: the other one does not help then.
    return absence(layer, { ...this.#state, phase: other }) === undefined
      ? {
          message: l10n.t(
            '“{0}” is a top of “{1}”, which is excluded in the {2} phase.',
            name,
            layerName(layer),
            phase,
          ),
          help: l10n.t('Read the file in {0} (“{1}”), or remove the rule.', other, `# flopline: phase=${other}`),
        }
      : {
          message: l10n.t('“{0}” is a top of “{1}”, which is excluded in both phases.', name, layerName(layer)),
          help: l10n.t(
            'Set the stage or level of its rules at the top, as in {0}, or change them.',
            'state { stage: "…" }',
          ),
        };
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

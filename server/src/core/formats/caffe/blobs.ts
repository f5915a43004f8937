// Resolves blobs by name, layer by layer, like Net::AppendBottom and Net::AppendTop (net.cpp).
import * as l10n from '@vscode/l10n';
import type { Builder } from '../../graph/builder.ts';
import type { Tensor } from '../../graph/graph.ts';
import { far, type Input, type Inputs, inputOf } from '../../graph/segment.ts';
import type { Problem } from '../../text/problem.ts';
import type { Range } from '../../text/range.ts';
import { type Reason, reasonOf } from '../../text/reason.ts';
import { didYouMean, guess } from '../../text/spelling.ts';
import { clip } from '../../text/wording.ts';
import type { InputField } from './inputs.ts';
import type { Source, Wiring, Wirings } from './items.ts';
import { type BlobName, type Layer, layerName, type PlacedLayer } from './layer.ts';
import { typeNames } from './layers/index.ts';
import { maxSpelled } from './outputs.ts';
import { absence, type State } from './phase.ts';

export class Blobs {
  readonly #builder: Builder;
  readonly #layers: readonly PlacedLayer[];
  readonly #state: State;
  #inputs: readonly InputField[] = [];
  #wiring: Wiring | undefined;
  /** The top tensors of each layer, or the number of its row. */
  readonly #outputs: (readonly Tensor[] | number | undefined)[];
  /** By name, the first active layer with such a top. */
  #firstTops: ReadonlyMap<string, number> | undefined;
  /** Whether a bottom was read that is no layer's top. */
  #hasLooseEnds = false;

  constructor(builder: Builder, layers: readonly PlacedLayer[], state: State) {
    this.#builder = builder;
    this.#layers = layers;
    this.#state = state;
    this.#outputs = new Array(layers.length);
  }

  /** Connects the layers; `inputs` are the network's own fields. */
  begin(inputs: readonly InputField[], wirings: Wirings): void {
    this.#inputs = inputs;
    const names = inputs.map(({ name }) => name.text);
    this.#wiring = wirings.of(this.#layers, names, this.#state);
  }

  /** Layers with the name of an earlier layer, and the first one of that name. */
  get namesakes(): ReadonlyMap<number, number> {
    return this.#wiring!.namesakes;
  }

  /** Whether a layer is part of the network in this state. */
  has(index: number): boolean {
    return this.#wiring!.reads[index] !== undefined;
  }

  /** The bottoms of a layer, if all of them exist and each of its tops has a new name. Reports nothing. */
  find(index: number): Inputs | undefined {
    const { reads, clashes } = this.#wiring!;
    if (clashes.has(index)) return undefined;
    const sources = reads[index]!;
    // Most layers have one bottom.
    if (sources.length === 1) {
      const input = this.#inputOf(sources[0]);
      return typeof input === 'object' ? [input] : input;
    }
    const inputs = new Array<Input>(sources.length);
    for (let at = 0; at < sources.length; at++) {
      const input = this.#inputOf(sources[at]);
      if (input === undefined) return undefined;
      inputs[at] = input;
    }
    return inputs;
  }

  #inputOf(source: Source | undefined): Input | undefined {
    const { rows } = this.#builder;
    const row = source && source.layer >= 0 ? this.#outputs[source.layer] : undefined;
    if (typeof row === 'number' && rows.outputs(row).length === 1) return rows.input(row);
    const tensor = this.#tensorOf(source);
    return tensor && inputOf(tensor);
  }

  /** The bottoms of a layer. A blob that does not exist becomes an unknown tensor with that reason. */
  read(index: number): readonly Tensor[] {
    const { bottoms } = this.#layers[index]!.layer;
    return this.#wiring!.reads[index]!.map((source, at) => {
      const tensor = this.#tensorOf(source);
      if (tensor) return tensor;
      this.#hasLooseEnds = true;
      return this.#builder.unknown(this.#unknownBottom(bottoms[at]!, index));
    });
  }

  /** A top is in place if the bottom with the same index has the same name; otherwise its name must be new. */
  checkTops(index: number): void {
    const { layer } = this.#layers[index]!;
    for (const { top, earlier } of this.#wiring!.clashes.get(index) ?? []) {
      const { text, from, to } = layer.tops[top]!;
      this.#builder.problem({
        range: { from, to },
        severity: 'error',
        code: 'duplicate-top',
        message:
          earlier.layer < 0
            ? l10n.t('“{0}” is already an input.', text)
            : l10n.t('“{0}” is already a top of “{1}”.', text, layerName(this.#layers[earlier.layer]!.layer)),
        help: l10n.t(
          'Give this top another name, or, to work in place, use “{0}” as the bottom with the same index.',
          text,
        ),
        related: [{ range: elsewhere(this.#rangeOf(earlier)), message: l10n.t('“{0}” is defined here', text) }],
      });
    }
    if (!notInPlace.has(layer.type)) return;
    layer.tops.forEach(({ text, from, to }, at) => {
      if (layer.bottoms[at]?.text !== text) return;
      this.#builder.problem({
        range: { from, to },
        // Caffe rejects some of these, and computes nonsense for the others.
        severity: refusedInPlace.has(layer.type) ? 'error' : 'warning',
        code: 'in-place',
        message: l10n.t('{0} cannot work in place: it would overwrite its own input.', layer.type),
        help: l10n.t('Give its top another name.'),
      });
    });
  }

  /** Sets the tops of a layer. */
  pass(index: number, outputs: readonly Tensor[] | number): void {
    this.#outputs[index] = outputs;
  }

  /** Blobs that no layer reads: the network's outputs. */
  get unread(): readonly Tensor[] {
    return [...this.#wiring!.unread.values()].flatMap(source => this.#tensorOf(source) ?? []);
  }

  /** Reports outputs that are probably a mistake. `last` is the index of the last active layer. */
  reportUnread(last: number): void {
    // An unresolved bottom may have been meant to read one of them.
    if (this.#hasLooseEnds) return;
    for (const [name, source] of this.#wiring!.unread) {
      const { layer } = source;
      if (layer < 0 || layer === last || endings.has(this.#layers[layer]!.layer.type)) continue;
      this.#builder.problem({
        range: this.#rangeOf(source),
        severity: 'information',
        code: 'unused-top',
        message: l10n.t('“{0}” is never read, so it is an output of the network.', name),
        help: l10n.t('If that is not intended, use it below, or add a Silence layer.'),
      });
    }
  }

  #tensorOf(source: Source | undefined): Tensor | undefined {
    if (!source) return undefined;
    if (source.layer < 0) return this.#inputs[source.top]!.tensor;
    const outputs = this.#outputs[source.layer];
    return outputs === undefined ? undefined : this.#builder.rows.tensors(outputs)[source.top];
  }

  /** Where the name of a blob is written, as a range of the whole text. */
  #rangeOf({ layer, top }: Source): Range {
    if (layer < 0) {
      const { from, to } = this.#inputs[top]!.name;
      return { from, to };
    }
    const { from, to } = this.#layers[layer]!.layer.tops[top]!;
    return this.#layers[layer]!.at({ from, to });
  }

  /** The names of the blobs above a layer. */
  #namesAbove(index: number): readonly string[] {
    const tops = this.#layers.slice(0, index).flatMap(({ layer }, at) => (this.has(at) ? layer.tops : []));
    return [...new Set([...this.#inputs.map(({ name }) => name), ...tops].map(({ text }) => text))];
  }

  #unknownBottom(bottom: BlobName, index: number): Reason {
    const { text } = bottom;
    const range = { from: bottom.from, to: bottom.to };
    const owner = this.#ownerOf(text);
    if (owner !== undefined && owner >= index) {
      const placed = this.#layers[owner]!;
      const isOwn = owner === index;
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
              help: l10n.t('Layers run in file order: move that one up.'),
              related: [{ range: elsewhere(placed.header), message: l10n.t('“{0}” is defined here', text) }],
            },
      );
      return reasonOf(l10n.t('“{0}” does not exist yet where it is read', text));
    }
    const absent = this.#layers.find(
      ({ layer }, at) => !this.has(at) && layer.tops.some(top => top.text === text),
    )?.layer;
    const isSpelled = !absent && this.#builder.problems.length < maxSpelled;
    const meant = isSpelled ? didYouMean(text, this.#namesAbove(index)) : undefined;
    const shown = clip(text, 60);
    const problem = { range, severity: 'error', code: 'unknown-bottom' } as const;
    if (text === '') {
      this.#builder.problem({
        ...problem,
        code: 'empty-bottom',
        message: l10n.t('This bottom has no name.'),
        help: l10n.t('Use the name of a top above.'),
      });
      return reasonOf(l10n.t('a bottom has no name'));
    }
    if (absent) this.#builder.problem({ ...problem, ...this.#excluded(shown, absent), code: 'excluded-bottom' });
    else {
      const message = l10n.t('No layer above has a top “{0}”.', shown);
      this.#builder.problem(
        meant === undefined
          ? { ...problem, message, help: l10n.t('Use the name of a top above.') }
          : {
              ...problem,
              message,
              help: l10n.t('Did you mean “{0}”?', meant),
              fixes: [
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

  /** The problem with a bottom that only an excluded layer produces. */
  #excluded(name: string, layer: Layer): Pick<Problem, 'message' | 'help'> {
    const { phase } = this.#state;
    const other = phase === 'TEST' ? 'TRAIN' : 'TEST';
    // If stages or levels exclude it in the other phase too, switching phases does not help.
    return absence(layer, { ...this.#state, phase: other }) === undefined
      ? {
          message: l10n.t(
            '“{0}” is a top of “{1}”, which is excluded in the {2} phase.',
            name,
            layerName(layer),
            phase,
          ),
          help: l10n.t(
            'Read the file in the {0} phase (“{1}”), or remove the rule.',
            other,
            `# flopline: phase=${other}`,
          ),
        }
      : {
          message: l10n.t('“{0}” is a top of “{1}”, which is excluded in both phases.', name, layerName(layer)),
          help: l10n.t(
            'Set the stage or level of its rules at the top, for example {0}, or change the rules.',
            'state { stage: "…" }',
          ),
        };
  }

  #ownerOf(name: string): number | undefined {
    if (!this.#firstTops) {
      const firstTops = new Map<string, number>();
      this.#layers.forEach(({ layer }, index) => {
        if (!this.has(index)) return;
        for (const { text } of layer.tops) if (!firstTops.has(text)) firstTops.set(text, index);
      });
      this.#firstTops = firstTops;
    }
    return this.#firstTops.get(name);
  }
}

/** Converts a range of the whole text for a problem of a layer. */
function elsewhere({ from, to }: Range): Range {
  return { from: far + from, to: far + to };
}

/** Layers whose tops are plausible outputs anywhere in a network. */
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

/** Types whose sources have CHECK_NE(top[0], bottom[0]). */
const refusedInPlace: ReadonlySet<string> = new Set(['Reshape', 'Flatten', 'Split', 'AbsVal']);

/** These, and types that read their input again after writing. */
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

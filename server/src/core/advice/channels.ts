// Rows that must have equal numbers of channels and so change together. This is for formats whose rows are composites
// of a framework (`graph/tunable.ts`): such a row changes as a whole.
import * as l10n from '@vscode/l10n';
import type { GraphNode, Tensor } from '../graph/graph.ts';
import { knobOf, type Tunable } from '../graph/tunable.ts';
import type { Range } from '../text/range.ts';
import type { Network } from './network.ts';

/** A row with the rows that change their channels together with it, and all readers of these. */
export interface TiedRows {
  /** The row itself first. */
  readonly rows: readonly Tunable[];
  /** The items whose outputs change their channels. */
  readonly footprint: readonly Range[];
  /** The other items whose cost changes. */
  readonly consumers: readonly Range[];
  /** Why they cannot change. */
  readonly reason: string | undefined;
}

export function rowsTiedTo(network: Network, row: Tunable): TiedRows {
  return new Tie(network, row);
}

class Tie implements TiedRows {
  readonly #network: Network;
  readonly #rows = new Set<Tunable>();
  readonly #changed = new Map<number, Range>();
  readonly #readers = new Map<number, Range>();
  /** Rows visited so far, with whether other channels are concatenated to theirs. */
  readonly #passed = new Map<Tunable, boolean>();
  reason: string | undefined;

  constructor(network: Network, row: Tunable) {
    this.#network = network;
    this.#add(row);
  }

  get rows(): readonly Tunable[] {
    return [...this.#rows];
  }

  get footprint(): readonly Range[] {
    return [...this.#changed.values()];
  }

  get consumers(): readonly Range[] {
    const own = new Set([...this.#rows].map(({ item }) => item.from));
    return [...this.#readers.values()].filter(({ from }) => !own.has(from));
  }

  #add(row: Tunable): void {
    if (this.#rows.has(row) || this.reason !== undefined) return;
    this.#rows.add(row);
    this.#changed.set(row.item.from, row.item);
    if (isTiedToInput(this.#network, row)) this.#widthFrom(row.sources[0], row);
    this.#follow(row, false);
  }

  /** Visits the readers of a row whose channels change. */
  #follow(row: Tunable, joined: boolean): void {
    for (const reader of this.#network.readersOf(row)) {
      if (this.reason !== undefined) return;
      this.#readers.set(reader.item.from, reader.item);
      if (knobOf(reader, 'channels')) {
        if (!isTiedToInput(this.#network, reader)) continue;
        if (joined) this.#refuse(l10n.t('“{0}” must output as many channels as it reads of several rows', reader.name));
        else this.#add(reader);
        continue;
      }
      this.#changed.set(reader.item.from, reader.item);
      const adds = addsInputs(this.#network, reader);
      if (adds && joined) {
        this.#refuse(l10n.t('“{0}” adds something to it and to what it is concatenated with', reader.name));
        return;
      }
      if (adds) for (const source of reader.sources) this.#widthFrom(source, reader);
      const isJoined = joined || (!adds && reader.sources.length > 1);
      if (this.#passed.get(reader) === isJoined) continue;
      this.#passed.set(reader, isJoined);
      this.#follow(reader, isJoined);
    }
  }

  /** Adds the rows that determine the channels of a source. */
  #widthFrom(source: Range | undefined, reader: Tunable): void {
    const row = source && this.#network.tunableAt(source);
    if (!source) this.#refuse(l10n.t('“{0}” must have as many channels as the input of the network', reader.name));
    else if (!row) this.#refuse(l10n.t('“{0}” must have as many channels as a row that is not known', reader.name));
    else if (knobOf(row, 'channels')) this.#add(row);
    else if (row.sources.length === 1 || addsInputs(this.#network, row)) {
      for (const before of row.sources) this.#widthFrom(before, reader);
    } else {
      this.#refuse(l10n.t('“{0}” must have as many channels as all that “{1}” joins', reader.name, row.name));
    }
  }

  #refuse(reason: string): void {
    this.reason ??= reason;
  }
}

/** Whether a row must output as many channels as it reads: because it requires so, adds both, or is depthwise. */
function isTiedToInput(network: Network, row: Tunable): boolean {
  if (row.keepsChannels) return true;
  return network.framesOf(row.item).some(({ first, end, outputs }) => {
    const width = outputs[0]?.shape?.[1];
    return network.graph.nodes.slice(first, end).some(node => {
      if (node.outputs[0]?.shape?.[1] !== width) return false;
      if (isSum(node)) return node.inputs.some(input => isOutside(origin(input), first));
      return isDepthwise(node) && isOutside(node.inputs[0]!, first);
    });
  });
}

/** Whether a row adds several input tensors. */
function addsInputs(network: Network, row: Tunable): boolean {
  if (row.sources.length < 2) return false;
  return network
    .framesOf(row.item)
    .some(({ first, end }) =>
      network.graph.nodes
        .slice(first, end)
        .some(node => isSum(node) && node.inputs.some(input => isOutside(origin(input), first))),
    );
}

const isSum = ({ op, inputs }: GraphNode): boolean => op.kind === 'elementwise' && inputs.length > 1;

const isOutside = ({ node }: Tensor, first: number): boolean => node.id < first;

/** The tensor a channel-preserving chain (norm, activation, dropout) starts from. */
function origin(tensor: Tensor): Tensor {
  const { op, inputs } = tensor.node;
  const passes = op.kind === 'norm' || op.kind === 'activation' || op.name === 'identity' || op.name === 'dropout';
  return passes && inputs.length === 1 ? origin(inputs[0]!) : tensor;
}

function isDepthwise({ op, attrs, inputs }: GraphNode): boolean {
  const { groups = 1, out } = attrs as { groups?: number; out?: number };
  const width = inputs[0]?.shape?.[1];
  return op.name === 'conv' && groups > 1 && groups === width && out === width;
}

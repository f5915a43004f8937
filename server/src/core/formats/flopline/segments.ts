// The rows of the network itself, each a segment: one that was built before from the same inputs is placed again.
import { type Builder, maxNodes } from '../../graph/builder.ts';
import type { Tensor } from '../../graph/graph.ts';
import { agrees, type Memo, portsOf } from '../../graph/memo.ts';
import { countOf, type Inputs, type Name, tensorsOf } from '../../graph/segment.ts';
import type { PlacedRow } from '../../syntax/document.ts';
import type { YamlNode } from '../../syntax/tree.ts';
import type { TensorNames } from './references.ts';
import type { Rows } from './rows.ts';
import type { Scope } from './values.ts';

/** What a row of the network means beside its segment. */
export interface RowValue {
  /** What it names in `from`. */
  readonly references: readonly YamlNode[];
  /** How many tensors come in, and how many each reference names. */
  readonly lengths: readonly number[];
  /** The name that it gives itself. */
  readonly name: string | undefined;
  readonly label: Name;
  /** How many rows were read for it, repetitions counted. */
  readonly count: number;
  /** Whether the next row still reads what this one could have read. */
  readonly isSkipped: boolean;
}

export type RowMemo = Memo<RowValue>;

/** What the rows of the network are read in. */
export interface Surroundings {
  readonly scope: Scope;
  readonly names: TensorNames;
  readonly memo: RowMemo;
  readonly environment: object;
}

interface Step {
  readonly outputs: Inputs;
  readonly isSkipped: boolean;
}

/** Adds the rows of the network; returns what the last one outputs. */
export function readSegments(
  rows: Rows,
  items: readonly PlacedRow[],
  input: readonly Tensor[],
  surroundings: Surroundings,
): readonly Tensor[] {
  let flow: Inputs = input;
  for (const [index, item] of items.entries()) {
    let step: Step | undefined = placed(rows, item, index, flow, surroundings);
    if (!step) {
      if (rows.isFull(item.chunk.node)) break;
      step = built(rows, item, index, tensorsOf(flow), surroundings);
    }
    surroundings.names.rows.push(step.outputs);
    if (!step.isSkipped) flow = step.outputs;
  }
  return tensorsOf(flow);
}

/** Places what such a row was built into before, if it reads the same now. */
function placed(
  rows: Rows,
  { chunk, start }: PlacedRow,
  index: number,
  flow: Inputs,
  { names, scope, memo, environment }: Surroundings,
): Step | undefined {
  const builder: Builder = rows.builder;
  if (builder.full) return undefined;
  for (const cached of memo.of(chunk)) {
    const { segment, value } = cached;
    const inputs = inputsOf(rows, value, flow, names, scope);
    if (!inputs || !agrees(cached, environment, inputs)) continue;
    const placement = builder.place(segment, portsOf(cached, inputs), start, value.label, index);
    if (!placement) return undefined;
    if (value.name !== undefined) names.named.set(value.name, placement);
    rows.add(value.count);
    return { outputs: placement, isSkipped: value.isSkipped };
  }
  return undefined;
}

/** What a row reads, if it reads in the way that one did. */
function inputsOf(
  rows: Rows,
  { references, lengths, name, count }: RowValue,
  flow: Inputs,
  names: TensorNames,
  scope: Scope,
): Inputs | undefined {
  if (rows.count + count > maxNodes) return undefined;
  // That there is another row of this name has to be reported.
  if (name !== undefined && names.named.has(name)) return undefined;
  // Two tensors that come in and one by name are not one that comes in and two by name.
  if (countOf(flow) !== lengths[0]) return undefined;
  if (references.length === 0) return flow;
  const all = tensorsOf(flow);
  const inputs = [...all];
  for (const [at, reference] of references.entries()) {
    const tensors = rows.references.find(reference, names, scope, all);
    if (!tensors || tensors.length !== lengths[at + 1]) return undefined;
    inputs.push(...tensors);
  }
  return inputs;
}

function built(
  rows: Rows,
  { chunk, start }: PlacedRow,
  index: number,
  flow: readonly Tensor[],
  { scope, names, memo, environment }: Surroundings,
): Step {
  const { builder } = rows;
  const before = rows.count;
  rows.references.take();
  let isSkipped = false;
  const item = builder.segment(() => {
    const row = rows.row(chunk.node, index, flow, scope, names);
    isSkipped = row.isSkipped;
    return row.outputs;
  });
  const { references, name, readsOutside } = rows.references.take();
  const { segment, inputs } = item;
  const placement = builder.place(segment, inputs, start)!;
  if (name !== undefined) names.named.set(name, placement);
  const [frame] = segment.frames;
  // What was reported depends on what else there is: the names of other rows.
  if (readsOutside || !frame || segment.problems.length > 0) return { outputs: placement, isSkipped };
  const isNumbered = name === undefined;
  const text = isNumbered ? frame.label.slice(0, frame.label.lastIndexOf('.') + 1) : frame.label;
  const value: RowValue = {
    references: references.map(({ node }) => node),
    lengths: [flow.length, ...references.map(({ found }) => found.length)],
    name,
    label: { text, isNumbered },
    count: rows.count - before + 1,
    isSkipped,
  };
  memo.keep(chunk, environment, [...flow, ...references.flatMap(({ found }) => found)], item, value);
  return { outputs: placement, isSkipped };
}

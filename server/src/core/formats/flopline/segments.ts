// The rows of the network itself, each a segment: one that was built before from the same inputs is placed again.
import { type Builder, maxNodes } from '../../graph/builder.ts';
import type { Tensor } from '../../graph/graph.ts';
import { agrees, type Made, type Memo, portsOf } from '../../graph/memo.ts';
import type { Inputs } from '../../graph/segment.ts';
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
  const graph = rows.builder.rows;
  let flow: Inputs = input;
  for (let index = 0; index < items.length; index++) {
    const item = items[index]!;
    let step: Step | undefined = placed(rows, item, flow, surroundings);
    if (!step) {
      if (rows.isFull(item.chunk.node)) break;
      step = built(rows, item, index, graph.tensors(flow), surroundings);
    }
    surroundings.names.rows.push(step.outputs);
    if (!step.isSkipped) flow = step.outputs;
  }
  return graph.tensors(flow);
}

/** Places what such a row was built into before, if it reads the same now. */
function placed(
  rows: Rows,
  { chunk, start }: PlacedRow,
  flow: Inputs,
  { names, scope, memo, environment }: Surroundings,
): Step | undefined {
  const builder: Builder = rows.builder;
  if (builder.full) return undefined;
  const list = memo.of(chunk);
  for (let at = 0; at < list.length; at++) {
    const cached = list[at]!;
    const { segment, value } = cached;
    const inputs = inputsOf(rows, value, flow, names, scope);
    if (inputs === undefined || !agrees(cached, environment, inputs, builder.rows)) continue;
    const row = builder.place(segment, portsOf(cached, inputs, builder.rows), start);
    if (row === undefined) return undefined;
    if (value.name !== undefined) names.named.set(value.name, row);
    rows.add(value.count);
    return { outputs: row, isSkipped: value.isSkipped };
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
  const graph = rows.builder.rows;
  const came = typeof flow === 'number' ? graph.outputs(flow) : flow;
  if (came.length !== lengths[0]) return undefined;
  if (references.length === 0) return flow;
  const all = graph.tensors(flow);
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
  const [frame] = segment.frames;
  let made: Made<RowValue> | undefined;
  // What was reported depends on what else there is: the names of other rows.
  if (!readsOutside && frame && segment.problems.length === 0) {
    const value: RowValue = {
      references: references.map(({ node }) => node),
      lengths: [flow.length, ...references.map(({ found }) => found.length)],
      name,
      count: rows.count - before + 1,
      isSkipped,
    };
    const label = { text: frame.label.slice(0, frame.label.lastIndexOf('.') + 1), isNumbered: true };
    const read = [...flow, ...references.flatMap(({ found }) => found)];
    made = memo.keep(chunk, environment, read, item, value, name === undefined ? label : undefined);
  }
  const row = builder.place(made?.segment ?? segment, inputs, start)!;
  if (name !== undefined) names.named.set(name, row);
  return { outputs: row, isSkipped };
}

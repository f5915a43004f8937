// Builds the top-level rows as segments; a cached segment is placed again if its inputs are the same.
import { type Builder, maxNodes } from '../../graph/builder.ts';
import type { Tensor } from '../../graph/graph.ts';
import { agrees, type Made, type Memo, portsOf } from '../../graph/memo.ts';
import type { Inputs } from '../../graph/segment.ts';
import type { PlacedRow } from '../../syntax/document.ts';
import type { YamlNode } from '../../syntax/tree.ts';
import type { TensorNames } from './references.ts';
import type { Rows } from './rows.ts';
import type { Scope } from './values.ts';

/** What a top-level row means besides its segment. */
export interface RowValue {
  /** The references in its `from`. */
  readonly references: readonly YamlNode[];
  /** The number of previous outputs, and the number of tensors per reference. */
  readonly lengths: readonly number[];
  /** The name it defines. */
  readonly name: string | undefined;
  /** How many rows were read for it, counting repetitions. */
  readonly count: number;
  /** Whether the next row reads the same as this one. */
  readonly isSkipped: boolean;
}

export type RowMemo = Memo<RowValue>;

/** The context of the top-level rows. */
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

/** Adds the top-level rows; returns the outputs of the last one. */
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

/** Places the cached segment of a row if its inputs are the same. */
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

/** The inputs of a row, if it has as many of each kind as the cached one. */
function inputsOf(
  rows: Rows,
  { references, lengths, name, count }: RowValue,
  flow: Inputs,
  names: TensorNames,
  scope: Scope,
): Inputs | undefined {
  if (rows.count + count > maxNodes) return undefined;
  // A duplicate name has to be reported.
  if (name !== undefined && names.named.has(name)) return undefined;
  // Two previous outputs and one reference differ from one output and two references.
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
  // Problems may depend on other rows, such as the names that exist.
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

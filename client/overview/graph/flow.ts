// The tensors that flow between the rows of a network, decoded from what each row says it reads (“n rows earlier”).
import type { Network, Row } from '../network.ts';

/** A tensor that a row reads from another row, or from an input of the network (by its index). */
export interface Flow {
  readonly from: Row | number;
  readonly to: Row;
  readonly shape: string;
}

/** An output of the network, and the row that produces it. */
export interface Return {
  readonly from: Row;
  readonly shape: string;
}

export interface Flows {
  readonly flows: readonly Flow[];
  readonly returns: readonly Return[];
}

export const isRemoved = ({ data }: Row): boolean => data.change?.status === 'removed';

export function flowsOf({ rows, content: { inputs } }: Network): Flows {
  const flows: Flow[] = [];
  const returns: Return[] = [];
  const numbered: Row[] = [];
  let leaf = -1;
  const add = (number: number, to: Row, by: number, given?: string): void => {
    const from = by > 0 ? numbered[number - by] : -by;
    if (from === undefined) return;
    const shape = given ?? (typeof from === 'number' ? inputs[from]?.shape : from.data.shape) ?? '';
    flows.push({ from, to, shape });
  };
  const visit = (row: Row): void => {
    if (isRemoved(row)) return;
    const { from, returns: shapes = [] } = row.data;
    const number = numbered.push(row) - 1;
    const isLeaf = row.rows.every(isRemoved);
    const before = leaf;
    if (isLeaf) leaf = number;
    if (from)
      for (const source of from) typeof source === 'number' ? add(number, row, source) : add(number, row, ...source);
    else if (isLeaf) add(number, row, before < 0 ? 0 : number - before);
    for (const shape of shapes) returns.push({ from: row, shape });
    row.rows.forEach(visit);
  };
  rows.forEach(visit);
  return { flows, returns };
}

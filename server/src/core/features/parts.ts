// The layers of a network as users see them: the items of a text, or the modules of a program with their own operators.
import { type Cost, sumOf } from '../analysis/model.ts';
import { useOf } from '../graph/graph.ts';
import type { Analysed } from '../pipeline.ts';
import type { Range } from '../text/range.ts';

export interface Part {
  readonly name: string;
  readonly type: string;
  readonly range: Range | undefined;
  readonly file: string | undefined;
  readonly cost: Pick<Cost, 'macs' | 'params' | 'activations'>;
  /** Its own operators, as ranges of the execution. */
  readonly stretches: readonly { readonly first: number; readonly end: number }[];
}

export function partsOf({ model, spec: { program } }: Analysed): readonly Part[] {
  if (program) {
    return program.modules
      .filter(({ own }) => own.length > 0)
      .map(({ name, type, site, own }) => ({
        name: name === '' ? type : name,
        type,
        range: site?.range,
        file: site?.file,
        cost: sumOf(own.map(node => model.costOfNode(node))),
        stretches: own.map(({ id }) => ({ first: id, end: id + 1 })),
      }));
  }
  const { rows } = model.graph;
  return Array.from({ length: rows.length }, (_, row): readonly Part[] => {
    const [frame] = rows.frames(row);
    if (!frame) return [];
    const { label, type } = frame;
    const stretch = { first: rows.first(row), end: rows.end(row) };
    const name = label === '' ? type : label;
    return [{ name, type, range: useOf(frame), file: undefined, cost: model.costOf(stretch), stretches: [stretch] }];
  }).flat();
}

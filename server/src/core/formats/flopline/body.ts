// Builds rows of Flopline YAML from another file: the body of a cost rule, over given tensors.
import type { Builder } from '../../graph/builder.ts';
import type { Tensor } from '../../graph/graph.ts';
import type { Inputs } from '../../graph/segment.ts';
import type { BodyUse } from '../../project/index.ts';
import { Names } from './names.ts';
import { Rows } from './rows.ts';
import { Values } from './values.ts';

export function buildBody(builder: Builder, { rows, inputs, values: scope }: BodyUse): readonly Tensor[] {
  const values = new Values(problem => builder.problem(problem));
  // A syntax error there is a fault of the rule, which is not built then.
  const walk = new Rows(builder, values, { blocks: new Map(), damages: [], unread: new Map(), shared: scope });
  return walk.list(rows, inputs, scope, new Names<Inputs>(undefined, rows, inputs));
}

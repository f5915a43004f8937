// Keys of the file that arguments of rows name, as local variables of parse_model.
import { entryOf, type Mapping, type Scalar, type YamlNode } from '../../syntax/tree.ts';
import type { Range } from '../../text/range.ts';
import { type Definition, type Definitions, noDefinitions } from '../reference.ts';
import { rowsOf } from './items.ts';

/** Local variables of parse_model that are keys of the file; which repository has which is not asked. */
const names = ['nc', 'anchors', 'kpt_shape', 'reg_max', 'end2end'];

export function definitionsOf(top: Mapping): Definitions {
  const uses = new Map<string, Range[]>();
  for (const row of rowsOf(top))
    for (const { text, from, to } of argumentsOf(row.chunk.node)) {
      const list = uses.get(text) ?? [];
      list.push({ from, to });
      uses.set(text, list);
    }
  const definitions = names.flatMap((name): Definition[] => {
    const entry = entryOf(top, name);
    if (!entry) return [];
    const { key, value } = entry;
    const range = { from: key.from, to: key.to };
    const whole = { from: key.from, to: Math.max(key.to, value.to) };
    return [{ kind: 'setting', name, range, whole, uses: uses.get(name) ?? [], isFixed: true }];
  });
  return { ...noDefinitions, definitions };
}

/** Those that are a word: lists inside of arguments are passed on as they are. */
function argumentsOf(row: YamlNode): readonly Scalar[] {
  if (row.kind !== 'sequence') return [];
  const list = row.items[3];
  return list?.kind === 'sequence' ? list.items.filter(item => item.kind === 'scalar') : [];
}

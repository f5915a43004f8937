// Arguments of rows as parse_model evaluates them.
import { evaluated } from '../../python/expression.ts';
import type { PyValue } from '../../python/value.ts';
import { type PlainValue, plainValue, resolved, type YamlNode } from '../../syntax/tree.ts';
import { value11 } from '../../syntax/yaml11.ts';

/**
 * The value of a YAML node as an argument. Names that parse_model has as local variables are replaced by `names`, and
 * Python literals (`None`, `(1, 2)`, `"3"`) are read; where the repository calls eval, so is arithmetic on such names.
 * Other text stays text.
 */
export function argumentValue(node: YamlNode, names: ReadonlyMap<string, PyValue>, evaluates = false): PyValue {
  const target = resolved(node);
  if (!target) return null;
  if (target.kind === 'scalar') {
    const value = value11(target);
    if (typeof value !== 'string') return value;
    return names.get(value) ?? evaluated(value, evaluates ? names : undefined) ?? textOrNone(value);
  }
  return fromPlain(plainValue(target, 1000, value11) ?? null);
}

// `??` takes None for a missing value.
const textOrNone = (text: string): PyValue => (text.trim() === 'None' ? null : text);

// Lists inside arguments are passed on as YAML reads them: parse_model evaluates only the arguments themselves.
function fromPlain(value: PlainValue): PyValue {
  if (Array.isArray(value)) return value.map(fromPlain);
  if (value !== null && typeof value === 'object') return null;
  return value as PyValue;
}

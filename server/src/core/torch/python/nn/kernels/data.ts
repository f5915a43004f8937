// Operators that only move, select or make elements, for which a shape is all there is to know.
import * as l10n from '@vscode/l10n';
import { type Op, type OpKind, op, type Shape } from '../../../../ops/op.ts';

interface Moved {
  readonly shape: Shape;
}

const known = new Map<string, Op<Moved>>();

/** An operator without arithmetic that is known by its name and the shape of its output. */
export function moving(name: string, kind: OpKind = 'data'): Op<Moved> {
  let found = known.get(name);
  if (!found) {
    found = op<Moved>({
      name,
      kind,
      summary: () => l10n.t('Moves or selects elements. No multiply-accumulates.'),
      attrs: { shape: { kind: 'shape', doc: () => l10n.t('The shape of its output.') } },
      arity: { min: 0 },
      shape: ({ shape }) => shape,
      examples: [],
    });
    known.set(name, found);
  }
  return found;
}

const twins = new WeakMap<object, unknown>();

/** An operator that also outputs where its values were found: the indices of the maxima. */
export function withIndices<A extends object>(base: Op<A>): Op<A> {
  let found = twins.get(base) as Op<A> | undefined;
  if (!found) {
    const { shape, ...rest } = base;
    found = {
      ...rest,
      shapes: (attrs, inputs) => {
        const each = shape!(attrs, inputs);
        return [each, each];
      },
      examples: [],
    };
    twins.set(base, found);
  }
  return found;
}

import type { Tensor } from '../../graph/graph.ts';
import { resolved, type Scalar, scalarValue, type YamlNode } from '../../syntax/tree.ts';
import type { Problem } from '../../text/problem.ts';
import type { Range } from '../../text/range.ts';
import { suggestion } from '../../text/spelling.ts';
import { evaluate, type Parsed, parseExpression, type Value } from './expression.ts';

/** What `$name` can mean in a list of rows: the parameters of its block, or those of `let`. */
export type Scope = ReadonlyMap<string, Value>;

/** Sizes of the row's own input: channels of [N, C, …], features of [N, …, C]. */
export const sizesOfInput = ['channels', 'features'] as const;

/** Turns nodes of the text into values, expressions evaluated; tells what cannot be. */
export class Values {
  readonly #complain: (problem: Problem) => void;
  readonly #parsed: Map<string, Parsed>;

  constructor(complain: (problem: Problem) => void, parsed = new Map<string, Parsed>()) {
    this.#complain = complain;
    this.#parsed = parsed;
  }

  /** The same without complaints: for hovers, which outlive the reading. */
  quiet(): Values {
    return new Values(() => {}, this.#parsed);
  }

  /** The value of a scalar or of a list of scalars; undefined where it is none, which is told. */
  of(node: YamlNode, scope: Scope, input: readonly Tensor[]): Value | undefined {
    const target = resolved(node);
    if (target?.kind === 'scalar') return this.scalar(target, scope, input, node);
    if (target?.kind === 'sequence') {
      const list: Value[] = [];
      for (const item of target.items) {
        const scalar = resolved(item);
        const value = scalar?.kind === 'scalar' ? this.scalar(scalar, scope, input, item) : undefined;
        if (value === undefined) {
          if (scalar?.kind !== 'scalar') this.wrong(item, 'Here stands a number or a word.');
          return undefined;
        }
        list.push(value);
      }
      return list;
    }
    this.wrong(
      node,
      target
        ? 'Here stands a number, a word, or a list of them.'
        : `Nothing above is marked with “&${aliasName(node)}”.`,
    );
    return undefined;
  }

  /** The same for a scalar; `at` is where it stands in the text, an alias perhaps. */
  scalar(node: Scalar, scope: Scope, input: readonly Tensor[], at: YamlNode = node): Value | undefined {
    if (node.text.charCodeAt(0) !== 36 || node.text.length === 1) return scalarValue(node);
    let parsed = this.#parsed.get(node.text);
    if (!parsed) {
      parsed = parseExpression(node.text);
      this.#parsed.set(node.text, parsed);
    }
    const result =
      parsed.fault === undefined
        ? evaluate(parsed.expression, name => scope.get(name) ?? sizeOfInput(name, input))
        : parsed;
    if (result.fault === undefined) return result.value;
    const { from, to, message } = result.fault;
    const missing = /^There is no parameter “(\w+)”/.exec(message)?.[1];
    this.#complain({
      range: within(at, node, from, to),
      severity: 'error',
      code: missing === undefined ? 'wrong-expression' : 'unknown-parameter',
      message:
        missing === undefined
          ? message
          : `${message}${suggestion(missing, [...scope.keys(), ...sizesOfInput])} ${scope.size > 0 ? `There are ${[...scope.keys()].join(', ')}.` : 'Parameters stand behind the name of a block, as in “block(out, stride=1):”, or under “let:”.'}`,
    });
    return undefined;
  }

  wrong(range: Range, message: string, code = 'wrong-argument'): void {
    this.#complain({ range: { from: range.from, to: range.to }, severity: 'error', code, message });
  }
}

/** Part of a scalar in the text; all of it where quotes or folded lines shift its letters. */
function within(at: YamlNode, node: Scalar, from: number, to: number): Range {
  const start = at === node ? lettersFrom(node) : undefined;
  return start === undefined ? { from: at.from, to: at.to } : { from: start + from, to: start + Math.max(to, from) };
}

/** Where the letters of a scalar are, if they are written as they are read. */
export function lettersFrom({ from, to, text, style }: Scalar): number | undefined {
  const quotes = style === 'quoted' ? 1 : 0;
  return style !== 'block' && to - from === text.length + 2 * quotes ? from + quotes : undefined;
}

function sizeOfInput(name: string, input: readonly Tensor[]): number | undefined {
  if (name !== 'channels' && name !== 'features') return undefined;
  const shape = input[0]?.shape;
  return (name === 'channels' ? shape?.[1] : shape?.at(-1)) ?? Number.NaN;
}

function aliasName(node: YamlNode): string {
  return node.kind === 'alias' ? node.name : '';
}

import * as l10n from '@vscode/l10n';
import type { Tensor } from '../../graph/graph.ts';
import { resolved, type Scalar, scalarValue, type YamlNode } from '../../syntax/tree.ts';
import type { Problem } from '../../text/problem.ts';
import type { Range } from '../../text/range.ts';
import { sentences } from '../../text/sentences.ts';
import { suggestion } from '../../text/spelling.ts';
import { evaluate, type Fault, type Parsed, parseExpression, type Value } from './expression.ts';
import { sizesOfInput } from './words.ts';

/** What `$name` can refer to in a list of rows: parameters of its block, or names in `let`. */
export type Scope = ReadonlyMap<string, Value>;

/** Evaluates nodes of the text, including expressions, and reports invalid ones. */
export class Values {
  readonly #report: (problem: Problem) => void;
  readonly #parsed: Map<string, Parsed>;

  constructor(report: (problem: Problem) => void, parsed = new Map<string, Parsed>()) {
    this.#report = report;
    this.#parsed = parsed;
  }

  /** The same without reports, for hovers, which outlive the reading. */
  quiet(): Values {
    return new Values(() => {}, this.#parsed);
  }

  /** The value of a scalar or list of scalars; undefined for anything else, which is reported. */
  of(node: YamlNode, scope: Scope, input: readonly Tensor[]): Value | undefined {
    const target = resolved(node);
    if (target?.kind === 'scalar') return this.scalar(target, scope, input, node);
    if (target?.kind === 'sequence') {
      const list: Value[] = [];
      for (const item of target.items) {
        const scalar = resolved(item);
        const value = scalar?.kind === 'scalar' ? this.scalar(scalar, scope, input, item) : undefined;
        if (value === undefined) {
          if (scalar?.kind !== 'scalar') this.#expected(item, l10n.t('A number or a word is expected here.'));
          return undefined;
        }
        list.push(value);
      }
      return list;
    }
    // An unresolved alias is reported where the text is parsed.
    if (target) this.#expected(node, l10n.t('A number, a word or a list of them is expected here.'));
    return undefined;
  }

  /** The same for a scalar; `at` is its place in the text, which may be an alias. */
  scalar(node: Scalar, scope: Scope, input: readonly Tensor[], at: YamlNode = node): Value | undefined {
    if (!isExpression(node)) return scalarValue(node);
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
    const { from, to, code, message, help } = result.fault;
    this.#report({
      range: within(at, node, from, to),
      severity: 'error',
      code,
      message,
      help: help ?? helpWith(result.fault, scope),
    });
    return undefined;
  }

  #expected({ from, to }: Range, message: string): void {
    this.#report({ range: { from, to }, severity: 'error', code: 'value-expected', message });
  }
}

/** Whether a scalar is `$name` or `$(…)`. */
export function isExpression({ text }: Scalar): boolean {
  return text.charCodeAt(0) === 36 && text.length > 1;
}

function helpWith({ unknown }: Fault, scope: Scope): string | undefined {
  if (unknown === undefined) return undefined;
  const meant = suggestion(unknown, [...scope.keys(), ...sizesOfInput]);
  const known =
    scope.size > 0
      ? l10n.t('Available parameters: {0}.', [...scope.keys()].join(', '))
      : l10n.t('Define parameters after the name of a block, for example “block(out, stride=1):”, or under “let:”.');
  return sentences(meant, known);
}

/** A part of a scalar in the text; all of it if quotes or folding shift its characters. */
function within(at: YamlNode, node: Scalar, from: number, to: number): Range {
  const start = at === node ? lettersFrom(node) : undefined;
  return start === undefined ? { from: at.from, to: at.to } : { from: start + from, to: start + Math.max(to, from) };
}

/** The offset of a scalar's characters, if they are written literally. */
export function lettersFrom({ from, to, text, style }: Scalar): number | undefined {
  const quotes = style === 'quoted' ? 1 : 0;
  return style !== 'block' && to - from === text.length + 2 * quotes ? from + quotes : undefined;
}

function sizeOfInput(name: string, input: readonly Tensor[]): number | undefined {
  if (name !== 'channels' && name !== 'features') return undefined;
  const shape = input[0]?.shape;
  return (name === 'channels' ? shape?.[1] : shape?.at(-1)) ?? Number.NaN;
}

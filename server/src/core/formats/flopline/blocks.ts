// The blocks that a text defines: `name(out, stride=1): [rows]`.
import { allEntries, resolved, type Scalar, type YamlNode } from '../../syntax/tree.ts';
import type { Problem } from '../../text/problem.ts';
import type { Range } from '../../text/range.ts';
import { operatorOf } from './operators.ts';
import { lettersFrom } from './values.ts';

export interface Block {
  readonly name: string;
  /** `name(out, stride=1)` in the text. */
  readonly header: Range;
  readonly parameters: readonly Parameter[];
  readonly rows: YamlNode;
}

export interface Parameter {
  readonly name: string;
  readonly range: Range;
  /** Its default, as if it stood in the text as a value; undefined: it must be given. */
  readonly otherwise: YamlNode | undefined;
}

/** Rows that are no operators: they arrange other rows. */
export const structures = {
  branches: 'Parallel paths that all read the same, joined at their end (`join: concat`, `add`, `mul` or `none`).',
  residual: 'Rows whose output is added to what came in, or to what `shortcut:` makes of it.',
  repeat: 'Rows several times one after the other: `repeat: {times: 3, layers: […]}`.',
} as const;

export type Structure = keyof typeof structures;

export function isStructure(name: string): name is Structure {
  return name === 'branches' || name === 'residual' || name === 'repeat';
}

/** Names that `$` or `from` have a meaning of their own for. */
const reserved = new Set(['name', 'from', 'if', 'repeats', 'input', 'previous', 'true', 'false', 'and', 'or', 'not']);

export function readBlocks(node: YamlNode | undefined, tell: (problem: Problem) => void): ReadonlyMap<string, Block> {
  const blocks = new Map<string, Block>();
  const mapping = resolved(node);
  if (!mapping) return blocks;
  const wrong = (range: Range, code: string, message: string): void =>
    tell({ range: { from: range.from, to: range.to }, severity: 'error', code, message });
  if (mapping.kind !== 'mapping') {
    if (mapping.kind !== 'scalar' || mapping.text !== '') {
      wrong(node!, 'wrong-block', 'Blocks are written as “name(parameters):” with rows below each.');
    }
    return blocks;
  }
  for (const { key, value } of allEntries(mapping)) {
    if (key.kind !== 'scalar') {
      wrong(key, 'wrong-block', 'The name of a block is a word, as in “bottleneck(out, stride=1):”.');
      continue;
    }
    const block = headerOf(key, value, wrong);
    if (!block) continue;
    if (blocks.has(block.name)) {
      wrong(key, 'duplicate-name', `There is a block “${block.name}” above already. Give this one another name.`);
    } else if (operatorOf(block.name) || isStructure(block.name)) {
      wrong(
        key,
        'duplicate-name',
        `“${block.name}” is an operator already, so this block can never be used. Give it another name.`,
      );
    } else blocks.set(block.name, block);
  }
  return blocks;
}

function headerOf(
  key: Scalar,
  rows: YamlNode,
  wrong: (range: Range, code: string, message: string) => void,
): Block | undefined {
  const shift = lettersFrom(key);
  const at = (from: number, to: number): Range => (shift === undefined ? key : { from: shift + from, to: shift + to });
  const match = /^\s*([A-Za-z_][\w-]*)\s*(?:\((.*)\))?\s*$/s.exec(key.text);
  if (!match) {
    wrong(
      key,
      'wrong-block',
      `“${key.text.slice(0, 60)}” is not a block's name with its parameters. Write it as in “bottleneck(out, stride=1):”.`,
    );
    return undefined;
  }
  const [, name, list] = match;
  const parameters: Parameter[] = [];
  if (list !== undefined && list.trim() !== '') {
    const start = key.text.indexOf('(') + 1;
    for (const { from, to } of pieces(list)) {
      const piece = list.slice(from, to);
      const parts = /^(\s*)([A-Za-z_]\w*)\s*(?:=(.*))?$/s.exec(piece);
      const space = piece.trim() === '' ? 0 : piece.length - piece.trimStart().length;
      const range = at(start + from + space, start + from + Math.max(piece.trimEnd().length, space));
      if (!parts) {
        wrong(
          range,
          'wrong-block',
          `“${piece.trim()}” is not a parameter. Write a name, or a name with a default as in “stride=1”.`,
        );
        continue;
      }
      const [, , parameter, otherwise] = parts;
      const nameRange = at(start + from + space, start + from + space + parameter!.length);
      if (reserved.has(parameter!)) {
        wrong(
          nameRange,
          'wrong-block',
          `A parameter cannot be called “${parameter}”: every row has a key or a value of that name. Use another name.`,
        );
      } else if (parameters.some(other => other.name === parameter)) {
        wrong(nameRange, 'duplicate-name', `There are two parameters “${parameter}”. Give one of them another name.`);
      } else {
        const offset = to - from - (otherwise?.length ?? 0) + from + start;
        parameters.push({
          name: parameter!,
          range: nameRange,
          otherwise: otherwise === undefined ? undefined : defaultOf(otherwise, (a, b) => at(offset + a, offset + b)),
        });
      }
    }
  }
  return { name: name!, header: key, parameters, rows };
}

/** The stretches between commas that are in no bracket. */
function pieces(list: string): Range[] {
  const found: Range[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at <= list.length; at++) {
    const char = list[at];
    if (char === '(' || char === '[') depth++;
    else if (char === ')' || char === ']') depth--;
    else if (char === undefined || (char === ',' && depth <= 0)) {
      found.push({ from, to: at });
      from = at + 1;
    }
  }
  return found;
}

function defaultOf(text: string, at: (from: number, to: number) => Range): YamlNode {
  const scalar = (from: number, to: number): Scalar => {
    const piece = text.slice(from, to);
    const lead = piece.length - piece.trimStart().length;
    const trimmed = piece.trim();
    const quoted = /^(['"])(.*)\1$/s.exec(trimmed);
    return {
      kind: 'scalar',
      text: quoted ? quoted[2]! : trimmed,
      style: quoted ? 'quoted' : 'plain',
      ...at(from + lead, from + lead + trimmed.length),
    };
  };
  const list = /^\s*\[(.*)\]\s*$/s.exec(text);
  if (!list) return scalar(0, text.length);
  const start = text.indexOf('[') + 1;
  const items = list[1]!.trim() === '' ? [] : pieces(list[1]!).map(({ from, to }) => scalar(start + from, start + to));
  return { kind: 'sequence', flow: true, items, ...at(0, text.length) };
}

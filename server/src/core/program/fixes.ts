// Fixes of modules that do not fit their input: the argument of the constructor that would.
import * as l10n from '@vscode/l10n';
import type { CallExpression, PythonTree } from '../syntax/python/ast.ts';
import type { Fix } from '../text/problem.ts';
import type { Range } from '../text/range.ts';
import type { Misfit } from '../torch/python/recording.ts';
import { dottedName, nodesIn } from './syntax.ts';

/** Writes the number that fits into the call that constructs the module; undefined where that is in no place of the text. */
export function fitting({ call: { construct, type }, attr, value }: Misfit, tree: PythonTree): Fix | undefined {
  if (!construct || construct.file !== undefined) return undefined;
  const found = callAt(tree, construct.range);
  if (!found) return undefined;
  const { call, start } = found;
  // The constructor of a class of its own may take other arguments.
  if (dottedName(call.callee)?.split('.').at(-1) !== type) return undefined;
  const range = argumentOf(call, attr);
  if (!range) return undefined;
  const edit = { from: start + range.from, to: start + range.to, text: String(value) };
  return { title: l10n.t('Set {0} to {1}', attr, value), edits: [edit] };
}

/** Arguments that are not the first of their constructor, by position. */
const positions: ReadonlyMap<string, number> = new Map([['num_channels', 1]]);

function argumentOf({ args, keywords }: CallExpression, attr: string): Range | undefined {
  const named = keywords.find(({ name }) => name === attr);
  if (named) return named.value.range;
  const position = positions.get(attr) ?? 0;
  if (args.slice(0, position + 1).some(({ kind }) => kind === 'Starred')) return undefined;
  return args[position]?.range;
}

function callAt(
  { chunks }: PythonTree,
  { from, to }: Range,
): { readonly call: CallExpression; readonly start: number } | undefined {
  const chunk = chunks.findLast(({ start }) => start <= from);
  if (!chunk) return undefined;
  for (const statement of chunk.block.statements) {
    const { start } = chunk;
    if (statement.range.from + start > from || statement.range.to + start < to) continue;
    for (const node of nodesIn(statement))
      if (node.kind === 'Call' && node.range.from + start === from && node.range.to + start === to)
        return { call: node, start };
  }
  return undefined;
}

// Who in a program looks at a module that a call constructs, beside calling it.

import { dottedName, nodesIn, type SyntaxNode } from '../../program/syntax.ts';
import type { Expression, PythonTree } from '../../syntax/python/ast.ts';
import type { CallText } from './callText.ts';
import type { Names } from './names.ts';

/** What every module has: whoever reads it need not know which one it is. */
const ofEveryModule: ReadonlySet<string> = new Set([
  'apply',
  'children',
  'cpu',
  'cuda',
  'double',
  'eval',
  'float',
  'forward',
  'half',
  'load_state_dict',
  'modules',
  'named_children',
  'named_modules',
  'named_parameters',
  'parameters',
  'requires_grad_',
  'state_dict',
  'to',
  'train',
  'training',
  'zero_grad',
]);

/** What containers and lists have: what they hold may be what is asked about, not they. */
const ofContainers: ReadonlySet<string> = new Set([
  'add_module',
  'append',
  'copy',
  'extend',
  'insert',
  'items',
  'keys',
  'pop',
  'values',
  'update',
]);

/** Functions that look at what they are given. */
const looking: ReadonlySet<string> = new Set(['isinstance', 'type', 'getattr', 'hasattr', 'setattr', 'delattr', 'len']);

/**
 * Whether the program reads attributes of what it keeps under these names (by default any that not every module has), or
 * asks what it is: in a layer's place there must be a layer then.
 */
export function isReadElsewhere(
  { chunks }: PythonTree,
  targets: readonly string[],
  asks: (attribute: string) => boolean = name => !ofEveryModule.has(name) && !ofContainers.has(name),
): boolean {
  const names = new Set(targets);
  if (names.size === 0) return false;
  const isOne = (expression: Expression | undefined): boolean => {
    const name = expression && heldName(expression);
    return name !== undefined && names.has(name);
  };
  // What a loop goes through under another name.
  for (const node of everything(chunks)) {
    if (node.kind === 'For' && isOne(node.iterable) && node.target.kind === 'Name') names.add(node.target.name);
  }
  for (const node of everything(chunks)) {
    if (node.kind === 'Attribute' && asks(node.name) && isOne(node.value)) return true;
    if (node.kind !== 'Call') continue;
    const callee = dottedName(node.callee);
    if (callee !== undefined && looking.has(callee) && isOne(node.args[0])) return true;
  }
  return false;
}

function* everything(chunks: PythonTree['chunks']): Generator<SyntaxNode> {
  for (const { block } of chunks) yield* nodesIn(block.statements);
}

/** `conv1` of `self.conv1`, of `conv1`, and of `self.conv1[0]`. */
function heldName(expression: Expression): string | undefined {
  let at = expression;
  while (at.kind === 'Subscript') at = at.value;
  if (at.kind === 'Attribute') return at.name;
  return at.kind === 'Name' ? at.name : undefined;
}

/** Methods and functions that only keep the module that they are given. */
const keeping: ReadonlySet<string> = new Set([...ofContainers, 'OrderedDict', 'list', 'tuple', 'dict', 'setattr']);

/** Whether what a call constructs goes no further than to a name, or into a container. */
export function isMoved({ chunks }: PythonTree, names: Names, { range, callee }: CallText): boolean {
  for (const { start, block } of chunks) {
    if (start > range.from || start + block.text.length < range.to) continue;
    for (const node of nodesIn(block.statements)) {
      if (node.kind === 'ClassDef' && node.bases.some(base => holds(base, start, range))) return false;
      if (node.kind === 'Attribute' && isAt(node.value, start, range)) return ofEveryModule.has(node.name);
      if (node.kind !== 'Call' || node.callee === callee) continue;
      const isGiven =
        node.args.some(each => isAt(each, start, range)) || node.keywords.some(each => isAt(each.value, start, range));
      if (!isGiven) continue;
      const name = names.resolved(node.callee) ?? dottedName(node.callee) ?? '';
      const last = node.callee.kind === 'Attribute' ? node.callee.name : name.split('.').at(-1)!;
      // A class takes a module to call it; a function may take it apart.
      return name.startsWith('torch.nn.utils') ? false : keeping.has(last) || /^[A-Z]/.test(last);
    }
  }
  return true;
}

const isAt = (node: Expression, start: number, { from, to }: CallText['range']): boolean =>
  start + node.range.from === from && start + node.range.to === to;

const holds = (node: Expression, start: number, { from, to }: CallText['range']): boolean =>
  start + node.range.from <= from && to <= start + node.range.to;

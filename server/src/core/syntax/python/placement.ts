// Statements that parse, but that Python rejects where they are: a `break` outside of a loop.
import * as l10n from '@vscode/l10n';
import type { Problem } from '../../text/problem.ts';
import type { Range } from '../../text/range.ts';
import type { Expression, FunctionDef, Statement } from './ast.ts';
import { mayLeave, targetsIn } from './guess.ts';

interface Context {
  readonly inLoop: boolean;
  readonly scope: 'module' | 'class' | 'function' | 'coroutine';
  /** The parameters of the function. */
  readonly parameters: ReadonlySet<string>;
}

const top: Context = { inLoop: false, scope: 'module', parameters: new Set() };

export interface Placed {
  readonly statements: readonly Statement[];
  readonly problems: readonly Problem[];
}

/** Replaces misplaced statements by broken ones. */
export function placed(statements: readonly Statement[], text: string): Placed {
  const problems: Problem[] = [];
  const hasSuspension = /\b(?:await|yield)\b/.test(text);
  const within = (block: readonly Statement[], context: Context): readonly Statement[] =>
    block.map(statement => checked(statement, context));

  const checked = (statement: Statement, context: Context): Statement => {
    const why = misplacement(statement, context) ?? (hasSuspension ? suspension(statement, context.scope) : undefined);
    if (why !== undefined) {
      const { range } = statement;
      const help = l10n.t('Correct it: until then, what this statement does is unknown.');
      problems.push({ range: lineOf(range), severity: 'error', code: 'python-syntax', message: why, help });
      const own = text.slice(range.from, range.to);
      return { kind: 'Broken', range, message: why, targets: targetsIn(own, range.from), leaves: mayLeave(own) };
    }
    switch (statement.kind) {
      case 'FunctionDef':
        return { ...statement, body: within(statement.body, contextOf(statement)) };
      case 'ClassDef':
        return { ...statement, body: within(statement.body, { ...top, scope: 'class' }) };
      case 'For':
      case 'While': {
        const body = within(statement.body, { ...context, inLoop: true });
        return { ...statement, body, orElse: within(statement.orElse, context) };
      }
      case 'If':
        return { ...statement, body: within(statement.body, context), orElse: within(statement.orElse, context) };
      case 'With':
        return { ...statement, body: within(statement.body, context) };
      case 'Try':
        return {
          ...statement,
          body: within(statement.body, context),
          handlers: statement.handlers.map(each => ({ ...each, body: within(each.body, context) })),
          orElse: within(statement.orElse, context),
          finalBody: within(statement.finalBody, context),
        };
      case 'Match':
        return {
          ...statement,
          cases: statement.cases.map(each => ({ ...each, body: within(each.body, context) })),
        };
    }
    return statement;
  };

  /** Restricts a problem to one line. */
  const lineOf = ({ from, to }: Range): Range => ({
    from,
    to: from + text.slice(from, to).split(/[\r\n]/, 1)[0]!.length,
  });

  const found = within(statements, top);
  return problems.length > 0 ? { statements: found, problems } : { statements, problems };
}

function contextOf({
  isAsync,
  parameters: { positionalOnly, positional, rest, keywordOnly, keywords },
}: FunctionDef): Context {
  const all = [
    ...positionalOnly,
    ...positional,
    ...keywordOnly,
    ...(rest ? [rest] : []),
    ...(keywords ? [keywords] : []),
  ];
  return {
    inLoop: false,
    scope: isAsync ? 'coroutine' : 'function',
    parameters: new Set(all.map(({ name }) => name)),
  };
}

/** Why a statement is not allowed at its place, in Python's words. */
function misplacement(statement: Statement, { inLoop, scope, parameters }: Context): string | undefined {
  switch (statement.kind) {
    case 'Break':
      return inLoop ? undefined : l10n.t('This break is outside a loop.');
    case 'Continue':
      return inLoop ? undefined : l10n.t('This continue is outside a loop.');
    case 'Return':
      return scope === 'function' || scope === 'coroutine' ? undefined : l10n.t('This return is outside a function.');
    case 'Nonlocal':
      if (scope === 'module') return l10n.t('This nonlocal is not inside a function.');
      return declared(statement.names, parameters);
    case 'Global':
      return declared(statement.names, parameters);
    case 'ImportFrom':
      return scope !== 'module' && statement.names[0]?.name === '*'
        ? l10n.t('All names of a module can only be imported at the level of the file.')
        : undefined;
    case 'Assign':
      return statement.targets.some(target => target.kind === 'Starred' || hasTwoStars(target))
        ? l10n.t('Only one name of a list of targets can have a star.')
        : undefined;
    case 'For':
    case 'With':
      return statement.isAsync && scope !== 'coroutine' ? outsideCoroutine('async') : undefined;
  }
  return undefined;
}

/** Why `await` or `yield` is not allowed in a statement. */
function suspension(statement: Statement, scope: Context['scope']): string | undefined {
  switch (statement.kind) {
    case 'Return':
    case 'AugAssign':
    case 'AnnAssign':
    case 'ExpressionStatement':
      return misplacedIn([statement.value], scope);
    case 'Assign':
      return misplacedIn([statement.value, ...statement.targets], scope);
  }
  return undefined;
}

function declared(names: readonly string[], parameters: ReadonlySet<string>): string | undefined {
  const name = names.find(each => parameters.has(each));
  return name === undefined ? undefined : l10n.t('“{0}” is a parameter of this function.', name);
}

function hasTwoStars(target: Expression): boolean {
  if (target.kind !== 'Tuple' && target.kind !== 'List') return false;
  return target.elements.filter(({ kind }) => kind === 'Starred').length > 1 || target.elements.some(hasTwoStars);
}

const outsideCoroutine = (word: string): string => l10n.t('This {0} is outside an async function.', word);

function misplacedIn(roots: readonly (Expression | undefined)[], scope: Context['scope']): string | undefined {
  if (scope === 'coroutine') return undefined;
  for (const root of roots) {
    if (!root || root.kind === 'Name' || root.kind === 'Constant') continue;
    for (const kind of kindsIn(root)) {
      if (kind === 'Await') return outsideCoroutine('await');
      if ((kind === 'Yield' || kind === 'YieldFrom') && scope !== 'function')
        return l10n.t('This yield is outside a function.');
    }
  }
  return undefined;
}

/** The kinds of all expressions inside one, without those in nested functions. */
function* kindsIn(root: object): Generator<string> {
  const stack: object[] = [root];
  for (let at = stack.pop(); at; at = stack.pop()) {
    const { kind } = at as { readonly kind?: string };
    if (kind === 'Lambda') continue;
    if (kind !== undefined) yield kind;
    for (const value of Object.values(at)) if (typeof value === 'object' && value !== null) stack.push(value);
  }
}

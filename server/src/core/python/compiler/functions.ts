// `def` and `lambda`.
import * as l10n from '@vscode/l10n';
import type { Expression, FunctionDef, Parameters } from '../../syntax/python/ast.ts';
import type { Range } from '../../text/range.ts';
import { type Code, type FunctionDetail, LaterCode, op, type PutOffDetail } from '../code.ts';
import { scopesInside } from '../scope.ts';
import { Unit } from './unit.ts';

export function functionDefinition(unit: Unit, node: FunctionDef): void {
  for (const decorator of node.decorators) {
    unit.begin(decorator.range);
    unit.expression(decorator);
    unit.emit(op.noSelf, 0, 1);
  }
  unit.begin(node.head);
  const scope = unit.scopes.get(node)!;
  // Most functions are never called.
  const code = new LaterCode(() => {
    const scopes = node.deferred ? scopesInside(node, unit.scope) : unit.scopes;
    const inner = functionUnit(unit, node, node.name, 'function', node.head, node.parameters, scopes);
    inner.isAsync = node.isAsync;
    if (node.returns) inner.annotations.set('return', unit.text.slice(node.returns.range.from, node.returns.range.to));
    try {
      inner.body(node.body);
      return inner.code();
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      // Nested deeper than the stack.
      const broken = functionUnit(unit, node, node.name, 'function', node.head, node.parameters, scopes);
      const message = l10n.t('This is nested too deeply.');
      broken.body([{ kind: 'Broken', message, targets: [], leaves: true, range: node.range }]);
      return broken.code();
    }
  });
  makeFunction(unit, code, node.parameters, [...scope.free]);
  for (let at = node.decorators.length - 1; at >= 0; at--) {
    unit.range = node.decorators[at]!.range;
    unit.statement = unit.range;
    unit.emit(op.call, 1, -2);
  }
  unit.store(node.name);
}

function functionUnit(
  unit: Unit,
  node: FunctionDef | (Expression & { readonly kind: 'Lambda' }),
  name: string,
  kind: Code['kind'],
  head: Range,
  parameters: Parameters,
  scopes = unit.scopes,
): Unit {
  const lists = [
    ...parameters.positionalOnly,
    ...parameters.positional,
    ...parameters.keywordOnly,
    ...(parameters.rest ? [parameters.rest] : []),
    ...(parameters.keywords ? [parameters.keywords] : []),
  ];
  const names = lists.map(parameter => parameter.name);
  const scope = scopes.get(node)!;
  const { compilers, text } = unit;
  const qualifiedName = unit.qualified(name);
  const inner = new Unit({ compilers, scopes, text }, scope, { name, qualifiedName, kind, head }, names);
  const positional = parameters.positionalOnly.length + parameters.positional.length;
  const keywordOnly = parameters.keywordOnly.length;
  inner.parameters = {
    names: names.map(each => scope.mangled(each)),
    positionalOnly: parameters.positionalOnly.length,
    positional,
    keywordOnly,
    rest: parameters.rest ? positional + keywordOnly : -1,
    keywords: parameters.keywords ? positional + keywordOnly + (parameters.rest ? 1 : 0) : -1,
  };
  for (const { name: each, annotation } of lists) {
    if (annotation) inner.annotations.set(each, unit.text.slice(annotation.range.from, annotation.range.to));
  }
  for (const { name: each, default: standard } of lists) {
    if (!standard || !pathOf(standard)) continue;
    inner.range = standard.range;
    inner.emit(op.arrive, inner.local(scope.mangled(each)), 0);
  }
  inner.range = head;
  return inner;
}

/** The names of `a.b.c`; undefined for any other expression. */
function pathOf(node: Expression): readonly [string, ...string[]] | undefined {
  if (node.kind === 'Name') return [node.name];
  const outer = node.kind === 'Attribute' ? pathOf(node.value) : undefined;
  return outer && [...outer, (node as Expression & { readonly kind: 'Attribute' }).name];
}

/** Puts a default on the stack: its value, or where it is part of an import that nothing needed yet, what brings it. */
function defaultValue(unit: Unit, node: Expression): void {
  const path = pathOf(node);
  const name = path && unit.scope.mangled(path[0]);
  const slot = name === undefined ? undefined : unit.slot(name);
  if (!path || (slot?.kind !== 'name' && slot?.kind !== 'global')) {
    unit.expression(node);
    return;
  }
  const attributes = path.slice(1).map(each => unit.scope.mangled(each));
  const detail: PutOffDetail = { name: slot.name, attributes, isOwn: slot.kind === 'name', target: 0 };
  unit.emit(op.putOff, unit.detail(detail), 0);
  unit.expression(node);
  detail.target = unit.here;
}

/** Puts a function of the code on the stack. */
export function makeFunction(
  unit: Unit,
  code: Code | LaterCode,
  parameters: Parameters | undefined,
  free = code instanceof LaterCode ? [] : code.cells.slice(code.ownCells),
): void {
  let defaults = 0;
  const keywordDefaults: string[] = [];
  if (parameters) {
    for (const parameter of [...parameters.positionalOnly, ...parameters.positional]) {
      if (!parameter.default) continue;
      defaultValue(unit, parameter.default);
      defaults++;
    }
    for (const parameter of parameters.keywordOnly) {
      if (!parameter.default) continue;
      defaultValue(unit, parameter.default);
      keywordDefaults.push(parameter.name);
    }
  }
  const outer = free.map(name => unit.cells.indexOf(name));
  const detail: FunctionDetail = { code, defaults, keywordDefaults, outer };
  unit.emit(op.function, unit.detail(detail), 1 - defaults - keywordDefaults.length);
}

export function lambda(unit: Unit, node: Expression & { readonly kind: 'Lambda' }): void {
  const inner = functionUnit(unit, node, '<lambda>', 'lambda', node.range, node.parameters);
  inner.body([{ kind: 'Return', value: node.body, range: node.body.range }]);
  makeFunction(unit, inner.code(), node.parameters);
}

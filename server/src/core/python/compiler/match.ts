// `match`.
import type { Pattern, Statement } from '../../syntax/python/ast.ts';
import { comparisons, op } from '../code.ts';
import { leavesOf } from '../effects.ts';
import type { Unit } from './unit.ts';
import { skipBranch } from './unknown.ts';

export function matchStatement(unit: Unit, node: Statement & { readonly kind: 'Match' }): void {
  const head = { from: node.range.from, to: node.subject.range.to };
  unit.begin(head);
  unit.expression(node.subject);
  const subject = unit.hiddenLocal();
  unit.emit(op.setLocal, subject, -1);
  const depth = unit.depth;
  const ends: number[] = [];
  const unknowns: number[] = [];
  node.cases.forEach(({ pattern, guard, body }) => {
    unit.statement = unit.range = pattern.range;
    const fails: number[] = [];
    unit.emit(op.local, subject, 1);
    matchPattern(unit, pattern, fails, unknowns);
    if (guard) {
      unit.expression(guard);
      const at = unit.emit(op.jumpIfFalse, 0, -1);
      fails.push(at);
      unknowns.push(at);
    }
    unit.block(body);
    ends.push(unit.emit(op.jump, 0, 0));
    for (const fail of fails) unit.patch(fail);
    unit.depth = depth;
  });
  for (const end of ends) unit.patch(end);
  unit.depth = depth;
  if (unknowns.length > 0) {
    unit.statement = unit.range = head;
    const first = unknowns[0]!;
    skipBranch(unit, first, [node], [], leavesOf(node.cases.flatMap(({ body }) => body)), false);
    for (const at of unknowns) unit.branches.set(at, unit.branches.get(first)!);
  }
}

/** Matches the value on top of the stack, and takes it away. */
function matchPattern(unit: Unit, node: Pattern, fails: number[], unknowns: number[]): void {
  unit.range = node.range;
  const test = (): void => {
    const at = unit.emit(op.jumpIfFalse, 0, -1);
    fails.push(at);
    unknowns.push(at);
  };
  switch (node.kind) {
    case 'MatchValue': {
      unit.expression(node.value);
      const isSingleton = node.value.kind === 'Constant' && (node.value.type === 'None' || node.value.type === 'bool');
      unit.emit(op.compare, comparisons.indexOf(isSingleton ? 'is' : '=='), -1);
      test();
      return;
    }
    case 'MatchAs':
      if (node.pattern) {
        const value = unit.hiddenLocal();
        unit.emit(op.duplicate, 0, 1);
        unit.emit(op.setLocal, value, -1);
        matchPattern(unit, node.pattern, fails, unknowns);
        unit.emit(op.local, value, 1);
      }
      if (node.name !== undefined) unit.store(node.name);
      else unit.emit(op.pop, 0, -1);
      return;
    case 'MatchStar':
      if (node.name !== undefined) unit.store(node.name);
      else unit.emit(op.pop, 0, -1);
      return;
    case 'MatchOr': {
      const value = unit.hiddenLocal();
      unit.emit(op.setLocal, value, -1);
      const depth = unit.depth;
      const done: number[] = [];
      node.patterns.forEach((pattern, at) => {
        const isLast = at === node.patterns.length - 1;
        const inner: number[] = [];
        unit.emit(op.local, value, 1);
        matchPattern(unit, pattern, isLast ? fails : inner, unknowns);
        if (!isLast) done.push(unit.emit(op.jump, 0, 0));
        for (const fail of inner) unit.patch(fail);
        unit.depth = depth;
      });
      for (const at of done) unit.patch(at);
      return;
    }
    case 'MatchSequence': {
      const star = node.patterns.findIndex(({ kind }) => kind === 'MatchStar');
      const detail = {
        before: star < 0 ? node.patterns.length : star,
        after: star < 0 ? 0 : node.patterns.length - star - 1,
        hasRest: star >= 0,
      };
      matchParts(unit, op.matchSequence, detail, node.patterns, fails, unknowns);
      return;
    }
    case 'MatchMapping': {
      for (const key of node.keys) unit.expression(key);
      unit.range = node.range;
      unit.emit(op.tuple, node.keys.length, 1 - node.keys.length);
      const patterns: Pattern[] = [...node.patterns];
      if (node.rest !== undefined) {
        patterns.push({ kind: 'MatchAs', pattern: undefined, name: node.rest, range: node.range });
      }
      unit.emit(op.matchKeys, 0, -1);
      matchParts(unit, op.matchMapping, { hasRest: node.rest !== undefined }, patterns, fails, unknowns);
      return;
    }
    case 'MatchClass': {
      unit.expression(node.cls);
      unit.range = node.range;
      unit.emit(op.matchKeys, 0, -1);
      const detail = {
        positional: node.patterns.length,
        names: node.keywords.map(({ name }) => unit.scope.mangled(name)),
      };
      matchParts(
        unit,
        op.matchClass,
        detail,
        [...node.patterns, ...node.keywords.map(({ pattern }) => pattern)],
        fails,
        unknowns,
      );
      return;
    }
  }
}

/** An operation that gives the parts that patterns are matched with, as a tuple, or None where there is no match. */
function matchParts(
  unit: Unit,
  operation: number,
  detail: unknown,
  patterns: readonly Pattern[],
  fails: number[],
  unknowns: number[],
): void {
  const parts = unit.hiddenLocal();
  unit.emit(operation, unit.detail(detail), 0);
  unit.emit(op.duplicate, 0, 1);
  unit.emit(op.setLocal, parts, -1);
  unit.constant(null);
  unit.emit(op.compare, comparisons.indexOf('is not'), -1);
  const at = unit.emit(op.jumpIfFalse, 0, -1);
  fails.push(at);
  unknowns.push(at);
  patterns.forEach((pattern, index) => {
    unit.emit(op.local, parts, 1);
    unit.constant(index);
    unit.emit(op.index, 0, -1);
    matchPattern(unit, pattern, fails, unknowns);
  });
}

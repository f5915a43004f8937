// Prints a Python syntax tree as Python with all operations in parentheses, to make its structure readable in tests.
import type {
  Comprehension,
  Expression,
  FormattedValue,
  Parameter,
  Parameters,
  Pattern,
  PythonTree,
  Statement,
} from '../../server/src/core/syntax/python/ast.ts';

export function sourceOf(tree: PythonTree): string {
  return tree.chunks.flatMap(({ block }) => block.statements.flatMap(linesOf)).join('\n');
}

function linesOf(statement: Statement): string[] {
  const body = (statements: readonly Statement[]): string[] => statements.flatMap(linesOf).map(line => `  ${line}`);
  const clause = (head: string, statements: readonly Statement[]): string[] =>
    statements.length > 0 ? [head, ...body(statements)] : [];
  switch (statement.kind) {
    case 'FunctionDef':
      return [
        ...statement.decorators.map(decorator => `@${expression(decorator)}`),
        `${asyncOf(statement)}def ${statement.name}${typesOf(statement)}(${parameters(statement.parameters)})${
          statement.returns ? ` -> ${expression(statement.returns)}` : ''
        }:`,
        ...body(statement.body),
      ];
    case 'ClassDef': {
      const args = [
        ...statement.bases.map(expression),
        ...statement.keywords.map(({ name, value }) => (name ? `${name}=` : '**') + expression(value)),
      ];
      return [
        ...statement.decorators.map(decorator => `@${expression(decorator)}`),
        `class ${statement.name}${typesOf(statement)}(${args.join(', ')}):`,
        ...body(statement.body),
      ];
    }
    case 'Return':
      return [`return${after(statement.value)}`];
    case 'Delete':
      return [`del ${statement.targets.map(expression).join(', ')}`];
    case 'Assign':
      return [[...statement.targets, statement.value].map(expression).join(' = ')];
    case 'AugAssign':
      return [`${expression(statement.target)} ${statement.operator}= ${expression(statement.value)}`];
    case 'AnnAssign':
      return [
        `${expression(statement.target)}: ${expression(statement.annotation)}${
          statement.value ? ` = ${expression(statement.value)}` : ''
        }`,
      ];
    case 'For':
      return [
        `${asyncOf(statement)}for ${expression(statement.target)} in ${expression(statement.iterable)}:`,
        ...body(statement.body),
        ...clause('else:', statement.orElse),
      ];
    case 'While':
      return [`while ${expression(statement.test)}:`, ...body(statement.body), ...clause('else:', statement.orElse)];
    case 'If':
      return [`if ${expression(statement.test)}:`, ...body(statement.body), ...clause('else:', statement.orElse)];
    case 'With':
      return [
        `${asyncOf(statement)}with ${statement.items
          .map(({ context, target }) => expression(context) + (target ? ` as ${expression(target)}` : ''))
          .join(', ')}:`,
        ...body(statement.body),
      ];
    case 'Match':
      return [
        `match ${expression(statement.subject)}:`,
        ...statement.cases.flatMap(({ pattern, guard, body: own }) => [
          `  case ${patternOf(pattern)}${guard ? ` if ${expression(guard)}` : ''}:`,
          ...body(own).map(line => `  ${line}`),
        ]),
      ];
    case 'Raise':
      return [`raise${after(statement.exception)}${statement.cause ? ` from ${expression(statement.cause)}` : ''}`];
    case 'Try':
      return [
        'try:',
        ...body(statement.body),
        ...statement.handlers.flatMap(({ type, name, body: own }) => [
          `except${after(type)}${name ? ` as ${name}` : ''}:`,
          ...body(own),
        ]),
        ...clause('else:', statement.orElse),
        ...clause('finally:', statement.finalBody),
      ];
    case 'Assert':
      return [`assert ${expression(statement.test)}${statement.message ? `, ${expression(statement.message)}` : ''}`];
    case 'Import':
    case 'ImportFrom': {
      const names = statement.names.map(({ name, as }) => (as ? `${name} as ${as}` : name)).join(', ');
      return [
        statement.kind === 'Import'
          ? `import ${names}`
          : `from ${'.'.repeat(statement.level)}${statement.module} import ${names}`,
      ];
    }
    case 'Global':
    case 'Nonlocal':
      return [`${statement.kind.toLowerCase()} ${statement.names.join(', ')}`];
    case 'ExpressionStatement':
      return [expression(statement.value)];
    case 'Pass':
    case 'Break':
    case 'Continue':
      return [statement.kind.toLowerCase()];
    case 'Broken':
      return [
        `<broken${statement.targets.map(target => ` ${expression(target)}`).join('')}${statement.leaves ? ', leaves' : ''}>`,
      ];
  }
}

function asyncOf({ isAsync }: { readonly isAsync: boolean }): string {
  return isAsync ? 'async ' : '';
}

function typesOf({ typeParameters }: { readonly typeParameters: readonly string[] }): string {
  return typeParameters.length > 0 ? `[${typeParameters.join(', ')}]` : '';
}

function after(value: Expression | undefined): string {
  return value ? ` ${expression(value)}` : '';
}

function parameters({ positionalOnly, positional, rest, keywordOnly, keywords }: Parameters): string {
  const one = ({ name, annotation, default: value }: Parameter): string =>
    name + (annotation ? `: ${expression(annotation)}` : '') + (value ? `=${expression(value)}` : '');
  return [
    ...positionalOnly.map(one),
    ...(positionalOnly.length > 0 ? ['/'] : []),
    ...positional.map(one),
    ...(rest ? [`*${one(rest)}`] : keywordOnly.length > 0 ? ['*'] : []),
    ...keywordOnly.map(one),
    ...(keywords ? [`**${one(keywords)}`] : []),
  ].join(', ');
}

function generators(clauses: readonly Comprehension[]): string {
  return clauses
    .map(
      clause =>
        ` ${asyncOf(clause)}for ${expression(clause.target)} in ${expression(clause.iterable)}${clause.conditions
          .map(condition => ` if ${expression(condition)}`)
          .join('')}`,
    )
    .join('');
}

function formatted(parts: readonly (string | FormattedValue)[]): string {
  return parts
    .map(part =>
      typeof part === 'string'
        ? part.replaceAll(/[{}]/g, '$&$&')
        : `{${expression(part.value)}${part.conversion ? `!${part.conversion}` : ''}${
            part.format.length > 0 ? `:${formatted(part.format)}` : ''
          }}`,
    )
    .join('');
}

export function expression(value: Expression): string {
  switch (value.kind) {
    case 'Name':
      return value.name;
    case 'Constant':
      switch (value.type) {
        case 'int':
          return String(value.value);
        case 'float':
          return Number.isInteger(value.value) ? `${value.value}.0` : String(value.value);
        case 'complex':
          return `${value.value}j`;
        case 'str':
          return JSON.stringify(value.value);
        case 'bytes':
          return `b${JSON.stringify(value.value)}`;
        case 'bool':
          return value.value ? 'True' : 'False';
        case 'None':
          return 'None';
        case 'Ellipsis':
          return '...';
      }
      break;
    case 'JoinedString':
      return `f${JSON.stringify(formatted(value.parts))}`;
    case 'Attribute':
      return `${expression(value.value)}.${value.name}`;
    case 'Subscript':
      return `${expression(value.value)}[${expression(value.index)}]`;
    case 'Slice':
      return `${value.lower ? expression(value.lower) : ''}:${value.upper ? expression(value.upper) : ''}${
        value.step ? `:${expression(value.step)}` : ''
      }`;
    case 'Call': {
      const args = [
        ...value.args.map(expression),
        ...value.keywords.map(({ name, value: given }) => (name ? `${name}=` : '**') + expression(given)),
      ];
      return `${expression(value.callee)}(${args.join(', ')})`;
    }
    case 'Starred':
      return `*${expression(value.value)}`;
    case 'Binary':
      return `(${expression(value.left)} ${value.operator} ${expression(value.right)})`;
    case 'Unary':
      return `(${value.operator}${value.operator === 'not' ? ' ' : ''}${expression(value.operand)})`;
    case 'Boolean':
      return `(${value.values.map(expression).join(` ${value.operator} `)})`;
    case 'Compare':
      return `(${value.values.map((own, at) => (at > 0 ? `${value.operators[at - 1]} ` : '') + expression(own)).join(' ')})`;
    case 'Conditional':
      return `(${expression(value.body)} if ${expression(value.test)} else ${expression(value.orElse)})`;
    case 'Lambda':
      return `(lambda ${parameters(value.parameters)}: ${expression(value.body)})`;
    case 'NamedExpression':
      return `(${value.name} := ${expression(value.value)})`;
    case 'Tuple':
      return `(${value.elements.map(own => `${expression(own)},`).join(' ')})`;
    case 'List':
      return `[${value.elements.map(expression).join(', ')}]`;
    case 'Set':
      return `{${value.elements.map(expression).join(', ')}}`;
    case 'Dict':
      return `{${value.entries
        .map(({ key, value: own }) => (key ? `${expression(key)}: ` : '**') + expression(own))
        .join(', ')}}`;
    case 'ListComprehension':
      return `[${expression(value.element)}${generators(value.generators)}]`;
    case 'SetComprehension':
      return `{${expression(value.element)}${generators(value.generators)}}`;
    case 'GeneratorExpression':
      return `(${expression(value.element)}${generators(value.generators)})`;
    case 'DictComprehension':
      return `{${expression(value.key)}: ${expression(value.value)}${generators(value.generators)}}`;
    case 'Yield':
      return `(yield${after(value.value)})`;
    case 'YieldFrom':
      return `(yield from ${expression(value.value)})`;
    case 'Await':
      return `(await ${expression(value.value)})`;
    case 'BrokenExpression':
      return '<broken>';
  }
}

function patternOf(pattern: Pattern): string {
  switch (pattern.kind) {
    case 'MatchValue':
      return expression(pattern.value);
    case 'MatchSequence':
      return `[${pattern.patterns.map(patternOf).join(', ')}]`;
    case 'MatchStar':
      return `*${pattern.name ?? '_'}`;
    case 'MatchMapping':
      return `{${[
        ...pattern.keys.map((key, at) => `${expression(key)}: ${patternOf(pattern.patterns[at]!)}`),
        ...(pattern.rest ? [`**${pattern.rest}`] : []),
      ].join(', ')}}`;
    case 'MatchClass':
      return `${expression(pattern.cls)}(${[
        ...pattern.patterns.map(patternOf),
        ...pattern.keywords.map(({ name, pattern: own }) => `${name}=${patternOf(own)}`),
      ].join(', ')})`;
    case 'MatchAs':
      if (!pattern.pattern) return pattern.name ?? '_';
      return `(${patternOf(pattern.pattern)} as ${pattern.name})`;
    case 'MatchOr':
      return `(${pattern.patterns.map(patternOf).join(' | ')})`;
  }
}

// Guesses the effects of a statement that cannot be parsed.
import type { Expression } from './ast.ts';

const name = String.raw`[\p{L}_][\p{L}\p{N}_]*`;
const path = new RegExp(`${name}(?:\\s*\\.\\s*${name})*`, 'gu');
const assigned = new RegExp(
  [
    String.raw`(?:^|[^\p{L}\p{N}_.])for\s+(?<loop>[^:\n]{1,200}?)\s+in(?![\p{L}\p{N}_])`,
    String.raw`(?:^|[^\p{L}\p{N}_.])as\s+(?<as>${name}(?:\.${name})*)`,
    String.raw`(?:^|[^\p{L}\p{N}_.])(?:def|class)\s+(?<definition>${name})`,
    String.raw`(?:^|[^\p{L}\p{N}_.])(?:import|del|global|nonlocal)\s+(?<list>[^;\n]+)`,
    String.raw`(?<![\p{L}\p{N}_.])(?<walrus>${name})[ \t]*:=`,
  ].join('|'),
  'gu',
);
const words: ReadonlySet<string> = new Set(
  'False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield'.split(
    ' ',
  ),
);

/** Names and attributes that a text apparently sets. Ranges are shifted by `shift`. */
export function targetsIn(text: string, shift: number): readonly Expression[] {
  const plain = withoutStrings(text);
  const found = new Map<string, Expression>();
  const add = (from: number, to: number): void => {
    for (const match of plain.slice(from, to).matchAll(path)) {
      const target = pathOf(match[0], from + match.index + shift);
      if (target) found.set(match[0].replaceAll(/\s/g, ''), target);
    }
  };
  for (const match of plain.matchAll(assigned)) {
    for (const [group, value] of Object.entries(match.groups!)) {
      if (value === undefined) continue;
      const own = group === 'list' ? value.replaceAll(/\([^\n]*$|\sas\s/g, ' ') : value;
      const from = match.index + match[0].lastIndexOf(value);
      add(from, from + own.length);
    }
  }
  // Look at the left side of each equals sign outside of brackets.
  let depth = 0;
  let start = 0;
  for (let at = 0; at < plain.length; at++) {
    const char = plain[at]!;
    if (char === '(' || char === '[' || char === '{') {
      depth++;
    } else if (char === ')' || char === ']' || char === '}') {
      depth = Math.max(0, depth - 1);
    } else if (char === '\n') {
      const next = /^[ \t]*[\p{L}_][\p{L}\p{N}_]*(?:\s*\.\s*[\p{L}\p{N}_]+)+\s*=[^=]/u;
      // An attribute is set on a line of its own, never inside brackets.
      if (depth === 0 || next.test(plain.slice(at + 1, at + 200))) {
        depth = 0;
        start = at + 1;
      }
    } else if (depth === 0 && char === ';') {
      start = at + 1;
    } else if (
      depth === 0 &&
      char === ':' &&
      /^\s*(?:if|for|while|with|else|elif|try|except|finally|def|class|async|case|match)(?![\p{L}\p{N}_])/u.test(
        plain.slice(start, at),
      )
    ) {
      start = at + 1;
    } else if (depth === 0 && char === '=') {
      const isComparison =
        plain[at + 1] === '=' || (/[=!<>:]/.test(plain[at - 1] ?? '') && !/(?:<<|>>)$/.test(plain.slice(0, at)));
      if (plain[at + 1] === '=') at++;
      if (isComparison) continue;
      const left = plain.slice(start, at);
      const annotation = left.indexOf(':');
      const to = start + (annotation >= 0 ? annotation : left.length);
      // The index in `x[i] = …` is read, not set.
      const subscript = /[[(]/.exec(left.trimStart().startsWith('(') || left.trimStart().startsWith('[') ? '' : left);
      add(start, subscript ? Math.min(to, start + subscript.index) : to);
      start = at + 1;
    }
  }
  return [...found.values()];
}

function pathOf(text: string, from: number): Expression | undefined {
  let value: Expression | undefined;
  for (const match of text.matchAll(/[\p{L}\p{N}_]+/gu)) {
    const [own] = match;
    if (words.has(own)) return undefined;
    const nameRange = { from: from + match.index, to: from + match.index + own.length };
    value = value
      ? { kind: 'Attribute', range: { from, to: nameRange.to }, value, name: own.normalize('NFKC'), nameRange }
      : { kind: 'Name', range: nameRange, name: own.normalize('NFKC') };
  }
  return value;
}

/** Whether a text may end the function or loop, or otherwise change the control flow. */
export function mayLeave(text: string): boolean {
  const plain = withoutStrings(text);
  if (/(?:^|[^\p{L}\p{N}_.])(?:return|raise|break|continue|yield)(?![\p{L}\p{N}_])/u.test(plain)) return true;
  // Two words at the start of a line: a misspelled keyword, as in `retrun x`.
  return (
    /^[ \t]*[a-z]+[ \t]+[\p{L}\p{N}_([{'"]/mu.test(plain) &&
    !/^[ \t]*(?:if|for|while|with|import|from|del|assert|global|nonlocal|def|class|elif|async|not|await|lambda|print|exec)(?![\p{L}\p{N}_])/u.test(
      plain,
    )
  );
}

/** The text with strings and comments blanked. */
function withoutStrings(text: string): string {
  return text.replaceAll(/("""|''')[\s\S]*?(?:\1|$)|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|#[^\n]*/g, found =>
    found.replaceAll(/[^\n]/g, ' '),
  );
}

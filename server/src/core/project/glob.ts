// Globs as in `files` of a budget: `*` and `?` within a name, `**` across folders, `{a,b}`, `[a-z]`.

/** Whether a text is a name rather than a pattern. */
export function isName(pattern: string): boolean {
  return !/[*?[\]{}]/.test(pattern) && !pattern.startsWith('!');
}

/** A limit far above what is written by hand, on the expansion of braces. */
const mostAlternatives = 1000;

const known = new Map<string, readonly RegExp[]>();

/** Whether a path matches; it is relative to the pattern's folder, with forward slashes. */
export function matches(pattern: string, path: string): boolean {
  let found = known.get(pattern);
  if (!found) {
    found = alternatives(normal(pattern)).map(each => new RegExp(`^${expressionOf(each)}$`, 'su'));
    known.set(pattern, found);
  }
  return found.some(expression => expression.test(path));
}

/** Normalizes a pattern: `./models/a.yaml` becomes `models/a.yaml`, a folder becomes everything in it. */
export function normal(pattern: string): string {
  const path = pattern
    .trim()
    .replaceAll('\\', '/')
    .replace(/\/+/g, '/')
    .replace(/^(?:\.\/)+/, '');
  return path.endsWith('/') ? `${path}**` : path;
}

/** The folder that contains everything a pattern can match: `models/v8` for `models/v8/*.yaml`. */
export function baseOf(pattern: string): string {
  const parts = normal(pattern).split('/').slice(0, -1);
  const end = parts.findIndex(part => !isName(part));
  return (end < 0 ? parts : parts.slice(0, end)).join('/');
}

/** Expands braces: `a{b,c}d` becomes `abd` and `acd`; unclosed braces are literal. */
function alternatives(pattern: string): readonly string[] {
  const open = pattern.indexOf('{');
  if (open < 0) return [pattern];
  const parts: string[] = [];
  let depth = 0;
  let from = open + 1;
  for (let at = open; at < pattern.length; at++) {
    const sign = pattern[at];
    if (sign === '{') depth++;
    else if (sign === ',' && depth === 1) {
      parts.push(pattern.slice(from, at));
      from = at + 1;
    } else if (sign === '}' && --depth === 0) {
      parts.push(pattern.slice(from, at));
      const [before, after] = [pattern.slice(0, open), pattern.slice(at + 1)];
      return parts.flatMap(part => alternatives(before + part + after)).slice(0, mostAlternatives);
    }
  }
  return [pattern];
}

function expressionOf(pattern: string): string {
  return pattern
    .split('/')
    .map((part, at, all) => {
      const isLast = at === all.length - 1;
      if (part === '**') return isLast ? '.+' : '(?:[^/]+/)*';
      return nameExpression(part) + (isLast ? '' : '/');
    })
    .join('');
}

function nameExpression(part: string): string {
  return part.replace(
    /\*+|\?|\[(!|\^)?([^\]]+|\][^\]]*)\]|[\\^$.|+(){}[\]/]/g,
    (sign, not: string | undefined, set) => {
      if (sign.startsWith('*')) return '[^/]*';
      if (sign === '?') return '[^/]';
      if (typeof set === 'string') return `(?!/)[${not === undefined ? '' : '^'}${escapedSet(set)}]`;
      return `\\${sign}`;
    },
  );
}

/** Escapes a set; a reversed range is taken literally. */
function escapedSet(set: string): string {
  const signs = [...set];
  let text = '';
  for (let at = 0; at < signs.length; at++) {
    const [first, dash, last] = [signs[at]!, signs[at + 1], signs[at + 2]];
    if (dash === '-' && last !== undefined && first <= last) {
      text += `${escaped(first)}-${escaped(last)}`;
      at += 2;
    } else text += escaped(first);
  }
  return text;
}

const escaped = (sign: string): string => sign.replace(/[\\\]^[-]/, '\\$&');

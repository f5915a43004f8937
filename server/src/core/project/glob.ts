// Globs of files, as `files` of a budget writes them: `*` and `?` within a name, `**` over folders, `{a,b}`, `[a-z]`.

/** Whether a text is a name rather than a pattern. */
export function isName(pattern: string): boolean {
  return !/[*?[\]{}]/.test(pattern) && !pattern.startsWith('!');
}

/** More than a person writes; each alternative of a pair of braces is one. */
const mostAlternatives = 1000;

const known = new Map<string, readonly RegExp[]>();

/** Whether a path, relative to the folder of the pattern and with forward slashes, is what the pattern means. */
export function matches(pattern: string, path: string): boolean {
  let found = known.get(pattern);
  if (!found) {
    found = alternatives(normal(pattern)).map(each => new RegExp(`^${expressionOf(each)}$`, 'su'));
    known.set(pattern, found);
  }
  return found.some(expression => expression.test(path));
}

/** Without what changes nothing: `./models/a.yaml` is `models/a.yaml`, a folder is all that is in it. */
export function normal(pattern: string): string {
  const path = pattern
    .trim()
    .replaceAll('\\', '/')
    .replace(/\/+/g, '/')
    .replace(/^(?:\.\/)+/, '');
  return path.endsWith('/') ? `${path}**` : path;
}

/** The folder in which everything lies that a pattern may mean: that of `models/v8/*.yaml` is `models/v8`. */
export function baseOf(pattern: string): string {
  const parts = normal(pattern).split('/').slice(0, -1);
  const end = parts.findIndex(part => !isName(part));
  return (end < 0 ? parts : parts.slice(0, end)).join('/');
}

/** `a{b,c}d` is `abd` and `acd`; braces that are not closed stand for themselves. */
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

/** A range that runs backwards is no range: its signs stand for themselves. */
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

// How long a regular expression may take: it tries ways to match, and their number can grow exponentially.

/** So many steps take about a second. */
const most = Math.log(1e8);

/** One set of characters, repeated, with nothing behind it: never tried twice. */
const oneSet = /^\[(?:\\.|[^\]\\])+\][+*]?$/;

/** Whether a search in a text of this length may try too many ways, by what the expression (JavaScript's) looks like. */
export function isSlow(source: string, length: number): boolean {
  return !oneSet.test(source) && ways(source, length) + Math.log(length + 1) > most;
}

/** The logarithm of the number of ways, at most. */
function ways(source: string, length: number): number {
  const more = Math.log(length + 1);
  const groups: number[] = [0];
  /** Of the atom that a quantifier would repeat. */
  let atom = 0;
  const add = (count: number): void => {
    groups.push(groups.pop()! + count);
  };
  for (let at = 0; at < source.length; at++) {
    const sign = source[at]!;
    if (sign === '*' || sign === '+' || sign === '{') {
      const [all, least = '0', comma, limit = ''] =
        sign === '{' ? (/^\{(\d+)(,?)(\d*)\}/.exec(source.slice(at)) ?? []) : [sign, '0', ','];
      if (all === undefined) continue;
      const times = Math.min(limit === '' && comma ? length : Number(limit || least), length);
      add(atom * times + (comma ? Math.min(more, Math.log(times + 1)) : 0));
      atom = 0;
      at += all.length - 1;
      if (source[at + 1] === '?') at++;
      continue;
    }
    if (sign === '?') {
      add(atom + Math.LN2);
      atom = 0;
      if (source[at + 1] === '?') at++;
      continue;
    }
    add(atom);
    atom = 0;
    if (sign === '\\') at++;
    else if (sign === '[') {
      for (at++; at < source.length && source[at] !== ']'; at++) if (source[at] === '\\') at++;
    } else if (sign === '(') {
      groups.push(0);
      const extension = /^\?(?:[:=!]|<[=!]|<\w+>)/.exec(source.slice(at + 1, at + 80));
      if (extension) at += extension[0].length;
    } else if (sign === ')' && groups.length > 1) atom = groups.pop()!;
    else if (sign === '|') add(Math.LN2);
  }
  return groups.reduce((sum, count) => sum + count, atom);
}

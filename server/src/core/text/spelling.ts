import * as l10n from '@vscode/l10n';
import type { Fix } from './problem.ts';
import type { Range } from './range.ts';

// Three degrees of similarity, because a wrong guess would produce another network:
// - a plain typo: other case, two neighboring letters swapped, or, in a word of five or more letters, one lowercase
//   letter missing, added or replaced. Names often differ in capitals and digits (AKConv and AConv, PSA and OSA, C2 and
//   C3), so a difference in these is never a typo; and silu is not a typo of selu;
// - the beginning of a longer word, which is probably half-typed;
// - a word within an edit distance of a third of its length.
// If an unknown word may name something that we do not know (modules, operators, types, activations), only the first
// two are suggested (`likelyName`); if the candidates are complete (the keys of something), so is the third
// (`didYouMean`). Beginnings rank before distances. Only the fix of a plain typo is preferred, that is, applied by an
// editor without asking.

/** The candidate that the word is a plain typo of. */
export function typoOf(word: string, candidates: Iterable<string>): string | undefined {
  let found: string | undefined;
  for (const candidate of candidates) {
    if (word === candidate || !isTypo(word, candidate)) continue;
    if (word.toLowerCase() === candidate.toLowerCase()) return candidate;
    found ??= candidate;
  }
  return found;
}

/** The likely candidate, if an unknown word may name something else. */
export function likelyName(word: string, candidates: Iterable<string>): string | undefined {
  const list = [...candidates];
  return typoOf(word, list) ?? beginningOf(word, list, 4);
}

/** The most likely candidate, or undefined if none is near; the candidates are complete. */
export function didYouMean(word: string, candidates: Iterable<string>): string | undefined {
  const list = [...candidates];
  return typoOf(word, list) ?? beginningOf(word, list, 3) ?? nearest(word, list);
}

/** A sentence for the end of a message: ` Did you mean “conv”?`, or nothing. */
export function suggestion(word: string, candidates: Iterable<string>): string {
  return suggested(didYouMean(word, candidates));
}

/** The same for a word that was already found. */
export function suggested(meant: string | undefined): string {
  return meant === undefined ? '' : ` ${l10n.t('Did you mean “{0}”?', meant)}`;
}

/** The fix that replaces a misspelled word at `range` (perhaps in quotes) with `meant`, as a problem's `fixes`. */
export function respelling(word: string, meant: string | undefined, range: Range): { readonly fixes?: Fix[] } {
  const quotes = (range.to - range.from - word.length) / 2;
  // With escapes inside the quotes, offsets of characters are unknown.
  if (meant === undefined || (quotes !== 0 && quotes !== 1)) return {};
  const edit = { from: range.from + quotes, to: range.to - quotes, text: meant };
  return { fixes: [{ title: l10n.t('Change to “{0}”', meant), edits: [edit], ...guess(word, meant) }] };
}

/** Marks a fix as a guess unless it corrects a plain typo. */
export function guess(word: string, meant: string): Pick<Fix, 'isGuess'> {
  return isTypo(word, meant) ? {} : { isGuess: true };
}

/**
 * How well a candidate matches a partially typed word: 0 as a prefix, 1 as a prefix in another case, 2 as a substring,
 * 3 and up with a few wrong letters, 9 with all letters in order; undefined if it does not match.
 */
export function nearness(typed: string, candidate: string): number | undefined {
  if (candidate.startsWith(typed)) return 0;
  const lower = typed.toLowerCase();
  const other = candidate.toLowerCase();
  if (other.startsWith(lower)) return 1;
  if (other.includes(lower)) return 2;
  const limit = typed.length < 3 ? 0 : Math.max(1, Math.floor(typed.length / 3)) + 1;
  if (limit > 0) {
    // Compare with the beginning of a longer candidate: the word is still being typed.
    const distance = Math.min(
      editDistance(lower, other, limit),
      other.length > lower.length ? editDistance(lower, other.slice(0, lower.length), limit) : limit,
    );
    if (distance < limit) return 2 + distance;
  }
  let at = -1;
  for (const letter of lower) {
    at = other.indexOf(letter, at + 1);
    if (at < 0) return undefined;
  }
  return 9;
}

function isTypo(word: string, candidate: string): boolean {
  if (word.toLowerCase() === candidate.toLowerCase()) return true;
  let start = 0;
  while (start < word.length && word[start] === candidate[start]) start++;
  let same = 0;
  const shorter = Math.min(word.length, candidate.length);
  while (same < shorter - start && word.at(-1 - same) === candidate.at(-1 - same)) same++;
  // The part between the common prefix and suffix.
  const own = word.slice(start, word.length - same);
  const other = candidate.slice(start, candidate.length - same);
  if (own.length === 2 && other.length === 2) return own[0] === other[1] && own[1] === other[0];
  return Math.max(word.length, candidate.length) >= 5 && [own, other].every(rest => /^[a-z]?$/.test(rest));
}

/** The shortest candidate that begins with the word. */
function beginningOf(word: string, candidates: readonly string[], least: number): string | undefined {
  if (word.length < least) return undefined;
  const lower = word.toLowerCase();
  let best: string | undefined;
  for (const candidate of candidates) {
    if (candidate.length <= word.length || !candidate.toLowerCase().startsWith(lower)) continue;
    if (best === undefined || candidate.length < best.length) best = candidate;
  }
  return best;
}

function nearest(word: string, candidates: readonly string[]): string | undefined {
  const limit = Math.max(1, Math.floor(word.length / 3));
  const lower = word.toLowerCase();
  let best: string | undefined;
  let bestDistance = limit + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) >= bestDistance) continue;
    const distance = editDistance(lower, candidate.toLowerCase(), bestDistance);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Optimal string alignment distance: insertions, deletions, replacements and swaps of neighbors; stops at `limit`. */
function editDistance(a: string, b: string, limit: number): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    let least = row;
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let cost = Math.min(previous[column]! + 1, current[column - 1]! + 1, previous[column - 1]! + (same ? 0 : 1));
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        cost = Math.min(cost, before[column - 2]! + 1);
      }
      current.push(cost);
      least = Math.min(least, cost);
    }
    if (least >= limit) return limit;
    before = previous;
    previous = current;
  }
  return previous[b.length]!;
}

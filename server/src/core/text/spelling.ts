import type { Repair } from './problem.ts';
import type { Range } from './range.ts';

/** The candidate that was most likely meant, or undefined when none is near. Case differences cost nothing. */
export function didYouMean(word: string, candidates: Iterable<string>): string | undefined {
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

/** A sentence for the end of a message: ` Did you mean “conv”?`, or nothing. */
export function suggestion(word: string, candidates: Iterable<string>): string {
  const meant = didYouMean(word, candidates);
  return meant === undefined ? '' : ` Did you mean “${meant}”?`;
}

/** The repair that puts `meant` for a misspelt word at `range`, perhaps in quotes; for a problem's `repairs`. */
export function respelling(word: string, meant: string | undefined, range: Range): { readonly repairs?: Repair[] } {
  const quotes = (range.to - range.from - word.length) / 2;
  // With escapes in the quotes nobody knows which character stands where.
  if (meant === undefined || (quotes !== 0 && quotes !== 1)) return {};
  const edit = { from: range.from + quotes, to: range.to - quotes, text: meant };
  return { repairs: [{ title: `Change to “${meant}”`, edits: [edit] }] };
}

/** Optimal string alignment distance: insertions, deletions, replacements and swaps of neighbours; stops at `limit`. */
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

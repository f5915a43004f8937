// What comments that number rows (`# 12`) say of rows that came, went or moved since somebody wrote them.

/** A row with the number that a comment gives it. */
export interface Comment {
  readonly index: number;
  readonly value: number;
}

/** What may have become of the rows of a text. */
export interface Origins {
  /** The number that each row had; undefined for a new one. */
  readonly origins: readonly (number | undefined)[];
  /** How many rows there were. */
  readonly size: number;
  /** Whether every change is followed by two numbers or more that say so. */
  readonly isSure: boolean;
}

/** So many rows that moved are looked for. */
const mostMoves = 3;
/** So many ways to explain the same numbers are tried. */
const mostWays = 12;

/**
 * What explains the numbers with the fewest changes, the likeliest first; none where all are right, and where they are no
 * numbers of rows: figures of another kind, another count.
 */
export function originsOf(comments: readonly Comment[], size: number): readonly Origins[] {
  if (comments.every(({ index, value }) => index === value)) return [];
  const order = moved(comments, size);
  const at = new Map(order.map((row, place) => [row, place]));
  const chain = chainOf(comments.map(({ index, value }) => ({ index: at.get(index)!, value })));
  const noise = comments.length - chain.numbers.length;
  // Most numbers are what this takes them for, and some of them are right still, or say together what has happened.
  if (chain.numbers.length < 2 || noise * 2 > chain.numbers.length || chain.steps * 3 > chain.numbers.length + 1)
    return [];
  const isMoved = order.some((row, place) => row !== place);
  // Who counts from another number has not removed the first rows.
  if (chain.steps === 0 && !isMoved) return [];
  const [first] = chain.numbers;
  if (first && first.value > first.index && (first.index === 0 || chain.steps === 1)) return [];
  return waysOf(chain.numbers, size)
    .slice(0, mostWays)
    .map(({ origins, size: old, isSure }) => {
      const byRow: (number | undefined)[] = [];
      for (const [place, row] of order.entries()) byRow[row] = origins[place];
      return { origins: byRow, size: old, isSure: isSure && (chain.numbers.length > 2 || !isMoved) };
    });
}

interface Chain {
  readonly numbers: readonly Comment[];
  /** How often what is between a number and its index changes. */
  readonly steps: number;
  readonly cost: number;
}

/** The numbers that count rows, and are no figures of another kind: the most that need the fewest steps. */
function chainOf(comments: readonly Comment[]): Chain {
  const sorted = comments.toSorted((a, b) => a.index - b.index);
  const start = { index: -1, value: -1 };
  const all = [start, ...sorted];
  const best: { cost: number; steps: number; before: number }[] = [{ cost: 0, steps: 0, before: -1 }];
  for (let at = 1; at < all.length; at++) {
    const here = all[at]!;
    let found = { cost: Number.POSITIVE_INFINITY, steps: 0, before: 0 };
    for (let before = 0; before < at; before++) {
      const there = all[before]!;
      if (there.value >= here.value) continue;
      const step = here.index - here.value === there.index - there.value ? 0 : 1;
      // Those between are figures of another kind; of a row that is there twice, the first one has the number.
      const cost = best[before]!.cost + (at - before - 1) + step;
      const steps = best[before]!.steps + step;
      if (cost < found.cost || (cost === found.cost && steps > found.steps)) found = { cost, steps, before };
    }
    best.push(found);
  }
  let end = 0;
  const whole = (at: number): number => best[at]!.cost + (all.length - 1 - at);
  for (let at = 1; at < all.length; at++) if (whole(at) <= whole(end)) end = at;
  const numbers: Comment[] = [];
  for (let at = end; at > 0; at = best[at]!.before) numbers.unshift(all[at]!);
  return { numbers, steps: best[end]!.steps, cost: whole(end) };
}

/** The rows in an order that explains numbers better than the one that they have: some may have moved. */
function moved(comments: readonly Comment[], size: number): readonly number[] {
  let order = Array.from({ length: size }, (_, index) => index);
  const costOf = (rows: readonly number[]): number => {
    const at = new Map(rows.map((row, place) => [row, place]));
    return chainOf(comments.map(({ index, value }) => ({ index: at.get(index)!, value }))).cost;
  };
  let cost = costOf(order);
  for (let count = 0; count < mostMoves && cost > 1; count++) {
    let best: readonly number[] | undefined;
    for (const { index, value } of comments) {
      if (index === value) continue;
      const others = order.filter(row => row !== index);
      // In front of the row that has the next number.
      const next = comments
        .filter(other => other.value > value && other.index !== index)
        .toSorted((a, b) => a.value - b.value)[0];
      const place = next ? others.indexOf(next.index) : others.length;
      const candidate = [...others.slice(0, place), index, ...others.slice(place)];
      const candidateCost = costOf(candidate);
      // A move is a change of its own, and it must explain more than one would without it.
      if (candidateCost + 1 < cost) {
        cost = candidateCost;
        best = candidate;
      }
    }
    if (!best) break;
    cost += 1;
    order = [...best];
  }
  return order;
}

interface Way {
  readonly origins: readonly (number | undefined)[];
  readonly size: number;
  readonly isSure: boolean;
}

/** The ways in which rows without numbers of their own may have come and gone between those that have one. */
function waysOf(numbers: readonly Comment[], size: number): readonly Way[] {
  const last = numbers.at(-1)!;
  // Nothing says that rows went after the last number.
  const end = { index: size, value: last.value + size - last.index };
  let ways: Way[] = [{ origins: [], size: end.value, isSure: true }];
  let before: Comment = { index: -1, value: -1 };
  for (const [at, here] of [...numbers, end].entries()) {
    const now = here.index - before.index - 1;
    const old = here.value - before.value - 1;
    const fillings = fillingsOf(now, old, before.value + 1);
    const isStep = now !== old;
    const next = numbers[at + 1];
    const isSupported = !isStep || (next !== undefined && next.index - next.value === here.index - here.value);
    ways = ways
      .flatMap(({ origins, isSure, size: count }) =>
        fillings.map(
          (filling): Way => ({
            origins: here === end ? [...origins, ...filling] : [...origins, ...filling, here.value],
            size: count,
            isSure: isSure && isSupported,
          }),
        ),
      )
      .slice(0, mostWays);
    before = here;
  }
  return ways;
}

/** Where rows between two numbers may have come from: those that came, or went, were side by side. */
function fillingsOf(now: number, old: number, first: number): readonly (readonly (number | undefined)[])[] {
  const kept = Math.min(now, old);
  const ways: (number | undefined)[][] = [];
  for (let above = 0; above <= kept; above++) {
    const way: (number | undefined)[] = [];
    for (let row = 0; row < now; row++) {
      const below = row - (now - kept);
      if (row < above) way.push(first + row);
      else if (now > old && row < above + now - old) way.push(undefined);
      else way.push(now > old ? first + below : first + row + old - now);
    }
    ways.push(way);
    if (now === old) break;
  }
  return ways;
}

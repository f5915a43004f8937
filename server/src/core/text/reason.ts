/** Why something is unknown. Passed on from an unknown to everything that depends on it. */
export interface Reason {
  /** What is wrong or missing, but not what to do about it. */
  readonly message: string;
  /** The same, short enough for a hint; absent if the message is short itself. */
  readonly short?: string;
}

export function reasonOf(why: string | Reason): Reason {
  return typeof why === 'string' ? { message: why } : why;
}

/** The reason that a problem gives to everything that depends on it. */
export function reasonFor({
  message,
  short,
}: {
  readonly message: string;
  readonly short?: string | undefined;
}): Reason {
  return short === undefined ? { message } : { message, short };
}

export function sameReason(a: Reason | undefined, b: Reason | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && a.message === b.message && a.short === b.short);
}

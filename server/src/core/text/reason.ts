/** Why something is not known. It is handed on from what is unknown to everything that depends on it. */
export interface Reason {
  /** What is wrong or missing, without what to do about it. */
  readonly message: string;
  /** The same in the few characters that a hint has room for; absent where the message is short enough itself. */
  readonly short?: string;
}

export function reasonOf(why: string | Reason): Reason {
  return typeof why === 'string' ? { message: why } : why;
}

/** The reason that a problem is for what depends on it. */
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

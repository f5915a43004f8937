// Codes of problems that have another name than they had: `flopline-ignore` comments and scripts may hold the old one.

/** By the code of today: the code that its problems had before. An old code stood for several of today's. */
const formerCodes: Readonly<Record<string, string>> = {
  'file-too-large': 'too-large',
  'too-many-operators': 'too-large',
  'nested-too-deep': 'too-large',
  'repeated-too-often': 'too-large',
  'wrong-input-count': 'wrong-inputs',
};

/** The name that a code had before; undefined where it is the first. */
export function formerCode(code: string): string | undefined {
  return Object.hasOwn(formerCodes, code) ? formerCodes[code] : undefined;
}

/** Whether a code that somebody wrote means this one: by its name of today or by the one it had. */
export function meansCode(written: string, code: string): boolean {
  return written === code || formerCode(code) === written;
}

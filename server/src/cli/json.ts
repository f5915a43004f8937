/**
 * What scripts read: schema 1. Indented, with each list of numbers on one line. A text of the user's holds no line
 * breaks here: JSON escapes them.
 */
export function json(files: readonly unknown[]): string {
  return document({ files });
}

/** The same of what is no list of files. */
export function document(content: object): string {
  const text = JSON.stringify({ schema: 1, ...content }, null, 2);
  const flat = text.replace(/\[\n[\s\d.,null-]*\]/g, list => list.replace(/\s+/g, '').replaceAll(',', ', '));
  return `${flat}\n`;
}

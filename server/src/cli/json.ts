/**
 * JSON for scripts (schema 1), indented, with each list of numbers on one line. The regular expression cannot match
 * inside text from the user: JSON escapes its line breaks.
 */
export function json(files: readonly unknown[]): string {
  return document({ files });
}

/** The same for content that is not a list of files. */
export function document(content: object): string {
  const text = JSON.stringify({ schema: 1, ...content }, null, 2);
  const flat = text.replace(/\[\n[\s\d.,null-]*\]/g, list => list.replace(/\s+/g, '').replaceAll(',', ', '));
  return `${flat}\n`;
}

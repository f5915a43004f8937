// The texts of other files that a text was read with.
import type { Spec } from '../formats/index.ts';
import type { Document } from '../pipeline.ts';

/** The text of another file as it was read: of Python, or the project file; undefined for one that was not. */
export function textOfFile(
  { source: { project } }: Document,
  spec: Spec | undefined,
  file: string,
): string | undefined {
  return file === project?.path ? project.text : spec?.imports?.read.get(file);
}

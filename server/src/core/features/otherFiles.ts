// The texts of other files that a text was read with.
import type { Spec } from '../formats/index.ts';
import type { Document } from '../pipeline.ts';

/** The text of another file (Python or the project file) that was read along; undefined if it was not. */
export function textOfFile(
  { source: { project } }: Document,
  spec: Spec | undefined,
  file: string,
): string | undefined {
  return file === project?.path ? project.text : spec?.imports?.read.get(file);
}

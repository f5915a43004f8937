import type { Settings, Source } from '../../../server/src/core/index.ts';

/** A problem as the page of problems shows it: a text that has it, and what is behind it. */
export interface ProblemExample {
  readonly code: string;
  /** The name of the file, by which its format is recognized: `a.net.yaml`. */
  readonly file: string;
  /** The smallest text that has the problem. */
  readonly text: string;
  /** The settings that it needs, where the defaults do not do. */
  readonly settings?: Partial<Settings>;
  /** What is around the text, where that matters. */
  readonly source?: Partial<Source>;
  /** What the rule is and where it comes from, in one or two sentences. */
  readonly why: string;
}

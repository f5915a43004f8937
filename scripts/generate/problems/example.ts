import type { Settings, Source } from '../../../server/src/core/index.ts';

/** An example of a problem for docs/problems.md. */
export interface ProblemExample {
  readonly code: string;
  /** A file name that selects the format: `a.net.yaml`. */
  readonly file: string;
  /** The smallest text that has the problem. */
  readonly text: string;
  /** Settings other than the defaults. */
  readonly settings?: Partial<Settings>;
  /** The surroundings of the text, if they matter. */
  readonly source?: Partial<Source>;
  /** One or two sentences on the rule and its source. */
  readonly why: string;
}

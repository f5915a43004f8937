// Problems that lead to advice (docs/advice.md).
import { adviceRules } from '../../../server/src/core/advice/index.ts';
import type { ProblemExample } from './example.ts';

/** Advice that is reported as a problem brings its own example. */
export const problems: readonly ProblemExample[] = adviceRules
  .filter(({ reported }) => reported)
  .map(({ code, docs }) => ({
    code,
    file: 'a.net.yaml',
    text: docs.example,
    why: `${docs.what} See [advice](advice.md#${code}).`,
  }));

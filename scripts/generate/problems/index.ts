// Examples of problems, an area a file, in the order of the page.
import type { ProblemExample } from './example.ts';

export const areas: readonly { readonly title: string; readonly problems: readonly ProblemExample[] }[] = [];

// Examples of problems, an area a file, in the order of the page.
import { problems as advice } from './advice.ts';
import type { ProblemExample } from './example.ts';
import { problems as features } from './features.ts';

export const areas: readonly { readonly title: string; readonly problems: readonly ProblemExample[] }[] = [
  { title: 'Costs', problems: features },
  { title: 'Advice', problems: advice },
];

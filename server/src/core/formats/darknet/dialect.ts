// Whose Darknet: AlexeyAB's fork, which most files are written for, or the original by pjreddie.
import type { CfgSection } from '../../syntax/cfg.ts';
import { keyOf, sectionOf } from './keys.ts';
import { atoi } from './values.ts';

export type Dialect = 'alexeyab' | 'pjreddie';

export const dialects: readonly Dialect[] = ['alexeyab', 'pjreddie'];

export const authorOf: Record<Dialect, string> = { alexeyab: 'AlexeyAB’s Darknet', pjreddie: 'pjreddie’s Darknet' };

/** What a file says about who reads it; `undefined` where both do. */
export function dialectOf(sections: readonly CfgSection[]): Dialect | undefined {
  let alexey = false;
  for (const { type, options } of sections) {
    const section = sectionOf(type);
    if (!section) continue;
    if (section.only === 'pjreddie') return 'pjreddie';
    if (section.only === 'alexeyab') alexey = true;
    // The hidden size of a recurrent layer is a key of its own in AlexeyAB's, with a default of 1 that nobody means.
    if (section.name === 'rnn' && !options.some(({ key }) => key === 'hidden')) return 'pjreddie';
    for (const option of options) {
      const only = keyOf(section, option.key)?.only;
      if (section.name === 'crnn' && only === 'pjreddie') return 'pjreddie';
      // What it says changes the shape, so whoever wrote it meant the Darknet that reads it.
      if (section.name === 'reorg' && option.key === 'extra' && only && atoi(option.value) !== 0) return 'pjreddie';
      if (only === 'alexeyab') alexey = true;
      // Several sources of a shortcut: pjreddie's reads the first alone.
      else if (section.name === 'shortcut' && option.key === 'from' && option.value.includes(',')) alexey = true;
    }
  }
  return alexey ? 'alexeyab' : undefined;
}

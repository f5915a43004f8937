// Names as Python has them.
import type { Spelling } from '../../../convert/define.ts';

const keywords = new Set(
  'False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield self torch nn F super range'.split(
    ' ',
  ),
);
/** Attributes that modules have. */
const ofModules = new Set(
  'forward train eval half float double to cpu cuda type apply parameters children modules buffers training add_module state_dict share_memory zero_grad dump_patches register_buffer'.split(
    ' ',
  ),
);

/** A name that is not taken, with a number behind it where it must be. */
export function freeName(base: string, taken: (name: string) => boolean): string {
  const isFree = (name: string): boolean => !keywords.has(name) && !ofModules.has(name) && !taken(name);
  if (isFree(base)) return base;
  let number = 2;
  while (!isFree(`${base}${number}`)) number++;
  return `${base}${number}`;
}

/** `ConvBlock` of `conv_block`, of `conv-block` and of `ConvBlock`. */
export function className(text: string): string {
  const words = text.split(/[^A-Za-z\d]+/).filter(word => word !== '');
  const name = words.map(word => word[0]!.toUpperCase() + word.slice(1)).join('');
  return /^[A-Za-z]/.test(name) ? name : `Net${name}`;
}

/** `conv_block` of `ConvBlock`. */
export function variableName(text: string): string {
  const words = text
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .replace(/[^A-Za-z\d]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .toLowerCase();
  return /^[a-z]/.test(words) ? words : `layer${words === '' ? '' : `_${words}`}`;
}

export const spelling: Spelling = {
  definition: (type, taken) => freeName(className(type), name => taken.has(name) || helpers.has(name)),
  parameter: (role, step, taken) => {
    const base = role === 'repeats' ? 'depth' : role;
    if (!taken.has(base) && !keywords.has(base)) return base;
    return freeName(step === undefined ? base : `${variableName(step)}_${base}`, name => taken.has(name));
  },
};

/** Classes that the text may have of its own. */
export const helpers: ReadonlySet<string> = new Set(['Scale', 'Shift']);

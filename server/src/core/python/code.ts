// What the compiler makes of a function, a class body or a module: instructions for the machine.
import type { Range } from '../text/range.ts';

/** Shared by every reading of the same text: it never changes. Positions are relative to its chunk. */
export interface Code {
  readonly name: string;
  /** Dotted: `Bottleneck.forward`. */
  readonly qualifiedName: string;
  readonly kind: 'module' | 'function' | 'class' | 'lambda' | 'comprehension' | 'generator';
  /** `def …:`; of a lambda the whole. */
  readonly head: Range;
  readonly docstring: string | undefined;
}

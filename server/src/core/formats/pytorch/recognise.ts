// Whether a Python file may hold a network: one look at its text, which is all that other files cost.
import type { Source } from '../format.ts';

/** What a file that builds a network of PyTorch has in it: the package, and its layers or a class with a forward pass. */
const torch = /\b(?:torch|timm|pytorch_lightning|lightning)\b/;
const layers = /\bnn\.[A-Z]|\b(?:Lightning)?Module\b|\bdef forward\b|#[ \t]*flopline:|\bmodels\.\w+\(|\bpretrained\b/;
/** What it imports may build its networks. */
const named = /#[ \t]*flopline:[ \t]*[\w.]+[ \t]*\(/;

export function mayHoldNetwork({ name, text, languageId, hasEntry }: Source): boolean {
  if (languageId !== 'python' && !/\.pyw?$/i.test(name)) return false;
  return hasEntry || named.test(text) || (torch.test(text) && layers.test(text));
}

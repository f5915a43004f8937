// The one argument that Flopline knows better than an extension of the language: what a layer's input has, as the first
// argument of its constructor. It is found by reading the text with a number that does not fit.
import type { TextEdit } from '../../text/edit.ts';
import type { Range } from '../../text/range.ts';
import { lineAt } from '../slot.ts';

/** What the first argument of a layer is called, and how many it needs at least. */
const layers: readonly { readonly type: RegExp; readonly attr: string; readonly needs: number }[] = [
  { type: /^Linear$/, attr: 'in_features', needs: 2 },
  { type: /^Conv(?:Transpose)?[123]d$/, attr: 'in_channels', needs: 3 },
  { type: /^(?:Sync)?(?:Batch|Instance)Norm(?:[123]d)?$/, attr: 'num_features', needs: 1 },
  { type: /^LayerNorm$/, attr: 'normalized_shape', needs: 1 },
  { type: /^(?:LSTM|GRU|RNN)(?:Cell)?$/, attr: 'input_size', needs: 2 },
  { type: /^MultiheadAttention$/, attr: 'embed_dim', needs: 2 },
];

/** The first argument of a layer's constructor, which is being written. */
export interface FirstArgument {
  /** What is there already. */
  readonly range: Range;
  readonly attr: string;
  /** Whether it is given by its name, which is in front of it. */
  readonly isNamed: boolean;
  /** What makes the text one in which the layer is made with a number that fits nothing. */
  readonly trial: TextEdit;
}

/** A width that no layer's input has. */
export const improbable = '7919';

export function firstArgument(text: string, offset: number): FirstArgument | undefined {
  const line = lineAt(text, offset);
  const before = text.slice(line.from, offset);
  const [, type = '', written = '', named, digits = ''] =
    /(?:^|[^\w.])(?:[A-Za-z_][\w.]*\.)?([A-Z]\w*)\((\s*(?:(\w+)\s*=\s*)?(\d*))$/.exec(before) ?? [];
  const layer = layers.find(each => each.type.test(type));
  if (!layer || (named !== undefined && named !== layer.attr)) return undefined;
  const after = text.slice(offset, line.to);
  const [more = ''] = /^\d*/.exec(after) ?? [];
  const rest = after.slice(more.length);
  const range = { from: offset - digits.length, to: offset + more.length };
  const found = { range, attr: layer.attr, isNamed: named !== undefined };
  if (!/^\s*\)*\s*(?:#|$)/.test(rest)) return { ...found, trial: { ...range, text: `${improbable}` } };
  // Nothing is behind it yet: what the constructor needs, and the brackets that are open.
  const others = ', 1'.repeat(layer.needs - 1);
  const open = (before.match(/[([{]/g)?.length ?? 0) - (before.match(/[)\]}]/g)?.length ?? 0);
  const closed = /^\s*(\)*)/.exec(rest)![1]!.length;
  const completed = `${improbable}${others}${')'.repeat(Math.max(0, open - closed))}`;
  return { ...found, trial: { from: offset - written.length, to: range.to, text: completed } };
}

// Padding in all notations: a number, one per dimension, `same`, `valid`, or per side.

import * as l10n from '@vscode/l10n';
import type { Shape } from '../../ops/index.ts';
import { samePadding } from '../../ops/rules/window.ts';
import { type Entry, resolved, scalarValue, type YamlNode } from '../../syntax/tree.ts';
import { sentences } from '../../text/sentences.ts';
import { suggestion } from '../../text/spelling.ts';
import { type Reading, same } from './attributes.ts';
import { described, type Value } from './expression.ts';
import type { Operator } from './operators.ts';
import type { Reports } from './reports.ts';
import { sides } from './words.ts';

/** Sets `padding`, and `paddingAfter` if the sides differ. `written` has the bits of the written attributes. */
export function readPadding(
  node: YamlNode,
  attrs: Record<string, unknown>,
  operator: Operator,
  shape: Shape | undefined,
  reading: Reading,
  written: number,
  reports: Reports,
): void {
  const target = resolved(node);
  const { dimensions } = reading;
  const attribute = operator.attributes[operator.keys.get('padding')!]!;
  if (target?.kind === 'mapping') {
    readSides(target.entries, node, attrs, operator, reading, reports);
    return;
  }
  let word: Value | undefined;
  if (target?.kind === 'scalar') {
    if (target.text === 'same' || target.text === 'valid') word = target.text;
    else if (target.text.startsWith('$')) {
      word = reading.values.scalar(target, reading.scope, reading.input, node);
      if (word === undefined) {
        attrs.padding = same(Number.NaN, dimensions);
        return;
      }
    }
  }
  if (word === 'valid') attrs.padding = same(0, dimensions);
  else if (word === 'same') {
    const kernel = attrs.kernel as readonly number[];
    const stride = (attrs.stride ?? kernel) as readonly number[];
    const dilation = (attrs.dilation ?? same(1, dimensions)) as readonly number[];
    if (operator.op.name === 'convTranspose') {
      // Keras: the output is input × stride, whatever the kernel.
      const reach = kernel.map((k, axis) => dilation[axis]! * (k - 1) + 1);
      const before = reach.map((length, axis) => Math.ceil(Math.max(length - stride[axis]!, 0) / 2));
      attrs.padding = before;
      const output = operator.keys.get('outputPadding');
      if (output !== undefined && !(written & (1 << output))) {
        const extra = reach.map((length, axis) => stride[axis]! + 2 * before[axis]! - length);
        attrs.outputPadding = extra;
        if (extra.some((length, axis) => length > 0 && length >= stride[axis]! && length >= dilation[axis]!)) {
          reports.report(
            node,
            'no-same-padding',
            l10n.t(
              'With a {0} kernel and a stride of {1}, no padding makes the output size input × stride.',
              kernel.join('×'),
              stride.join('×'),
            ),
            { help: l10n.t('Use another kernel size, or give the padding as a number.') },
          );
          attrs.outputPadding = same(Number.NaN, dimensions);
        }
      }
      return;
    }
    const total = kernel.map((k, axis) =>
      samePadding(shape?.[axis + 2] ?? Number.NaN, k, stride[axis]!, dilation[axis]!),
    );
    const before = total.map(length => Math.floor(length / 2));
    attrs.padding = before;
    // TensorFlow puts an odd element at the end.
    if (total.some(length => length % 2 !== 0))
      attrs.paddingAfter = total.map((length, axis) => length - before[axis]!);
  } else if (typeof word === 'string') {
    reportPadding(reports, node, word);
    attrs.padding = same(Number.NaN, dimensions);
  } else if (target?.kind === 'scalar' && typeof scalarValue(target) === 'string' && !target.text.startsWith('$')) {
    reportPadding(reports, node, target.text);
    attrs.padding = same(Number.NaN, dimensions);
  } else attrs.padding = attribute.read(node, reading);
}

function reportPadding({ report }: Reports, node: YamlNode, word: string): void {
  const meant = suggestion(word, ['same', 'valid']);
  report(node, 'unknown-padding', l10n.t('“padding” cannot be {0}.', described(word)), {
    help: sentences(meant, l10n.t('Use a number, one for each dimension, “same” or “valid”.')),
  });
}

function readSides(
  entries: readonly Entry[],
  node: YamlNode,
  attrs: Record<string, unknown>,
  operator: Operator,
  reading: Reading,
  reports: Reports,
): void {
  const { dimensions } = reading;
  const before = [...same(0, dimensions)];
  const after = [...same(0, dimensions)];
  const attribute = operator.attributes[operator.keys.get('padding')!]!;
  const borders: Readonly<Record<string, readonly [number[], number]>> = {
    top: [before, dimensions - 2],
    bottom: [after, dimensions - 2],
    left: [before, dimensions - 1],
    right: [after, dimensions - 1],
  };
  for (const { key, value } of entries) {
    const text = key.kind === 'scalar' ? key.text : '';
    if (text === 'before' || text === 'after') {
      const border = attribute.read(value, reading) as readonly number[];
      border.forEach((length, axis) => {
        (text === 'before' ? before : after)[axis] = length;
      });
    } else if (Object.hasOwn(borders, text) && dimensions >= (text === 'top' || text === 'bottom' ? 2 : 1)) {
      const [border, axis] = borders[text]!;
      border[axis] = (attribute.read(value, { ...reading, dimensions: 1 }) as readonly number[])[0]!;
    } else reports.unknownKey(key, 'padding', sides);
  }
  attrs.padding = before;
  const differ = after.some((length, axis) => length !== before[axis]);
  if (!differ) return;
  if (operator.keys.has('paddingAfter')) attrs.paddingAfter = after;
  else {
    reports.report(
      node,
      'asymmetric-padding',
      l10n.t('“{0}” only supports the same padding on both sides.', operator.name),
      {
        help: l10n.t('Crop the output with “slice” instead.'),
      },
    );
    attrs.padding = same(Number.NaN, dimensions);
  }
}

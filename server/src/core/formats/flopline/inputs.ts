// Inputs of the network: names and sizes, from the text and from settings.
import * as l10n from '@vscode/l10n';
import type { Shape } from '../../ops/index.ts';
import { allEntries, type Entry, resolved, type YamlNode } from '../../syntax/tree.ts';
import { listText } from '../../text/wording.ts';
import type { InputSize } from '../format.ts';
import { described, type Value } from './expression.ts';
import type { Report } from './report.ts';
import type { Scope, Values } from './values.ts';

export interface Input {
  readonly name: string;
  readonly shape: Shape | undefined;
  readonly why: string | undefined;
}

const unknownSize = (): string => l10n.t('the input size is not known');

export function readInputs(entry: Entry | undefined, values: Values, scope: Scope, report: Report): readonly Input[] {
  if (!entry) return [];
  const node = resolved(entry.value);
  if (node?.kind !== 'mapping') return [{ name: 'input', ...readSizes(entry.value, values, scope, report) }];
  return allEntries(node).flatMap(({ key, value }): Input[] => {
    const name = key.kind === 'scalar' ? key.text : '';
    if (isInputName(name)) return [{ name, ...readSizes(value, values, scope, report) }];
    report(key, 'wrong-input-name', l10n.t('The name of an input must be a word other than “previous”.'), {
      help: l10n.t('For example: “{0}”.', 'image: [3, 224, 224]'),
    });
    return [];
  });
}

/** The names of the inputs for use in `from`. */
export function inputNames(node: YamlNode | undefined): readonly string[] {
  const mapping = resolved(node);
  if (mapping?.kind !== 'mapping') return [];
  return allEntries(mapping).flatMap(({ key }) => (key.kind === 'scalar' && isInputName(key.text) ? [key.text] : []));
}

function isInputName(name: string): boolean {
  return /^[A-Za-z_][\w.-]*$/.test(name) && name !== 'previous';
}

function readSizes(node: YamlNode, values: Values, scope: Scope, report: Report): Omit<Input, 'name'> {
  const value = values.of(node, scope, []);
  if (value === undefined) return { shape: undefined, why: unknownSize() };
  const list: readonly Value[] = typeof value === 'object' && value !== null ? value : [value];
  const shape: number[] = [1];
  const help = l10n.t(
    'Give the sizes without the batch: [3, 224, 224] for an image, [128, 64] for 128 positions with 64 features, [128] for 128 tokens; “?” is an unknown size.',
  );
  for (const size of list) {
    if (size === '?' || Number.isNaN(size)) shape.push(Number.NaN);
    else if (typeof size === 'number' && Number.isSafeInteger(size) && size >= 1) shape.push(size);
    else {
      report(node, 'wrong-input-size', l10n.t('A size must be a whole number ≥ 1, not {0}.', described(size)), {
        help,
      });
      return { shape: undefined, why: unknownSize() };
    }
  }
  if (shape.length === 1) {
    report(node, 'missing-input-size', l10n.t('The input has no sizes.'), { help });
    return { shape: undefined, why: unknownSize() };
  }
  return { shape, why: shape.some(Number.isNaN) ? unknownSize() : undefined };
}

/** Overrides the sizes of the text with those from settings. */
export function withSizes(
  inputs: readonly Input[],
  sizes: readonly InputSize[],
  misfit: (message: string, help: string) => void,
): readonly Input[] {
  let result = inputs;
  for (const size of sizes) {
    // Named sizes include the batch, others do not; counts are for one sample in either case.
    const shape = size.name === undefined ? [1, ...size.sizes] : [1, ...size.sizes.slice(1)];
    const names = result.map(({ name }) => name);
    if (size.name === undefined && result.length > 1) {
      misfit(
        l10n.t('This network has {0} inputs, but the input size does not say which one it is for.', result.length),
        l10n.t('Name the input, for example {0}.', `input=${names[0]}=1,${size.sizes.join(',')}`),
      );
      continue;
    }
    const name = size.name ?? names[0] ?? 'input';
    const sized: Input = { name, shape, why: undefined };
    if (names.length === 0) result = [sized];
    else if (names.includes(name)) {
      const at = names.indexOf(name);
      result = result.map((input, index) => (index === at ? sized : input));
    } else
      misfit(
        l10n.t('This network does not have an input “{0}”.', name),
        names.length === 1 ? l10n.t('Its input is {0}.', names[0]!) : l10n.t('Its inputs are {0}.', listText(names)),
      );
  }
  return result;
}

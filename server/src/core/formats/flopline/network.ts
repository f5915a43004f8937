import { Builder } from '../../graph/builder.ts';
import type { Tensor } from '../../graph/graph.ts';
import type { Environments } from '../../graph/memo.ts';
import { far } from '../../graph/segment.ts';
import type { Shape } from '../../ops/index.ts';
import { unreadItems } from '../../syntax/damage.ts';
import { shifted, type YamlDocument } from '../../syntax/document.ts';
import { allEntries, type Entry, resolved, scalarValue, type YamlNode } from '../../syntax/tree.ts';
import type { Problem } from '../../text/problem.ts';
import { contains, type Range } from '../../text/range.ts';
import { suggestion } from '../../text/spelling.ts';
import type { InputSize, ReadOptions, Source, Spec } from '../format.ts';
import { readBlocks } from './blocks.ts';
import type { Value } from './expression.ts';
import { Names } from './names.ts';
import { type RowMemo, Rows } from './rows.ts';
import { Values } from './values.ts';

/** What stands at the top of a text, with what it means. */
export const topKeys = {
  name: 'What the network is called.',
  input: 'Sizes of the input without the batch: [3, 224, 224]; a name and sizes for each where there are several.',
  let: 'Numbers and words that all rows may use: with `width: 64` here, `$width` there.',
  blocks: 'Blocks of rows with parameters, used by name.',
  layers: 'The rows of the network, from input to output.',
  output: 'The rows that the network returns, by name; the last one where not given.',
} as const;

/** What readings of a text, and of the texts before it, have built. */
export interface Known {
  readonly segments: RowMemo;
  readonly environments: Environments;
}

/** Reads the tree as a network. Never fails: what cannot be understood is a problem and an unknown. */
export function readNetwork(source: Source, document: YamlDocument, options: ReadOptions, known: Known): Spec {
  const { frame: root, damages } = document;
  const builder = new Builder();
  const tell = tellTo(builder);
  /** Why the rows are not all that there is: parts of the top that are not what they must be. */
  const gaps: string[] = [];
  const wrong = (range: Range, code: string, message: string, severity: Problem['severity'] = 'error'): void =>
    tell({ range: { from: range.from, to: range.to }, severity, code, message });
  const top = topEntries(root, source.text, wrong, gaps);
  const values = new Values(tell);
  const scope = readLet(top.get('let')?.value, values, wrong);
  const definitions = top.get('blocks')?.value;
  // Where rows have offsets of their own, what blocks are made of lies elsewhere.
  const blocks = readBlocks(
    definitions && document.rows.length > 0 ? shifted(definitions, offset => offset + far) : definitions,
    tell,
  );
  const nameEntry = top.get('name');
  const head = nameEntry ? { from: nameEntry.key.from, to: nameEntry.value.to } : firstLine(source.text);

  const inputs = readInputs(top.get('input'), values, scope, wrong);
  applySizes(inputs, options.input ?? [], (message: string) => wrong(head, 'wrong-setting', message, 'warning'));
  const layers = top.get('layers');
  if (inputs.length === 0) {
    const why = 'The size of the input is not known. Write it above the layers, as in “input: [3, 224, 224]”.';
    if (layers && !top.has('input')) wrong(layers.key, 'missing-input', why);
    inputs.push({ name: 'input', shape: undefined, why });
  }
  const given = inputs.map(({ name, shape, why }) => builder.input(name, shape, why));

  const list = resolved(layers?.value);
  const items = list?.kind === 'sequence' ? document.rowsOf(list) : [];
  const names = new Names(
    undefined,
    items.map(({ chunk }) => chunk.node),
    given,
    true,
  );
  inputs.forEach(({ name }, index) => {
    if (name !== 'input') names.named.set(name, [given[index]!]);
  });
  let outputs: readonly Tensor[] = given;
  const unread = unreadItems(damages, root);
  const rows = new Rows(builder, values, blocks, damages, unread, scope);
  if (list?.kind === 'sequence') {
    // What rows read beside their inputs: `let`, and blocks, which lie elsewhere in the text.
    const key = [top.get('let')?.value, definitions].map(node =>
      node ? `${node.from} ${source.text.slice(node.from, node.to)}` : '',
    );
    outputs = rows.top(items, given, {
      scope,
      names,
      memo: known.segments,
      environment: known.environments.of(key),
    });
  } else if (layers && list?.kind === 'scalar' && scalarValue(list) === null) {
    wrong(
      layers.key,
      'missing-layers',
      'There are no layers yet. Write one a line, as in “- conv: {out: 64, kernel: 3}”.',
      'information',
    );
  } else if (layers) {
    wrong(
      layers.value,
      'wrong-row',
      '`layers` must be a list: one row a line, each after a dash and a space, as in “- relu”.',
    );
    gaps.push('`layers` is not a list');
  } else if (root?.kind === 'mapping') {
    wrong(
      head,
      'missing-layers',
      'There are no layers. Write “layers:” and below it one a line, as in “- conv: {out: 64, kernel: 3}”.',
      'information',
    );
  }
  // What could not be read and is no row of the network: a definition, a key, what follows the first document.
  for (const gap of gaps) builder.unknown(gap);
  for (const damage of damages) {
    const { value } = layers ?? {};
    const isRow = [...unread].some(([row, other]) => other === damage && value && contains(value, row));
    if (!damage.repaired && !isRow) builder.unknown(damage.why);
  }
  const output = top.get('output');
  if (output && list?.kind === 'sequence') outputs = rows.outputs(output.value, names, scope, outputs);
  const model = nameEntry && resolved(nameEntry.value);
  return {
    model: model?.kind === 'scalar' && model.text !== '' ? model.text : source.name.replace(/\.net\.ya?ml$/i, ''),
    graph: builder.finish(outputs),
    problems: builder.problems,
    head,
    variants: [],
  };
}

/** Hovers keep what they say beyond the reading: made here, it holds the builder and nothing else of the reading. */
function tellTo(builder: Builder): (problem: Problem) => void {
  return problem => builder.problem(problem);
}

type Wrong = (range: Range, code: string, message: string, severity?: Problem['severity']) => void;

function topEntries(
  root: YamlNode | undefined,
  text: string,
  wrong: Wrong,
  gaps: string[],
): ReadonlyMap<string, Entry> {
  const found = new Map<string, Entry>();
  const mapping = resolved(root);
  if (!mapping) return found;
  if (mapping.kind !== 'mapping') {
    const range = { from: mapping.from, to: Math.min(mapping.to, lineEnd(text, mapping.from)) };
    wrong(
      range,
      'wrong-network',
      'A network is written with the keys name, input, blocks and layers. The rows are under “layers:”.',
    );
    gaps.push('the text is not a mapping');
    return found;
  }
  for (const entry of allEntries(mapping)) {
    const { key } = entry;
    const name = key.kind === 'scalar' ? key.text : '';
    if (Object.hasOwn(topKeys, name)) found.set(name, entry);
    // A place for anchors, as in other YAML dialects.
    else if (!name.startsWith('x-')) {
      const known = Object.keys(topKeys);
      wrong(
        key,
        'unknown-key',
        `“${name.slice(0, 60)}” means nothing here.${suggestion(name, known)} There are ${known.join(', ')}.`,
      );
      gaps.push(`“${name.slice(0, 60)}” means nothing`);
    }
  }
  return found;
}

function readLet(node: YamlNode | undefined, values: Values, wrong: Wrong): ReadonlyMap<string, Value> {
  const scope = new Map<string, Value>();
  const mapping = resolved(node);
  if (!mapping || (mapping.kind === 'scalar' && scalarValue(mapping) === null)) return scope;
  if (mapping.kind !== 'mapping') {
    wrong(node!, 'wrong-argument', 'Below “let:” stand names with their values, as in “width: 64”.');
    return scope;
  }
  for (const { key, value } of allEntries(mapping)) {
    if (key.kind !== 'scalar' || !/^[A-Za-z_]\w*$/.test(key.text)) {
      wrong(key, 'wrong-argument', 'A name has letters, digits and underscores, as in “width: 64”.');
      continue;
    }
    const read = values.of(value, scope, []);
    // What cannot be read is told there, and unknown where it is used.
    scope.set(key.text, read === undefined ? Number.NaN : read);
  }
  return scope;
}

interface Input {
  name: string;
  shape: Shape | undefined;
  why: string | undefined;
}

const unknownSize = 'the input size is not known';

function readInputs(
  entry: Entry | undefined,
  values: Values,
  scope: ReadonlyMap<string, Value>,
  wrong: Wrong,
): Input[] {
  if (!entry) return [];
  const node = resolved(entry.value);
  if (node?.kind === 'mapping') {
    const inputs: Input[] = [];
    for (const { key, value } of allEntries(node)) {
      const name = key.kind === 'scalar' ? key.text : '';
      if (!/^[A-Za-z_][\w.-]*$/.test(name) || name === 'previous') {
        wrong(key, 'wrong-argument', 'The name of an input is a word, as in “image: [3, 224, 224]”.');
      } else inputs.push({ name, ...readSizes(value, values, scope, wrong) });
    }
    return inputs;
  }
  return [{ name: 'input', ...readSizes(entry.value, values, scope, wrong) }];
}

function readSizes(
  node: YamlNode,
  values: Values,
  scope: ReadonlyMap<string, Value>,
  wrong: Wrong,
): { shape: Shape | undefined; why: string | undefined } {
  const value = values.of(node, scope, []);
  if (value === undefined) return { shape: undefined, why: unknownSize };
  const list = Array.isArray(value) ? value : [value];
  const shape: number[] = [1];
  for (const size of list as readonly Value[]) {
    if (size === '?' || Number.isNaN(size)) shape.push(Number.NaN);
    else if (typeof size === 'number' && Number.isSafeInteger(size) && size >= 1) shape.push(size);
    else {
      wrong(
        node,
        'wrong-argument',
        'Sizes are whole numbers from 1, without the batch: [3, 224, 224] for an image, [128, 64] for 128 positions of 64 features, [128] for 128 tokens. “?” is a size that is not known.',
      );
      return { shape: undefined, why: unknownSize };
    }
  }
  if (shape.length === 1) {
    wrong(node, 'wrong-argument', 'There is no size. Write sizes without the batch, as in [3, 224, 224].');
    return { shape: undefined, why: unknownSize };
  }
  return { shape, why: shape.some(Number.isNaN) ? unknownSize : undefined };
}

/** The sizes that a person sets outside, over those of the text. */
function applySizes(inputs: Input[], sizes: readonly InputSize[], tell: (message: string) => void): void {
  for (const size of sizes) {
    // With a name sizes have the batch, without they have not; a sample is counted either way.
    const shape = size.name === undefined ? [1, ...size.sizes] : [1, ...size.sizes.slice(1)];
    if (size.name === undefined && inputs.length > 1) {
      tell(
        `There are ${inputs.length} inputs; say which one is meant, as in input=${inputs[0]!.name}=1,${size.sizes.join(',')}.`,
      );
      continue;
    }
    const target = size.name === undefined ? inputs[0] : inputs.find(({ name }) => name === size.name);
    if (target) Object.assign(target, { shape, why: undefined });
    else if (inputs.length === 0) inputs.push({ name: size.name ?? 'input', shape, why: undefined });
    else
      tell(
        `There is no input “${size.name}” here. There ${inputs.length === 1 ? 'is' : 'are'} ${inputs.map(({ name }) => name).join(', ')}.`,
      );
  }
}

function firstLine(text: string): Range {
  return { from: 0, to: lineEnd(text, 0) };
}

function lineEnd(text: string, from: number): number {
  const end = text.slice(from, from + 10_000).search(/[\r\n]/);
  return end < 0 ? Math.min(text.length, from + 10_000) : from + end;
}

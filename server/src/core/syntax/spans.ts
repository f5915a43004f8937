// Trees as nested ranges, whatever the language: for folding and for expanding selections.
import type { Range } from '../text/range.ts';
import type { Span } from '../text/span.ts';
import { type Cfg, cfgItems } from './cfg.ts';
import type { ProtoField, PrototextDocument } from './prototext.ts';
import type { YamlNode } from './tree.ts';

export function yamlSpans(root: YamlNode): readonly Span[] {
  const inside = (node: YamlNode, isItem: boolean): Span =>
    span(node, partsOf(node), isItem || (node.kind !== 'scalar' && node.kind !== 'alias' && node.flow));
  const partsOf = (node: YamlNode): readonly Span[] => {
    if (node.kind === 'sequence') return node.items.map(item => inside(item, true));
    if (node.kind !== 'mapping') return [];
    return (node.written ?? node.entries).map(({ key, value }) =>
      span({ from: key.from, to: Math.max(key.to, value.to) }, [inside(key, false), inside(value, false)], true),
    );
  };
  return [inside(root, false)];
}

/** Sections with their lines, keys and values. */
export function cfgSpans({ chunks }: Cfg): readonly Span[] {
  return chunks.map(({ chunk: { node }, start }) => {
    const at = ({ from, to }: Range, parts: readonly Span[] = [], folds = false): Span =>
      span({ from: start + from, to: start + to }, parts, folds);
    const lines = node.options.map(option => {
      const items = cfgItems(option);
      const value = at(option.valueRange, items.length > 1 ? items.map(({ range }) => at(range)) : []);
      return at(option.range, [at(option.keyRange), value]);
    });
    const [first] = node.options;
    const body = first ? [at({ from: first.range.from, to: node.range.to }, lines)] : [];
    return at(node.range, [at(node.header, [at(node.typeRange)]), ...body], true);
  });
}

/** Fields with their names and values. */
export function prototextSpans({ chunks }: PrototextDocument): readonly Span[] {
  const inside = (field: ProtoField, start: number, depth = 0): Span => {
    const at = ({ from, to }: Range, parts: readonly Span[], folds = false): Span =>
      span({ from: start + from, to: start + to }, parts, folds);
    const { value } = field;
    const name = at({ from: field.from, to: field.nameTo }, []);
    // Limit the recursion: the text may nest deeper than the stack allows.
    const fields = value?.kind === 'message' && depth < deepest ? value.fields : [];
    const parts = fields.map(each => inside(each, start, depth + 1));
    return at(field, value ? [name, at(value, parts)] : [name], true);
  };
  return chunks.flatMap(({ chunk: { node }, start }) => node.root.fields.map(field => inside(field, start)));
}

/** Messages nested deeper than this are not folded. */
const deepest = 100;

const span = ({ from, to }: Range, parts: readonly Span[], folds: boolean): Span => ({ from, to, parts, folds });

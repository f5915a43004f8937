// The top level of a text: its keys, and the names in `let`.
import * as l10n from '@vscode/l10n';
import { allEntries, type Entry, resolved, scalarValue, type YamlNode } from '../../syntax/tree.ts';
import { contains, type Range } from '../../text/range.ts';
import { didYouMean, respelling, suggested } from '../../text/spelling.ts';
import { clip } from '../../text/wording.ts';
import type { Value } from './expression.ts';
import type { Report } from './report.ts';
import type { Values } from './values.ts';
import { topKeys } from './words.ts';

/** The entries with a known key. `gaps` says why some may be missing. */
export function topEntries(
  root: YamlNode | undefined,
  text: string,
  report: Report,
): { readonly entries: ReadonlyMap<string, Entry>; readonly gaps: readonly string[] } {
  const entries = new Map<string, Entry>();
  const gaps: string[] = [];
  const mapping = resolved(root);
  if (!mapping) return { entries, gaps };
  if (mapping.kind !== 'mapping') {
    const range = { from: mapping.from, to: Math.min(mapping.to, lineEnd(text, mapping.from)) };
    report(
      range,
      'not-a-network',
      l10n.t('A network starts with keys such as “input:” and “layers:”, but this file has none.'),
      {
        help: l10n.t('Put the rows under “layers:”, below an “input:” with the input size.'),
      },
    );
    return { entries, gaps: [l10n.t('the text is not a mapping')] };
  }
  for (const entry of allEntries(mapping)) {
    const { key, value } = entry;
    const name = key.kind === 'scalar' ? key.text : '';
    if (Object.hasOwn(topKeys, name)) entries.set(name, entry);
    // Keys for anchors, as in other YAML dialects; values that an alias uses are allowed too.
    else if (!name.startsWith('x-') && !isAliased(mapping, value)) {
      const known = Object.keys(topKeys);
      const meant = didYouMean(name, known);
      const keys = l10n.t('The keys are {0}; a name that begins with “x-” is free for anchors.', known.join(', '));
      report(key, 'unknown-key', l10n.t('A network does not have a key “{0}”.', clip(name, 60)), {
        help: `${suggested(meant)} ${keys}`.trim(),
        ...respelling(name, meant, key),
      });
      gaps.push(l10n.t('“{0}” means nothing', clip(name, 60)));
    }
  }
  return { entries, gaps };
}

/** Whether an alias outside of a value refers to it, or to something inside it. */
function isAliased(root: YamlNode, value: YamlNode): boolean {
  const visit = (node: YamlNode): boolean => {
    if (node === value) return false;
    if (node.kind === 'alias') return node.target !== undefined && contains(value, node.target);
    if (node.kind === 'sequence') return node.items.some(visit);
    return (
      node.kind === 'mapping' && (node.written ?? node.entries).some(entry => visit(entry.key) || visit(entry.value))
    );
  };
  return visit(root);
}

export function readLet(node: YamlNode | undefined, values: Values, report: Report): ReadonlyMap<string, Value> {
  const scope = new Map<string, Value>();
  const mapping = resolved(node);
  if (!mapping || (mapping.kind === 'scalar' && scalarValue(mapping) === null)) return scope;
  const help = l10n.t('For example: “{0}”.', 'width: 64');
  if (mapping.kind !== 'mapping') {
    report(node!, 'let-not-a-mapping', l10n.t('“let” must map names to values.'), { help });
    return scope;
  }
  for (const { key, value } of allEntries(mapping)) {
    if (key.kind !== 'scalar' || !/^[A-Za-z_]\w*$/.test(key.text)) {
      const message = l10n.t('A name under “let” must consist of letters, digits and underscores.');
      report(key, 'wrong-let-name', message, { help });
      continue;
    }
    const read = values.of(value, scope, []);
    // An invalid value is reported here, and unknown where it is used.
    scope.set(key.text, read === undefined ? Number.NaN : read);
  }
  return scope;
}

export function firstLine(text: string): Range {
  return { from: 0, to: lineEnd(text, 0) };
}

function lineEnd(text: string, from: number): number {
  const end = text.slice(from, from + 10_000).search(/[\r\n]/);
  return end < 0 ? Math.min(text.length, from + 10_000) : from + end;
}

// Collects the written attributes of a row before they are read.
import * as l10n from '@vscode/l10n';
import { type Entry, isMerge, mergedEntries, resolved, scalarValue, type YamlNode } from '../../syntax/tree.ts';
import { borderKey, ignoredKey, type Operator } from './operators.ts';
import type { Reports } from './reports.ts';
import { isWritten, type Row } from './row.ts';
import { type Common, commonList } from './words.ts';

export type CommonNodes = Common<YamlNode>;

/** Most rows have none. */
export const nothing: CommonNodes = {};

/** The attributes of the current row; the object is reused, since there is one at a time. */
export class WrittenAttributes {
  /** Indexes of the operator's attributes, `ignoredKey` or `borderKey`. */
  readonly codes: number[] = [];
  readonly nodes: YamlNode[] = [];
  count = 0;
  /** Bits of the attributes among these. */
  bits = 0;
  /** Whether the row has an invalid bare value: then missing attributes are not reported as well. */
  isMisplaced = false;
  readonly #reports: Reports;

  constructor(reports: Reports) {
    this.#reports = reports;
  }

  /** Sorts the entries of a row into attributes and common keys, and returns the latter. */
  gather(row: Row, operator: Operator, quiet: boolean, companion = false): CommonNodes {
    this.count = 0;
    this.bits = 0;
    this.isMisplaced = false;
    const { value, rest } = row;
    let common = nothing;
    if (value !== undefined) {
      const target = resolved(value);
      if (target?.kind === 'mapping') common = this.#entries(target.entries, row, operator, common, quiet, companion);
      else if (isWritten(value)) this.#main(row, operator, value);
    }
    if (rest.length > 0) common = this.#entries(rest, row, operator, common, quiet, companion);
    return common;
  }

  /** The spatial dimensions suggested by a list among the attributes, if the input has none; 0 if there is no list. */
  dimensions({ attributes }: Operator): number {
    for (let at = 0; at < this.count; at++) {
      const attribute = attributes[this.codes[at]!];
      const node = resolved(this.nodes[at]);
      if (attribute?.spec.spatial && node?.kind === 'sequence' && node.items.length > 1 && node.items.length <= 3) {
        return node.items.length;
      }
    }
    return 0;
  }

  #main({ key: { text } }: Row, operator: Operator, value: YamlNode): void {
    const { main, attributes } = operator;
    if (typeof main === 'object') this.#put(main.attr, value);
    else if (main === 'border') this.#put(borderKey, value);
    else if (main === undefined && operator.op.kind !== 'source') {
      const target = resolved(value);
      if (target?.kind === 'scalar' && scalarValue(target) === true) return;
      this.isMisplaced = true;
      const { report } = this.#reports;
      if (attributes.length === 0)
        report(value, 'unexpected-value', l10n.t('“{0}” does not take a value.', text), {
          help: l10n.t('Use it on its own: “{0}”.', `- ${text}`),
        });
      else
        report(value, 'value-without-key', l10n.t('“{0}” needs a key for its value.', text), {
          help: l10n.t(
            'Name the attribute ({0}), for example “{1}”.',
            attributes.map(({ name }) => name).join(', '),
            `${text}: {${attributes[0]!.name}: …}`,
          ),
        });
    }
  }

  #put(code: number, node: YamlNode): void {
    this.codes[this.count] = code;
    this.nodes[this.count] = node;
    this.count++;
    if (code < ignoredKey) this.bits |= 1 << code;
  }

  #entries(
    entries: readonly Entry[],
    row: Row,
    operator: Operator,
    before: CommonNodes,
    quiet: boolean,
    companion: boolean,
  ): CommonNodes {
    const { keys } = operator;
    const reports = this.#reports;
    const ownKeys = (): readonly string[] => operator.attributes.map(({ name }) => name);
    let common = before;
    for (const { key, value } of entries) {
      const code = key.kind === 'scalar' ? keys.get(key.text) : undefined;
      if (code === undefined) {
        if (isMerge({ key, value })) {
          // Handle all merges at the last one, which takes precedence.
          if (entries.findLast(isMerge)!.key === key)
            common = this.#entries(mergedEntries(entries), row, operator, common, true, companion);
        } else if (!quiet) reports.unknownKey(key, row.key.text, companion ? ownKeys() : [...keys.keys()]);
      } else if (code >= 0) {
        if (code < ignoredKey && this.bits & (1 << code)) {
          if (!quiet) reports.duplicate(key);
        } else this.#put(code, value);
      } else if (companion) reports.unknownKey(key, row.key.text, ownKeys());
      else {
        if (common === nothing) common = {};
        const name = commonList[-1 - code]!;
        if (common[name]) reports.duplicate(key);
        else common[name] = value;
      }
    }
    return common;
  }
}

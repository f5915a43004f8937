// Reports on rows: problems at their place, unknowns with their reason, and operators' complaints at the attribute or
// input to blame.
import * as l10n from '@vscode/l10n';
import type { Builder } from '../../graph/builder.ts';
import type { Tensor } from '../../graph/graph.ts';
import type { Complaint } from '../../ops/index.ts';
import { resolved, type YamlNode } from '../../syntax/tree.ts';
import type { Range } from '../../text/range.ts';
import { didYouMean, respelling, suggested } from '../../text/spelling.ts';
import { clip } from '../../text/wording.ts';
import { operatorOf } from './operators.ts';
import { type Report, rangeOf, reportTo } from './report.ts';
import { entriesOf, type Row } from './row.ts';
import { synonyms } from './words.ts';

export class Reports {
  readonly #builder: Builder;
  readonly report: Report;
  #row: Row | undefined;
  #from: YamlNode | undefined;
  #blame: Range | undefined;

  constructor(builder: Builder) {
    this.#builder = builder;
    this.report = reportTo(problem => builder.problem(problem));
  }

  /** Sets the row that following complaints are about: its attributes, its inputs, or only `blame`. */
  at(row: Row, from?: YamlNode, blame?: Range): void {
    this.#row = row;
    this.#from = from;
    this.#blame = blame && rangeOf(blame);
  }

  unknownKey(key: YamlNode, owner: string, known: readonly string[]): void {
    const text = key.kind === 'scalar' ? key.text : '';
    const synonym = synonyms[text.toLowerCase().replace(/[-_]/g, '')]?.find(name => known.includes(name));
    const meant = synonym ?? didYouMean(text, known);
    const keys = l10n.t('The keys of “{0}” are {1}.', owner, known.join(', '));
    this.report(key, 'unknown-key', l10n.t('“{0}” does not have a key “{1}”.', owner, clip(text, 60)), {
      help: `${suggested(meant)} ${keys}`.trim(),
      ...respelling(text, meant, key),
    });
  }

  duplicate(key: YamlNode): void {
    const text = key.kind === 'scalar' ? key.text : '';
    this.report(key, 'key-set-twice', l10n.t('“{0}” is set twice; only the first counts.', clip(text, 60)), {
      help: l10n.t('Remove one of them.'),
    });
  }

  unknown(why: string, inputs: readonly Tensor[]): readonly Tensor[] {
    return [this.#builder.unknown(why, inputs)];
  }

  /** Shared by all frames: complaints occur while their operator is being added. */
  readonly locate = (complaint: Complaint): Range | undefined => {
    if (this.#blame) return this.#blame;
    const row = this.#row;
    if (!row) return undefined;
    if (complaint.attr !== undefined) {
      const entries = entriesOf(row);
      const names =
        complaint.attr === 'paddingAfter' || complaint.attr === 'before' || complaint.attr === 'after'
          ? [complaint.attr, 'padding']
          : [complaint.attr];
      for (const name of names) {
        const entry = entries.find(({ key }) => key.kind === 'scalar' && key.text === name);
        if (entry) return rangeOf(entry.value);
      }
      const operator = operatorOf(row.key.text);
      const main =
        operator && typeof operator.main === 'object' ? operator.attributes[operator.main.attr]!.name : undefined;
      const bare = resolved(row.value);
      if (main === complaint.attr && bare && bare.kind !== 'mapping') return rangeOf(row.value!);
    }
    const list = resolved(this.#from);
    if (complaint.input !== undefined && this.#from) {
      const item = list?.kind === 'sequence' ? list.items[complaint.input] : undefined;
      return rangeOf(item ?? this.#from);
    }
    return rangeOf(row.key);
  };
}

// How rows are told of: problems at their place, unknowns with their reason, complaints of operators at the attribute or
// the input that is to blame.
import type { Builder } from '../../graph/builder.ts';
import type { Tensor } from '../../graph/graph.ts';
import type { Complaint } from '../../ops/index.ts';
import { allEntries, type Entry, resolved, type Scalar, type YamlNode } from '../../syntax/tree.ts';
import type { Problem } from '../../text/problem.ts';
import type { Range } from '../../text/range.ts';
import { didYouMean, respelling, suggestion } from '../../text/spelling.ts';
import { operatorOf } from './operators.ts';

export interface Row {
  /** Where the row stands: in its list, even where that is an alias. */
  readonly site: YamlNode;
  readonly key: Scalar;
  readonly value: YamlNode | undefined;
  /** What stands beside the operator's key. */
  readonly rest: readonly Entry[];
}

export class Telling {
  readonly #builder: Builder;
  #row: Row | undefined;
  #from: YamlNode | undefined;
  #blame: Range | undefined;

  constructor(builder: Builder) {
    this.#builder = builder;
  }

  /** Complaints from here on belong to this row: to its attributes, its inputs, or to `blame` alone. */
  at(row: Row, from?: YamlNode, blame?: Range): void {
    this.#row = row;
    this.#from = from;
    this.#blame = blame && rangeOf(blame);
  }

  tell(
    range: Range,
    code: string,
    message: string,
    severity: Problem['severity'] = 'error',
    repair: Pick<Problem, 'repairs'> = {},
  ): void {
    this.#builder.problem({ range: rangeOf(range), severity, code, message, ...repair });
  }

  unknownKey(key: YamlNode, what: string, known: readonly string[]): void {
    const text = key.kind === 'scalar' ? key.text : '';
    const synonym = synonyms[text.toLowerCase().replace(/[-_]/g, '')]?.find(name => known.includes(name));
    const meant = synonym ? ` Did you mean “${synonym}”?` : suggestion(text, known);
    const message = `“${what}” has no “${text.slice(0, 60)}”.${meant} It takes ${known.join(', ')}.`;
    this.tell(key, 'unknown-key', message, 'error', respelling(text, synonym ?? didYouMean(text, known), key));
  }

  duplicate(key: YamlNode): void {
    const text = key.kind === 'scalar' ? key.text : '';
    this.tell(
      key,
      'duplicate-key',
      `“${text.slice(0, 60)}” is given twice; only the first counts. Remove one of them.`,
    );
  }

  unknown(why: string, inputs: readonly Tensor[]): readonly Tensor[] {
    return [this.#builder.unknown(why, inputs)];
  }

  /** Shared by all frames: complaints come while their operator is being added. */
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

/** What other frameworks call a key. */
const synonyms: Readonly<Record<string, readonly string[]>> = {
  kernelsize: ['kernel'],
  size: ['kernel', 'out'],
  ksize: ['kernel'],
  filters: ['out'],
  units: ['out', 'hidden'],
  channels: ['out'],
  features: ['out'],
  outchannels: ['out'],
  outfeatures: ['out'],
  strides: ['stride'],
  pad: ['padding'],
  numheads: ['heads'],
  group: ['groups'],
  dim: ['axis', 'axes'],
  scalefactor: ['scale'],
  hiddensize: ['hidden'],
  numlayers: ['layers'],
  activation: ['act'],
  normalization: ['norm'],
  usebias: ['bias'],
  ceilmode: ['rounding'],
  p: ['rate'],
  repeat: ['repeats'],
  times: ['repeats'],
  n: ['repeats', 'times'],
  input: ['from'],
  inputs: ['from'],
};

export function entriesOf(row: Row): readonly Entry[] {
  const target = resolved(row.value);
  return target?.kind === 'mapping' ? [...allEntries(target), ...row.rest] : row.rest;
}

export function rangeOf({ from, to }: Range): Range {
  return { from, to };
}

// Resolves references to tensors while the network is built, and reports unresolved ones.
import * as l10n from '@vscode/l10n';
import type { Tensor } from '../../graph/graph.ts';
import type { GraphRows, Inputs } from '../../graph/segment.ts';
import { resolved, type YamlNode } from '../../syntax/tree.ts';
import { didYouMean, suggested } from '../../text/spelling.ts';
import { clip } from '../../text/wording.ts';
import { described } from './expression.ts';
import { nameNodeOf } from './items.ts';
import { isReservedName, lookUp, type Names, namesIn } from './names.ts';
import type { Report } from './report.ts';
import type { Reports } from './reports.ts';
import { rowOf, sourcesIn } from './row.ts';
import type { Scope, Values } from './values.ts';

/** Outputs by position and name. */
export type TensorNames = Names<Inputs>;

export class References {
  readonly #rows: GraphRows;
  readonly #values: Values;
  readonly #reports: Reports;
  /** What top-level rows have read by reference, and the name they gave themselves, since the last `take`. */
  #taken: Taken = nothingTaken();

  constructor(rows: GraphRows, values: Values, reports: Reports) {
    this.#rows = rows;
    this.#values = values;
    this.#reports = reports;
  }

  /** Returns what was read by reference since the last call. */
  take(): Taken {
    const taken = this.#taken;
    this.#taken = nothingTaken();
    return taken;
  }

  /** The tensors that `from` refers to; undefined if there are none. Reports nothing. */
  find(node: YamlNode, names: TensorNames, scope: Scope, flow: readonly Tensor[]): readonly Tensor[] | undefined {
    const found: Tensor[] = [];
    for (const item of sourcesIn(node)) {
      const tensors = this.#resolve(item, names, scope, flow, this.#values.quiet(), undefined);
      if (!tensors) return undefined;
      found.push(...tensors);
    }
    return found;
  }

  /** The tensors that `from` refers to; an unresolved reference is reported and gives an unknown tensor. */
  of(node: YamlNode, names: TensorNames, scope: Scope, flow: readonly Tensor[]): readonly Tensor[] {
    const found: Tensor[] = [];
    for (const item of sourcesIn(node)) {
      found.push(
        ...(this.#resolve(item, names, scope, flow, this.#values, this.#reports.report) ??
          this.#reports.unknown(l10n.t('it reads a row that does not exist'), [])),
      );
    }
    if (names.isTop) this.#taken.references.push({ node, found });
    return found;
  }

  /** Defines the row's name for its outputs. */
  define(name: YamlNode | undefined, outputs: readonly Tensor[], names: TensorNames): void {
    if (!name) return;
    const { report } = this.#reports;
    const target = resolved(name);
    if (target?.kind !== 'scalar' || target.text === '') {
      report(name, 'not-a-name', l10n.t('A name must be a word.'));
    } else if (isReservedName(target.text)) {
      report(name, 'reserved-name', l10n.t('“{0}” is reserved, so it cannot be the name of a row.', target.text), {
        help: l10n.t('Use another name.'),
      });
    } else {
      if (names.named.has(target.text)) {
        report(name, 'duplicate-name', l10n.t('A row above is already called “{0}”.', target.text), {
          help: l10n.t('Use another name.'),
        });
      }
      names.named.set(target.text, outputs);
      if (names.isTop) this.#taken.name = target.text;
    }
  }

  /** Without `report`, unresolved references are not reported. */
  #resolve(
    node: YamlNode,
    names: TensorNames,
    scope: Scope,
    flow: readonly Tensor[],
    values: Values,
    report: Report | undefined,
  ): readonly Tensor[] | undefined {
    const target = resolved(node);
    const value = target?.kind === 'scalar' ? values.scalar(target, scope, flow, node) : null;
    if (value === undefined) return undefined;
    const found = lookUp(value, names, flow);
    if (found.isOutside) this.#taken.readsOutside = true;
    switch (found.kind) {
      case 'whole':
        return this.#rows.tensors(found.of);
      case 'part': {
        const whole = this.#rows.tensors(found.of);
        const part = whole[found.part];
        if (part) return [part];
        // If nothing is known about a row, neither is the number of its outputs.
        if (whole.some(({ node: at, shape }) => at.why !== undefined && shape === undefined)) return [whole[0]!];
        if (report) reportPart(report, node, found.name, whole.length);
        return undefined;
      }
      case 'in-front':
        report?.(
          node,
          'reference-in-front-of-list',
          l10n.t('{0} points above the first row of this list.', described(value)),
          {
            help:
              names.rows.length === 0
                ? l10n.t('Use -1 or a name.')
                : l10n.t('Use {0} to -1, or a name.', -names.rows.length - 1),
          },
        );
        return undefined;
      case 'not-a-reference':
        report?.(node, 'not-a-reference', l10n.t('{0} is not a reference to a row.', described(value)), {
          help: l10n.t('Use the name of a row above, “input”, or −1 for the row above.'),
        });
        return undefined;
      case 'unknown':
        if (report) reportUnknown(report, node, found.name, names);
        return undefined;
    }
  }
}

function reportPart(report: Report, node: YamlNode, name: string, count: number): void {
  if (count === 1)
    report(node, 'output-out-of-range', l10n.t('“{0}” has only one output.', name), {
      help: l10n.t('Use “{0}”.', name),
    });
  else
    report(node, 'output-out-of-range', l10n.t('“{0}” has {1} outputs, counted from 0.', name, count), {
      help: l10n.t('Use “{0}” to “{1}”.', `${name}.0`, `${name}.${count - 1}`),
    });
}

function reportUnknown(report: Report, node: YamlNode, name: string, names: TensorNames): void {
  const shown = clip(name, 60);
  for (let at: TensorNames | undefined = names; at; at = at.parent) {
    if (!at.list.some(item => nameOf(item) === name)) continue;
    report(node, 'later-reference', l10n.t('“{0}” is this row itself or comes later.', shown), {
      help: l10n.t('Use a row above.'),
    });
    return;
  }
  const meant = didYouMean(name, namesIn(names));
  report(node, 'unknown-reference', l10n.t('No row above is called “{0}”.', shown), {
    help: meant === undefined ? l10n.t('Name a row above with “name:”.') : suggested(meant).trim(),
  });
}

function nameOf(node: YamlNode): string | undefined {
  const name = resolved(nameNodeOf(rowOf(node, () => false)));
  return name?.kind === 'scalar' ? name.text : undefined;
}

interface Taken {
  readonly references: { readonly node: YamlNode; readonly found: readonly Tensor[] }[];
  name: string | undefined;
  /** Whether a row inside a row has read a name of an outer list. */
  readsOutside: boolean;
}

function nothingTaken(): Taken {
  return { references: [], name: undefined, readsOutside: false };
}

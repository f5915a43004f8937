// Builds the network of a text: inputs, rows and outputs.
import * as l10n from '@vscode/l10n';
import { Builder } from '../../graph/builder.ts';
import type { Tensor } from '../../graph/graph.ts';
import type { Environments } from '../../graph/memo.ts';
import { far, type Inputs } from '../../graph/segment.ts';
import { unreadItems } from '../../syntax/damage.ts';
import { shifted, type YamlDocument } from '../../syntax/document.ts';
import { resolved, scalarValue } from '../../syntax/tree.ts';
import type { Problem } from '../../text/problem.ts';
import { contains } from '../../text/range.ts';
import type { ReadOptions, Source, Spec } from '../format.ts';
import { readBlocks } from './blocks.ts';
import { readInputs, withSizes } from './inputs.ts';
import { Names } from './names.ts';
import { reportTo } from './report.ts';
import { Rows } from './rows.ts';
import { type RowMemo, readSegments } from './segments.ts';
import { firstLine, readLet, topEntries } from './top.ts';
import { Values } from './values.ts';

/** Caches from readings of this text and earlier ones. */
export interface Known {
  readonly segments: RowMemo;
  readonly environments: Environments;
}

/** Reads the tree as a network. Never fails: what is invalid becomes a problem and an unknown. */
export function readNetwork(source: Source, document: YamlDocument, options: ReadOptions, known: Known): Spec {
  const { frame: root, damages } = document;
  const builder = new Builder(options.places, options.shapeOrder, document.rows.length);
  const problems = problemsOf(builder);
  const report = reportTo(problems);
  const { entries: top, gaps } = topEntries(root, source.text, report);
  const values = new Values(problems);
  const scope = readLet(top.get('let')?.value, values, report);
  const definitions = top.get('blocks')?.value;
  // If rows have relative offsets, block definitions are outside of them.
  const blocks = readBlocks(
    definitions && document.rows.length > 0 ? shifted(definitions, offset => offset + far) : definitions,
    problems,
  );
  const nameEntry = top.get('name');
  const head = nameEntry ? { from: nameEntry.key.from, to: nameEntry.value.to } : firstLine(source.text);

  const inputs = withSizes(readInputs(top.get('input'), values, scope, report), options.input ?? [], (message, help) =>
    report(head, 'wrong-setting', message, { help, severity: 'warning' }),
  );
  const layers = top.get('layers');
  const why = l10n.t('the input size is not known');
  if (inputs.length === 0 && layers && !top.has('input')) {
    report(layers.key, 'missing-input', l10n.t('The input size is unknown.'), {
      help: l10n.t('Add it above the layers, for example “{0}”.', 'input: [3, 224, 224]'),
    });
  }
  const given = (inputs.length > 0 ? inputs : [{ name: 'input', shape: undefined, why }]).map(input =>
    builder.input(input.name, input.shape, input.why),
  );

  const list = resolved(layers?.value);
  const { until = Number.POSITIVE_INFINITY } = options;
  const items = list?.kind === 'sequence' ? document.rowsOf(list).filter(({ start }) => start <= until) : [];
  const names = new Names<Inputs>(
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
  const rows = new Rows(builder, values, { blocks, damages, unread, shared: scope });
  if (list?.kind === 'sequence') {
    // What rows depend on besides their inputs: `let`, and block definitions elsewhere in the text.
    const key = [top.get('let')?.value, definitions].map(node =>
      node ? `${node.from} ${source.text.slice(node.from, node.to)}` : '',
    );
    outputs = readSegments(rows, items, given, {
      scope,
      names,
      memo: known.segments,
      environment: known.environments.of([...key, builder.order]),
    });
  } else if (layers && list?.kind === 'scalar' && scalarValue(list) === null) {
    report(layers.key, 'missing-layers', l10n.t('There are no layers yet.'), {
      help: l10n.t('Add one per line, for example “{0}”.', '- conv: {out: 64, kernel: 3}'),
      severity: 'information',
    });
  } else if (layers) {
    report(layers.value, 'layers-not-a-list', l10n.t('“layers” must be a list.'), {
      help: l10n.t('Put each row on its own line, after a dash and a space, for example “{0}”.', '- relu'),
    });
    builder.unknown(l10n.t('“layers” is not a list'));
  } else if (root?.kind === 'mapping') {
    report(head, 'missing-layers', l10n.t('There are no layers.'), {
      help: l10n.t('Add “layers:” and one layer per line below it, for example “{0}”.', '- conv: {out: 64, kernel: 3}'),
      severity: 'information',
    });
  }
  // Unreadable parts outside of rows: a definition, a key, anything after the first document.
  for (const gap of gaps) builder.unknown(gap);
  for (const damage of damages) {
    const { value } = layers ?? {};
    const isRow = [...unread].some(([row, other]) => other === damage && value && contains(value, row));
    if (!damage.repaired && !isRow) builder.unknown(damage.why);
  }
  const output = top.get('output');
  if (output && list?.kind === 'sequence') outputs = rows.references.of(output.value, names, scope, outputs);
  const model = nameEntry && resolved(nameEntry.value);
  return {
    model: model?.kind === 'scalar' && model.text !== '' ? model.text : source.name.replace(/\.net\.ya?ml$/i, ''),
    graph: builder.finish(outputs),
    problems: builder.problems,
    head,
    variants: [],
  };
}

/** Hovers outlive the reading: defined here, this captures only the builder. */
function problemsOf(builder: Builder): (problem: Problem) => void {
  return problem => builder.problem(problem);
}

// Which rows are right on a condition alone: a name is not proof. Forks copy a repository, redefine a few classes and
// keep their names, so a row whose class is often redefined is not certain in a file that shows signs of a fork.
import * as l10n from '@vscode/l10n';
import type { Doubt, Doubts, Frame, Graph, GraphNode, Tensor } from '../../graph/graph.ts';
import { placedRange } from '../../graph/segment.ts';
import type { CostRules } from '../../project/index.ts';
import type { PlacedRow } from '../../syntax/document.ts';
import type { Problem } from '../../text/problem.ts';
import { contains, type Range } from '../../text/range.ts';
import { typoOf } from '../../text/spelling.ts';
import { type Choice, isNamedAs } from './choose.ts';
import type { Dialect } from './dialect.ts';
import { dialects } from './dialects/index.ts';
import { nn } from './modules/nn.ts';

/** What the signs are looked for in. */
interface Reading {
  /** The file's name. */
  readonly name: string;
  readonly rows: readonly PlacedRow[];
  /** The module of each row; empty where it has none yet. */
  readonly modules: readonly string[];
  readonly choice: Choice;
  readonly graph: Graph;
  /** What is wrong with the rows. */
  readonly problems: readonly Problem[];
  /** Keys at the top of the file that no version reads. */
  readonly strangeKeys: readonly (Range & { readonly text: string })[];
  /** Keys without which the framework refuses the file, and the value that rows are read with instead. */
  readonly assumed: readonly { readonly key: string; readonly value: string }[];
  /** What the project says of modules that no version has: those are no sign of a fork that nobody knows. */
  readonly rules: CostRules | undefined;
}

interface Doubted {
  readonly doubts: Doubts;
  /** Reports the sign, where no error does. */
  readonly problems: readonly Problem[];
}

/**
 * Attention and CSP classes that forks redefine or backport, beside everything that is called CSP. Seen with other
 * parameters under the same name: CBAM (double-vin/yolov5_attention against TPH-YOLOv5), A2C2f (8.3.63 against 8.3.78),
 * C3TR (iscyy/yoloair against TPH-YOLOv5), ASPP (iscyy/yoloair). Conv, C3, C2f, C3k2, SPPF and their like are never
 * redefined in the forks that were looked at, so they stay certain.
 */
const attention: ReadonlySet<string> = new Set([
  'A2C2f',
  'AIFI',
  'ASPP',
  'C2PSA',
  'C2fAttn',
  'C2fCIB',
  'C2fPSA',
  'C3Ghost',
  'C3SPP',
  'C3STR',
  'C3TR',
  'C3_GC',
  'C3x',
  'CBAM',
  'ChannelAttention',
  'ChannelAttentionModule',
  'ContextBlock2d',
  'DSC3k2',
  'ES_SEModule',
  'FullPAD_Tunnel',
  'HyperACE',
  'ImagePoolingAttn',
  'LC_SEModule',
  'PSA',
  'RepC3',
  'SEBlock',
  'SELayer',
  'SpatialAttention',
  'SpatialAttentionModule',
  'SwinTransformer2Block',
  'SwinTransformerBlock',
  'SwinTransformerLayer',
  'SwinTransformerLayer_v2',
  'TransformerBlock',
]);

/** Heads that parse_model does not treat as detection heads. */
const otherHeads: ReadonlySet<string> = new Set(['Classify', 'RTDETRDecoder']);

/** Small families, whose own classes other forks have copied under the same names and changed. */
const copied: ReadonlySet<string> = new Set(['tph-yolov5', 'yolov5-lite', 'yolov13']);

/** The stock readers of files with anchors, and of those without. */
const stock = (anchored: boolean): readonly Dialect[] =>
  dialects.filter(({ id }) => (anchored ? id === 'yolov5' || id === 'yolov7' : id === 'ultralytics'));

const isOftenRedefined = (module: string, { heads }: Dialect): boolean =>
  attention.has(module) || module.includes('CSP') || heads.has(module) || otherHeads.has(module);

/** As a row names whose class it was counted as. */
const releases: Readonly<Record<string, string>> = { ultralytics: 'Ultralytics 8.4', yolov5: 'YOLOv5 v7.0' };
const releaseOf = ({ id, by }: Dialect): string => releases[id] ?? by;

export function doubtsOf(reading: Reading): Doubted {
  const { modules, choice, graph, assumed } = reading;
  const { dialect, pinned, rivals } = choice;
  const doubts = new Map<Frame, Doubt>();
  const [missing] = assumed;
  if (missing) {
    doubts.set(graph.root, {
      subject: `\`${missing.key}\``,
      expected: { kind: 'value', value: missing.value },
      because: l10n.t('{0} rejects a file without this key.', dialect.by),
    });
  }
  // The classes were compared: nothing hangs on their names.
  if (choice.mirrors !== undefined) return { doubts, problems: [] };
  const sign = signOf(reading);
  const source = releaseOf(dialect);
  for (let index = 0; index < modules.length; index++) {
    const module = modules[index]!;
    if (!dialect.modules.has(module)) continue;
    const because = isOftenRedefined(module, dialect)
      ? (sign?.because ??
        (differs(module, dialect, rivals)
          ? l10n.t('Another repository that fits this file has another class of this name.')
          : undefined))
      : undefined;
    if (because === undefined) continue;
    const frame = graph.root.children[index];
    if (!frame || isUnknown(graph, frame)) continue;
    doubts.set(frame, { subject: module, expected: { kind: 'class', source }, because });
  }
  if (!sign?.range || pinned || doubts.size === 0) return { doubts, problems: [] };
  const effect = sign.module
    ? l10n.t('It is counted as in {0}, which is right only if the class is theirs.', source)
    : l10n.t('Rows that forks often redefine are counted as in {0}.', source);
  const message = `${sign.because} ${effect}`;
  const comment = `# flopline: dialect=${dialect.id}`;
  const help = l10n.t('If this file is for {0}, add this at the top: {1}', source, comment);
  return { doubts, problems: [{ range: sign.range, severity: 'information', code: 'maybe-fork', message, help }] };
}

interface Sign {
  /** A sentence. */
  readonly because: string;
  /** Where it is reported, if nothing else reports it. */
  readonly range?: Range;
  /** Whether it is the name of a module. */
  readonly module?: boolean;
}

/** Codes of rows whose arguments the class that is counted would refuse: another class of that name may take them. */
const misfits: ReadonlySet<string> = new Set([
  'anchor-levels-mismatch',
  'channels-not-divisible',
  'element-count-mismatch',
  'feature-mismatch',
  'features-not-divisible-by-heads',
  'fixed-argument',
  'float-for-integer',
  'incomplete-order',
  'missing-output-size',
  'negative-padding',
  'no-output-channels',
  'not-a-flag',
  'not-a-list',
  'not-a-name',
  'not-a-number',
  'not-a-size',
  'not-a-whole-number',
  'not-anchors',
  'nothing-left',
  'padding-over-half-window',
  'piece-channels-mismatch',
  'rounded-channels-mismatch',
  'same-padding-with-stride',
  'scale-and-size',
  'size-not-divisible-by-factor',
  'tensor-as-list',
  'too-few-channels',
  'too-many-arguments',
  'training-head-in-chain',
  'uneven-anchors',
  'unknown-choice',
  'unknown-tensor',
  'unsupported-end2end',
  'value-below-minimum',
  'value-count-mismatch',
  'value-out-of-range',
  'value-per-dimension',
  'wrong-reg-max',
]);

/** The first sign that a file is from a fork. */
function signOf(reading: Reading): Sign | undefined {
  const { rows, modules, choice, problems, strangeKeys, name, rules } = reading;
  const { dialect, pinned } = choice;
  for (const module of modules) {
    // A typo is not a sign.
    if (isKnown(module, dialect) || rules?.of(module)) continue;
    if (typoOf(module, dialect.modules.keys()) !== undefined) continue;
    const because = l10n.t('This file may be from a fork: “{0}” is not a module of {1}.', module, dialect.by);
    return { because };
  }
  const misfit = problems.find(({ code, range }) => misfits.has(code) && rowAt(rows, range) >= 0);
  if (misfit) {
    const module = modules[rowAt(rows, misfit.range)]!;
    return { because: l10n.t('This file may be from a fork: the arguments of {0} do not fit.', module) };
  }
  if (pinned) return undefined;
  if (copied.has(dialect.id) && !isNamedAs(dialect, name)) {
    const at = modules.findIndex(
      module =>
        dialect.modules.has(module) &&
        isOftenRedefined(module, dialect) &&
        !stock(dialect.evaluates).some(({ modules: known }) => known.has(module)),
    );
    if (at >= 0) {
      const { by } = stock(dialect.evaluates)[0]!;
      const because = l10n.t('{0} has no {1}; forks define their own.', by, modules[at]!);
      return { because, range: rangeOf(rows[at]!), module: true };
    }
  }
  const [key] = strangeKeys;
  if (!key) return undefined;
  const because = l10n.t('This file may be from a fork: no known version reads `{0}`.', key.text);
  return { because, range: { from: key.from, to: key.to } };
}

/** Whether the dialects that fit the file as well as the chosen one mean another class by the name. */
function differs(module: string, dialect: Dialect, rivals: readonly Dialect[]): boolean {
  // Other heads differ in how they are written; with landmarks, they cost something else.
  if (dialect.heads.has(module) && dialect.id !== 'yolov5-face') return false;
  const found = dialect.modules.get(module);
  return rivals.some(({ modules }) => modules.get(module) !== found);
}

/** What is not known, or known in part, has a reason already. */
function isUnknown({ nodes }: Graph, { first, end }: Frame): boolean {
  const isOpen = ({ why }: Pick<GraphNode | Tensor, 'why'>): boolean => why !== undefined;
  return nodes.slice(first, end).some(node => isOpen(node) || node.outputs.some(isOpen) || node.inputs.some(isOpen));
}

function isKnown(module: string, dialect: Dialect): boolean {
  if (module === '' || dialect.modules.has(module)) return true;
  return nn.has(module.replace(/^torch\./, '')) || module.startsWith('torchvision.');
}

function rowAt(rows: readonly PlacedRow[], inner: Range): number {
  return rows.findIndex(row => contains(rangeOf(row), inner));
}

const rangeOf = ({ chunk, start }: PlacedRow): Range => placedRange(chunk.node, start);

// The keys at the top of a file: which ones the frameworks read, and what people write instead.
import * as l10n from '@vscode/l10n';
import type { Mapping, YamlNode } from '../../syntax/tree.ts';
import type { Problem } from '../../text/problem.ts';
import type { Range } from '../../text/range.ts';
import { didYouMean, respelling, typoOf } from '../../text/spelling.ts';
import type { Dialect } from './dialect.ts';

/** Keys that every parse_model reads, or that stand for the network itself. */
const common = ['nc', 'backbone', 'head', 'depth_multiple', 'width_multiple', 'ch', 'inplace'] as const;

/** Keys that only one family reads, with who that is, and what the others do instead. */
const readByOne: Readonly<
  Record<
    string,
    { readonly by: 'Ultralytics' | 'YOLOv5 after v7.0' | 'Ultralytics and YOLOv5'; readonly instead?: () => string }
  >
> = {
  // Ultralytics: nn/tasks.py, parse_model and the models' constructors.
  scales: { by: 'Ultralytics', instead: () => l10n.t('Use `depth_multiple` and `width_multiple`.') },
  kpt_shape: { by: 'Ultralytics' },
  end2end: { by: 'Ultralytics' },
  reg_max: { by: 'Ultralytics' },
  channels: { by: 'Ultralytics', instead: () => l10n.t('Use `ch`.') },
  text_model: { by: 'Ultralytics' },
  // models/yolo.py of YOLOv5’s master: `ch_mul = d.get("channel_multiple")`.
  channel_multiple: { by: 'YOLOv5 after v7.0' },
  activation: { by: 'Ultralytics and YOLOv5' },
};

const stridesHint = (): string => l10n.t('Strides are computed from the rows.');
const neckHint = (): string =>
  l10n.t('Rows are read only from `backbone` and `head`: put these rows at the start of `head`.');

/** What people write for a key that is read; `undefined` where nothing takes its place. */
const meant: Readonly<Record<string, { readonly key?: string; readonly hint?: () => string }>> = {
  depth: { key: 'depth_multiple' },
  depth_mult: { key: 'depth_multiple' },
  depth_multiplier: { key: 'depth_multiple' },
  depth_multiples: { key: 'depth_multiple' },
  depth_factor: { key: 'depth_multiple' },
  depth_gain: { key: 'depth_multiple' },
  depth_scale: { key: 'depth_multiple' },
  gd: { key: 'depth_multiple' },
  width: { key: 'width_multiple' },
  width_mult: { key: 'width_multiple' },
  width_multiplier: { key: 'width_multiple' },
  width_multiples: { key: 'width_multiple' },
  width_factor: { key: 'width_multiple' },
  width_gain: { key: 'width_multiple' },
  width_scale: { key: 'width_multiple' },
  gw: { key: 'width_multiple' },
  num_classes: { key: 'nc' },
  number_of_classes: { key: 'nc' },
  n_classes: { key: 'nc' },
  nclasses: { key: 'nc' },
  num_class: { key: 'nc' },
  class_num: { key: 'nc' },
  classes: { key: 'nc' },
  class_names: {
    hint: () => l10n.t('Class names belong in the dataset’s YAML, under `names`; a model file has `nc`.'),
  },
  input_channels: { key: 'ch' },
  in_channels: { key: 'ch' },
  num_channels: { key: 'ch' },
  in_ch: { key: 'ch' },
  anchor: { key: 'anchors' },
  act: { key: 'activation' },
  activation_function: { key: 'activation' },
  default_act: { key: 'activation' },
  scale_factors: { key: 'scales' },
  keypoint_shape: { key: 'kpt_shape' },
  kpts_shape: { key: 'kpt_shape' },
  keypoints: { key: 'kpt_shape' },
  channel_multiplier: { key: 'channel_multiple' },
  ch_mul: { key: 'channel_multiple' },
  strides: { hint: stridesHint },
  stride: { hint: stridesHint },
  max_channels: {
    hint: () => l10n.t('Make it the third number of a scale, for example {0}.', 'scales: {n: [0.5, 0.25, 1024]}'),
  },
  neck: { hint: neckHint },
  necks: { hint: neckHint },
  heads: { key: 'head' },
  backbones: { key: 'backbone' },
};

/** What people note down in their files, and keys of other readers of the same file: no network depends on them. */
const notes: ReadonlySet<string> = new Set([
  ...['anchors', 'names', 'task', 'path', 'train', 'val', 'test', 'download', 'name', 'model', 'title', 'type'],
  ...['description', 'author', 'authors', 'date', 'version', 'license', 'url', 'source', 'info', 'note', 'notes'],
  ...['comment', 'comments', 'summary', 'paper', 'arxiv', 'reference', 'references', 'metadata', 'meta', 'yaml_file'],
  ...['custom', 'scale', 'module', 'sem_nc', 'imgsz', 'img_size', 'input_size', 'weights', 'pretrained', 'device'],
]);

/** The keys, read at the top of a file, that a reader of this dialect does not look at. */
interface Keys {
  readonly problems: readonly Problem[];
  /** Those that no version reads and that are not meant for another key: a fork’s own. */
  readonly strange: readonly (Range & { readonly text: string })[];
}

export function checkKeys(top: Mapping, dialect: Dialect): Keys {
  const problems: Problem[] = [];
  const strange: (Range & { readonly text: string })[] = [];
  let targets: ReadonlySet<YamlNode> | undefined;
  const written = new Set(top.entries.map(({ key }) => (key.kind === 'scalar' ? key.text : '')));
  const isOurs = (key: string): boolean => isRead(key, dialect);
  const known = [...common, ...Object.keys(readByOne).filter(isOurs), ...(dialect.evaluates ? ['anchors'] : [])];
  for (const { key, value } of top.entries) {
    if (key.kind !== 'scalar') continue;
    const { text } = key;
    const range = { from: key.from, to: key.to };
    if (text === '<<' || /^[._]|^x-/.test(text) || isOurs(text)) {
      if (text === 'channel_multiple') problems.push(newer(range));
      continue;
    }
    const one = Object.hasOwn(readByOne, text) ? readByOne[text] : undefined;
    const instead = Object.hasOwn(meant, text) ? meant[text] : undefined;
    if (one) {
      const message =
        one.by === 'Ultralytics and YOLOv5'
          ? l10n.t('Only Ultralytics and YOLOv5 read `{0}`; {1} ignores it.', text, dialect.by)
          : one.by === 'Ultralytics'
            ? l10n.t('Only Ultralytics reads `{0}`; {1} ignores it.', text, dialect.by)
            : l10n.t('Only YOLOv5 after v7.0 reads `{0}`; {1} ignores it.', text, dialect.by);
      problems.push({ range, severity: 'warning', code: 'key-of-other-dialect', message, help: one.instead?.() });
    } else if (instead) {
      const target = instead.key !== undefined && known.includes(instead.key) ? instead.key : undefined;
      const help = target === undefined ? instead.hint?.() : advise(text, target, written);
      const message = l10n.t('No version reads `{0}`, so it has no effect.', text);
      const offered = target !== undefined && !written.has(target);
      const fix = offered ? respelling(text, target, range) : {};
      problems.push({ range, severity: 'warning', code: 'unknown-key', message, help, ...fix });
    } else if (!notes.has(text)) {
      const typo = text.length > 3 ? didYouMean(text, known) : typoOf(text, known);
      if (typo === undefined) {
        // `base: &base {…}`: it is there for the aliases and merges that name it.
        targets ??= targetsOf(top);
        if (value.kind !== 'alias' && targets.has(value)) continue;
        strange.push({ ...range, text });
        continue;
      }
      const message = l10n.t('No version reads `{0}`, so it has no effect.', text);
      const help = l10n.t('Did you mean `{0}`?', typo);
      problems.push({
        range,
        severity: 'warning',
        code: 'unknown-key',
        message,
        help,
        ...respelling(text, typo, range),
      });
    }
  }
  return { problems, strange };
}

/** Whether parse_model of a dialect looks at a key. */
export function isRead(key: string, { id, evaluates, activation }: Dialect): boolean {
  // Forks of YOLOv5 before v7.0 have an activation of their own.
  if (key === 'activation') return activation === undefined;
  if ((common as readonly string[]).includes(key)) return true;
  const by = Object.hasOwn(readByOne, key) ? readByOne[key]!.by : undefined;
  if (by === 'YOLOv5 after v7.0') return id === 'yolov5';
  return by === 'Ultralytics' && !evaluates;
}

/** What the keys say, and what is written for them first. */
const explained: Readonly<Record<string, { readonly value: string; readonly doc: () => string }>> = {
  nc: { value: '${1:80}', doc: () => l10n.t('Number of classes.') },
  scales: {
    value: '\n  ${1:n}: [${2:0.50}, ${3:0.25}, ${4:1024}]',
    doc: () => l10n.t('The scales of the family, each with [depth, width, max_channels].'),
  },
  backbone: {
    value: '\n  - [-1, 1, Conv, [${1:64}, ${2:3}, ${3:2}]]',
    doc: () => l10n.t('The first rows: [from, repeats, module, args].'),
  },
  head: {
    value: '\n  - [-1, 1, Conv, [${1:64}, ${2:1}]]',
    doc: () => l10n.t('The rows after the backbone, numbered on from it.'),
  },
  depth_multiple: { value: '${1:0.33}', doc: () => l10n.t('The factor for repeats above 1.') },
  width_multiple: { value: '${1:0.50}', doc: () => l10n.t('The factor for channels.') },
  ch: { value: '${1:3}', doc: () => l10n.t('Channels of the image.') },
  channels: { value: '${1:3}', doc: () => l10n.t('Channels of the image.') },
  activation: { value: '${1:nn.SiLU()}', doc: () => l10n.t('The activation of every Conv that names none.') },
  kpt_shape: { value: '[${1:17}, ${2:3}]', doc: () => l10n.t('Key points of a pose, and numbers for each.') },
  end2end: { value: '${1:True}', doc: () => l10n.t('Whether heads need no non-maximum suppression.') },
  reg_max: { value: '${1:16}', doc: () => l10n.t('Bins of the box distributions.') },
  channel_multiple: { value: '${1:8}', doc: () => l10n.t('The number that channels are multiples of.') },
  anchors: {
    value: '\n  - [${1:10,13, 16,30, 33,23}]\n  - [${2:30,61, 62,45, 59,119}]\n  - [${3:116,90, 156,198, 373,326}]',
    doc: () => l10n.t('Widths and heights of the anchors, one list per level.'),
  },
};

/** The keys that a dialect reads and that need to be explained, those that must be there first. */
export function readKeys(
  dialect: Dialect,
): readonly { readonly name: string; readonly value: string; readonly doc: string }[] {
  const isOurs = (key: string): boolean => isRead(key, dialect) || (key === 'anchors' && dialect.evaluates);
  const names = [...dialect.required, ...Object.keys(explained).filter(key => !dialect.required.includes(key))];
  return names.flatMap(name => {
    const found = explained[name];
    return found && isOurs(name) ? [{ name, value: found.value, doc: found.doc() }] : [];
  });
}

function advise(text: string, target: string, written: ReadonlySet<string>): string {
  return written.has(target)
    ? l10n.t('`{0}` is read instead; remove `{1}`.', target, text)
    : l10n.t('Use `{0}`.', target);
}

const newer = (range: Range): Problem => ({
  range,
  severity: 'information',
  code: 'newer-key',
  message: l10n.t(
    'YOLOv5 after v7.0 makes channels multiples of this number; v7.0 itself ignores the key and makes them multiples of 8.',
  ),
});

/** What aliases at the top of the file, and two levels into it, stand for: `scales: {<<: *base}`. */
function targetsOf(top: Mapping): ReadonlySet<YamlNode> {
  const found = new Set<YamlNode>();
  const visit = (node: YamlNode, depth: number): void => {
    if (node.kind === 'alias') {
      if (node.target) found.add(node.target);
    } else if (depth > 3) return;
    else if (node.kind === 'sequence') for (const item of node.items) visit(item, depth + 1);
    else if (node.kind === 'mapping') for (const { value } of node.entries) visit(value, depth + 1);
  };
  visit(top, 0);
  return found;
}

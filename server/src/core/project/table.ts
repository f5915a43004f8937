// Every key of `flopline.yaml`, with its type and description. The reader, the JSON Schema, completion, hovers and
// docs/project.md are derived from this table.

import * as l10n from '@vscode/l10n';
import { resolved, scalarValue, type YamlNode } from '../syntax/tree.ts';
import { sentences } from '../text/sentences.ts';
import { suggestion } from '../text/spelling.ts';
import { clip } from '../text/wording.ts';
import { builtInDevices } from './devices.ts';
import type { Budget, ChannelsRule, Device, Limits, Project, Rule, RuleParameter, Size } from './project.ts';
import {
  amount,
  entriesOf,
  isNothing,
  type Located,
  listOf,
  located,
  mapping,
  namesOf,
  type Report,
  type Shape,
  text,
  wrongValue,
} from './shape.ts';

/** Data types for which a device can have a speed. */
const dtypes = ['fp32', 'fp16', 'bf16', 'int8'] as const;

/** `[3, 640, 640]`, a mapping from input names to sizes, or the syntax of comments: `1,128:int64`. */
const sizes: Shape<readonly Size[] | string> = {
  read: (node, report, owner) => {
    const target = resolved(node);
    if (!target) return undefined;
    if (target.kind === 'scalar') {
      return inputText.test(target.text) ? target.text.trim() : wrongSizes(report, node, owner);
    }
    if (target.kind === 'mapping') {
      return target.entries.flatMap(({ key, value }): Size[] => {
        const own = sizesOf(value);
        if (key.kind !== 'scalar' || !own) return wrongSizes(report, value, owner) ?? [];
        return [{ name: key.text, sizes: own }];
      });
    }
    const own = sizesOf(node);
    return own ? [{ sizes: own }] : wrongSizes(report, node, owner);
  },
  schema: () => {
    const list = { type: 'array', minItems: 1, items: { type: 'integer', minimum: 1 } };
    return {
      anyOf: [
        list,
        { type: 'object', additionalProperties: list },
        { type: ['string', 'integer'], pattern: inputText.source },
      ],
    };
  },
};

/** The syntax of comments: `320`, `3x320x320`, `image=1,3,320,320`, `1,128:int64;1,128:int64`. */
const inputText =
  /^\s*(?:(?:[A-Za-z_][\w.-]*\s*=\s*)?0*[1-9]\d{0,8}(?:\s*[,x×]\s*0*[1-9]\d{0,8})*\s*(?::\s*[a-z]\w*\s*)?(?:;|$)\s*)+$/;

/** One of the data types. */
const dtype: Shape<string> = {
  words: dtypes,
  read: (node, report, owner) => {
    const target = resolved(node);
    if (!target) return undefined;
    const written = target.kind === 'scalar' ? target.text.trim() : '';
    if ((dtypes as readonly string[]).includes(written)) return written;
    const message =
      written === ''
        ? l10n.t('`{0}` must be a word.', owner)
        : l10n.t('`{0}` cannot be “{1}”.', owner, clip(written, 40));
    const help = sentences(suggestion(written, dtypes), l10n.t('Use one of {0}.', dtypes.join(', ')));
    wrongValue(report, node, message, help);
    return undefined;
  },
  schema: () => ({ enum: dtypes }),
};

function sizesOf(node: YamlNode): readonly number[] | undefined {
  const target = resolved(node);
  if (target?.kind !== 'sequence' || target.items.length === 0) return undefined;
  const list = target.items.map(item => {
    const scalar = resolved(item);
    return scalar?.kind === 'scalar' ? scalarValue(scalar) : undefined;
  });
  return list.every(size => typeof size === 'number' && Number.isSafeInteger(size) && size >= 1)
    ? (list as readonly number[])
    : undefined;
}

function wrongSizes(report: Report, node: YamlNode, owner: string): undefined {
  const message = l10n.t('`{0}` must be a list of whole numbers ≥ 1.', owner);
  const help = l10n.t('For example: {0}.', `${owner}: [3, 640, 640]`);
  wrongValue(report, node, message, help);
}

/** `same`, `sum`, `argument 1`, `argument out`, `argument 1 unscaled`; names are resolved once the rule is complete. */
const channels: Shape<string> = {
  words: ['same', 'sum', 'argument 1', 'argument 1 unscaled'],
  read: (node, report, owner) => {
    const target = resolved(node);
    if (!target) return undefined;
    const written = target.kind === 'scalar' ? target.text.trim().replace(/\s+/g, ' ') : '';
    if (argumentOf.test(written) || written === 'same' || written === 'sum') return written;
    const message =
      written === ''
        ? l10n.t('`{0}` must be a word.', owner)
        : l10n.t('`{0}` cannot be “{1}”.', owner, clip(written, 40));
    const meant = suggestion(written, ['same', 'sum', 'argument 1']);
    report(node, 'wrong-channels-rule', message, { help: sentences(meant, channelsHelp()) });
    return undefined;
  },
  schema: () => ({
    type: 'string',
    anyOf: [{ enum: ['same', 'sum', 'argument 1'] }, { pattern: '^\\s*argument\\s+\\w+(\\s+unscaled)?\\s*$' }],
  }),
};

const argumentOf = /^argument (?:([1-9]\d?)|([A-Za-z_]\w*))( unscaled)?$/;

const channelsHelp = (): string =>
  l10n.t('Use {0}, or {1} for the first argument of the row.', '`same`, `sum`', '`argument 1`');

/** `kernel` or `kernel=3`. */
const parameter: Shape<RuleParameter> = {
  read: (node, report) => {
    const target = resolved(node);
    if (!target) return undefined;
    const written = target.kind === 'scalar' ? target.text : '';
    const match = /^\s*([A-Za-z_]\w*)\s*(?:=(.*))?$/s.exec(written);
    if (!match) {
      const message = l10n.t(
        'An argument must be a name, such as `kernel`, or a name with its default, such as `kernel=3`.',
      );
      wrongValue(report, node, message);
      return undefined;
    }
    const [, name, value] = match;
    if (reservedNames.has(name!)) {
      const message = l10n.t('“{0}” is reserved, so it cannot be the name of an argument.', name!);
      report(node, 'reserved-parameter', message, { help: l10n.t('Use another name.') });
      return undefined;
    }
    const range = { from: node.from, to: node.to };
    return {
      name: name!,
      default:
        value === undefined ? undefined : scalarValue({ kind: 'scalar', style: 'plain', text: value.trim(), ...range }),
    };
  },
  schema: () => ({ type: 'string', pattern: '^\\s*[A-Za-z_]\\w*\\s*(=.*)?$' }),
};

/** Names that are predefined in a body. */
export const reservedNames: ReadonlySet<string> = new Set(['in', 'out', 'repeats', 'channels', 'features']);

/** Rows of Flopline YAML, which are checked by that format's reader. */
const body: Shape<YamlNode> = {
  read: (node, report, owner) => {
    if (isNothing(node)) return undefined;
    const target = resolved(node);
    if (target?.kind === 'sequence') return node;
    const help = l10n.t('For example: {0}.', '`body: [conv: {out: $out, kernel: 3, padding: same}]`');
    if (target) wrongValue(report, node, l10n.t('`{0}` must be a list.', owner), help);
    return undefined;
  },
  schema: () => ({ type: ['array', 'null'], items: { $ref: 'flopline.schema.json#/definitions/row' } }),
};

interface WrittenRule extends Omit<Rule, 'channels' | 'fault'> {
  readonly channels?: Located<string>;
}

const writtenRule = mapping<WrittenRule>(
  {
    arguments: {
      doc: () =>
        l10n.t(
          'Names of the arguments of a row, in their order, with their defaults: `[c2, kernel=3]`. In the body, `$kernel` is then the same as `$2`.',
        ),
      example: '[c2, kernel=3]',
      shape: listOf(parameter),
    },
    channels: {
      doc: () =>
        l10n.t(
          'How many channels come out: as many as come in (`same`), those of all inputs together (`sum`), or an argument of the row (`argument 1`), which the width of the scale multiplies as it does for the modules of Ultralytics (`argument 1 unscaled`: as it is written). Default: what the body outputs.',
        ),
      example: 'argument 1',
      shape: located(channels),
    },
    body: {
      doc: () =>
        l10n.t(
          'Rows of Flopline YAML that cost what the module costs. They know `$in` and `$out`, the channels that come in and go out, `$1`, `$2`, … and the names under `arguments`, which are the arguments of the row, and `$repeats`.',
        ),
      example: '[conv: {out: $out, kernel: 3, padding: same}]',
      shape: body,
    },
  },
  '`channels: same`',
);

const rule: Shape<Rule> = {
  ...writtenRule,
  read: (node, report, owner) => {
    const { channels: written, ...rest } = writtenRule.read(node, report, owner) ?? {};
    const names = (rest.arguments ?? []).map(({ name }) => name);
    const found = written && channelsRule(written, names, report);
    return { ...rest, ...(found ? { channels: found } : {}) };
  },
};

function channelsRule(
  { value, range }: Located<string>,
  names: readonly string[],
  report: Report,
): ChannelsRule | undefined {
  if (value === 'same' || value === 'sum') return { kind: value };
  const [, number, name, unscaled] = argumentOf.exec(value)!;
  const index = number === undefined ? names.indexOf(name!) : Number(number) - 1;
  if (index >= 0) return { kind: 'argument', index, isScaled: unscaled === undefined };
  const message = l10n.t('“{0}” is not among the arguments of this rule.', name!);
  const help = sentences(suggestion(name!, names), channelsHelp());
  report(range, 'wrong-channels-rule', message, { help });
  return undefined;
}

/** `models/net.py:Net()`. */
const entry: Shape<string> = {
  read: (node, report, owner) => {
    const written = text().read(node, report, owner);
    if (written === undefined || /^.+\.pyw?:.+$/s.test(written)) return written;
    const message = l10n.t('“{0}” does not name a file and a network in it.', clip(written, 60));
    wrongValue(report, node, message, l10n.t('For example: {0}.', "'models/net.py:Net()'"));
    return undefined;
  },
  schema: () => ({ type: 'string', pattern: '^.+\\.pyw?:.+$' }),
};

const limits = mapping<Limits>(
  {
    macs: { doc: () => l10n.t('MACs of one sample.'), example: '5G', shape: located(amount('macs')) },
    params: { doc: () => l10n.t('Parameters.'), example: '3.2M', shape: located(amount('params')) },
    bytes: { doc: () => l10n.t('Size of all parameters.'), example: '13MB', shape: located(amount('bytes')) },
    peak: { doc: () => l10n.t('Peak memory of the activations.'), example: '40MB', shape: located(amount('bytes')) },
    time: {
      doc: () => l10n.t('Estimated time on a device of `devices`, by its roofline.'),
      example: '{device: my-gpu, ms: 30}',
      shape: mapping<NonNullable<Limits['time']>>(
        {
          device: {
            doc: () => l10n.t('One of `devices`, or a built-in one: {0}.', [...builtInDevices.keys()].join(', ')),
            example: 'my-gpu',
            shape: located(text()),
          },
          ms: { doc: () => l10n.t('Milliseconds.'), example: '30', shape: located(amount('milliseconds')) },
        },
        '`time: {device: my-gpu, ms: 30}`',
        ({ device, ms }, node, report) => {
          if (!device) missing(report, node, 'time', 'device');
          if (!ms) missing(report, node, 'time', 'ms');
        },
      ),
    },
  },
  '`limits: {macs: 5G}`',
);

/** Reports missing keys, unless one of them exists but could not be read. */
function missing(report: Report, node: YamlNode, owner: string, ...keys: readonly string[]): void {
  const target = resolved(node);
  if (target?.kind !== 'mapping') return;
  if (target.entries.some(({ key }) => key.kind === 'scalar' && keys.includes(key.text))) return;
  const list = keys.map(key => `\`${key}\``);
  const message =
    list.length === 1
      ? l10n.t('`{0}` needs {1}.', owner, list[0]!)
      : l10n.t('`{0}` needs {1} or {2}.', owner, list[0]!, list[1]!);
  const first = target.entries[0]?.key ?? target;
  report(first, 'missing-project-key', message);
}

const budget = mapping<Budget>(
  {
    files: {
      doc: () =>
        l10n.t(
          'Files that the budget is for: names or globs (`*`, `**`, `?`, `{a,b}`, `[a-z]`; `!` in front excludes), relative to the folder of `flopline.yaml`.',
        ),
      example: "['models/**/*.yaml']",
      shape: listOf(located(text())),
    },
    entries: {
      doc: () => l10n.t('Networks of Python files: the file, a colon, and the expression that builds the network.'),
      example: "['models/net.py:Net(num_classes=10)']",
      shape: listOf(located(entry)),
    },
    input: {
      doc: () =>
        l10n.t(
          'Input size without the batch; or sizes with the batch by name of the input; or a string as in a comment, such as `1,128:int64`. Default: that of the network.',
        ),
      example: '[3, 640, 640]',
      shape: located(sizes),
    },
    scale: {
      doc: () => l10n.t('Scale of a YOLO model. Default: that of the file.'),
      example: 'n',
      shape: located(text()),
    },
    dtype: {
      doc: () =>
        l10n.t(
          'Data type of parameters and activations, for sizes in bytes and for the speed of a device. Default: that of the file, or else `fp32`.',
        ),
      example: 'fp16',
      shape: located(dtype),
    },
    limits: {
      doc: () => l10n.t('What the network may cost at most.'),
      example: '{macs: 5G, params: 3.2M}',
      shape: limits,
    },
  },
  "`{files: ['models/*.yaml'], limits: {macs: 5G}}`",
  ({ files, entries, limits: own }, node, report) => {
    if (!files && !entries) missing(report, node, 'budgets', 'files', 'entries');
    if (!own) missing(report, node, 'budgets', 'limits');
  },
);

const device = mapping<Device>(
  {
    flops: {
      doc: () => l10n.t('Operations per second, by data type. A MAC is two operations.'),
      example: '{fp32: 10T, fp16: 20T}',
      shape: speeds(),
    },
    bandwidth: {
      doc: () => l10n.t('Bytes per second between the memory and the processor.'),
      example: '300GB/s',
      shape: amount('bandwidth'),
    },
  },
  '`my-gpu: {flops: {fp32: 10T}, bandwidth: 300GB/s}`',
);

function speeds(): Shape<ReadonlyMap<string, Located<number>>> {
  const speed = (dtype: string) => ({
    doc: () => l10n.t('Operations per second in {0}.', dtype),
    example: '10T',
    shape: located(amount('rate')),
  });
  const of = mapping<Partial<Record<(typeof dtypes)[number], Located<number>>>>(
    { fp32: speed('fp32'), fp16: speed('fp16'), bf16: speed('bf16'), int8: speed('int8') },
    '`flops: {fp32: 10T}`',
  );
  return {
    ...of,
    read: (node, report, owner) => new Map(Object.entries(of.read(node, report, owner) ?? {})),
  };
}

/** The top level of the file. */
export type Written = Partial<Omit<Project, 'path' | 'text' | 'root' | 'problems'>>;

export const top = mapping<Written>(
  {
    source: {
      doc: () =>
        l10n.t(
          'Folder from which the imports of Python files are resolved, relative to this file. Settings of the editor are for projects that do not say it.',
        ),
      example: '.',
      shape: located(text()),
    },
    python: {
      doc: () =>
        l10n.t(
          'Python environment, or folder of installed packages, whose source may be read for imports, relative to this file. It is never executed.',
        ),
      example: '.venv',
      shape: located(text()),
    },
    modules: {
      doc: () => l10n.t('Cost rules: what a module costs whose source cannot be read, by its name in the rows.'),
      example: '{DCNv3: {channels: argument 1, body: [conv: {out: $out, kernel: 3, padding: same}]}}',
      shape: namesOf(rule, '`DCNv3: {channels: argument 1, body: […]}`'),
    },
    budgets: {
      doc: () => l10n.t('What networks of this project may cost.'),
      example: "[{files: ['models/*.yaml'], limits: {macs: 5G}}]",
      shape: entriesOf(budget, "`budgets: [{files: ['models/*.yaml'], limits: {macs: 5G}}]`"),
    },
    devices: {
      doc: () => l10n.t('Devices that limits of time are for.'),
      example: '{my-gpu: {flops: {fp32: 10T}, bandwidth: 300GB/s}}',
      shape: namesOf(device, '`my-gpu: {flops: {fp32: 10T}, bandwidth: 300GB/s}`'),
    },
  },
  '`source: .`',
);

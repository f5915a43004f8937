// The tops of a layer: from its type, or what is still known if its type, fields or blobs are wrong.
import * as l10n from '@vscode/l10n';
import type { Tensor } from '../../graph/graph.ts';
import type { Shape } from '../../ops/op.ts';
import { type ProtoField, protoNumber } from '../../syntax/prototext.ts';
import type { Problem } from '../../text/problem.ts';
import { type Reason, reasonOf } from '../../text/reason.ts';
import { guess, likelyName } from '../../text/spelling.ts';
import { clip } from '../../text/wording.ts';
import { isPadding, type Layer, valueRange } from './layer.ts';
import { type LayerType, sameButCase, typeNames, typeOf } from './layers/index.ts';
import type { Scope } from './layers/layer.ts';
import { blobCount, lacksBias } from './layers/parameters.ts';

/** One tensor per top, at least one. */
export function outputsOf(scope: Scope, type: LayerType | undefined): readonly Tensor[] {
  const { builder, layer, inputs } = scope;
  if (isPadding(layer)) return inputs.slice(0, 1);
  // A type that differs only in case is reported, but read.
  const why = typeOf(layer.type) ? undefined : unknownType(scope, type !== undefined);
  if (!type) return unknowns(scope, why!);
  const [least, most] = type.bottoms;
  if (inputs.length < least || inputs.length > most) {
    const reason = builder.complain({
      code: 'wrong-input-count',
      attr: 'type',
      message: bottomCount(layer.type, type.bottoms, inputs.length),
      short: l10n.t('wrong number of bottoms'),
    });
    return unknowns(scope, reason);
  }
  const unread = unreadable(scope);
  const broken =
    layer.fault?.reach === 'unknown' ? layer.fault.why : unread && l10n.t('“{0}” cannot be read', unread.name);
  if (broken !== undefined) {
    // These output the shape of their input, whatever their fields say.
    const shape = !unread && keepingShape.has(layer.type) ? inputs[0]?.shape : undefined;
    return unknowns(scope, broken, shape);
  }
  const outputs = type.build(scope);
  tooManyParams(scope);
  const count = layer.tops.length;
  if (count < type.tops[0]) {
    builder.complain({
      code: 'missing-top',
      attr: 'type',
      message:
        count === 0
          ? l10n.t('This {0} has no top.', layer.type)
          : l10n.t('{0} has {1} tops, but only {2} is listed.', layer.type, type.tops[0], count),
      help: l10n.t('Add top: "…".'),
    });
  }
  if (count <= Math.max(outputs.length, type.tops[1])) {
    return layer.tops.map(
      (_, at) => outputs[at] ?? builder.unknown(l10n.t('the output of {0} is not known here', layer.type), inputs),
    );
  }
  const reason = builder.complain({
    code: 'too-many-tops',
    attr: 'type',
    message:
      type.tops[1] === 0
        ? l10n.t('{0} has no top, but {1} are listed.', layer.type, count)
        : type.tops[1] === 1
          ? l10n.t('{0} has one top, but {1} are listed.', layer.type, count)
          : l10n.t('{0} has at most {1} tops, but {2} are listed.', layer.type, type.tops[1], count),
    short: l10n.t('too many tops'),
  });
  return layer.tops.map((_, at) => outputs[at] ?? builder.unknown(reason, inputs));
}

/** An unknown tensor per top, at least one. */
function unknowns({ builder, layer, inputs }: Scope, why: string | Reason, shape?: Shape): readonly Tensor[] {
  if (layer.tops.length === 0) return [builder.unknown(why, inputs)];
  return layer.tops.map(() => builder.unknown(why, inputs, shape));
}

function bottomCount(type: string, [min, max]: readonly [number, number], count: number): string {
  if (max === 0) return l10n.t('{0} takes no bottom, but {1} is listed.', type, count);
  if (min === max) {
    return min === 1
      ? l10n.t('{0} takes 1 bottom, not {1}.', type, count)
      : l10n.t('{0} takes {1} bottoms, not {2}.', type, min, count);
  }
  if (max < 1000) return l10n.t('{0} takes {1} to {2} bottoms, not {3}.', type, min, max, count);
  return min === 1
    ? l10n.t('{0} takes at least 1 bottom, not {1}.', type, count)
    : l10n.t('{0} takes at least {1} bottoms, not {2}.', type, min, count);
}

function tooManyParams(scope: Scope): void {
  const { builder, layer } = scope;
  if (layer.paramNames.length === 0 || layer.form !== 'current') return;
  const count = blobCount(scope);
  if (count === undefined || layer.paramNames.length <= count) return;
  const extra = layer.message.fields.filter(({ name, value }) => name === 'param' && value)[count]!;
  const { type } = layer;
  builder.problem({
    range: { from: extra.from, to: extra.nameTo },
    severity: 'error',
    code: 'too-many-params',
    message:
      count === 0
        ? l10n.t('This {0} has no parameter blobs, so there is nothing for “param” to set.', type)
        : count === 1
          ? l10n.t('This {0} has 1 parameter blob, so a second “param” is too many.', type)
          : l10n.t('This {0} has {1} parameter blobs, so “param” number {2} is too many.', type, count, count + 1),
    help: lacksBias(scope) ? l10n.t('Remove it, or set bias_term: true.') : l10n.t('Remove it.'),
  });
}

function unknownType({ builder, layer }: Scope, isRead: boolean): Reason | undefined {
  const { type, typeField } = layer;
  if (isRead && isForkValue(layer)) return undefined;
  const header = { from: layer.field.from, to: layer.field.nameTo };
  const at = valueRange(typeField) ?? header;
  if (type === '') {
    const example = layer.form === 'v1' ? 'CONVOLUTION' : '"Convolution"';
    builder.problem({
      range: at,
      severity: 'error',
      code: 'missing-type',
      message: l10n.t('This layer has no type.'),
      help: l10n.t('Add one, for example type: {0}.', example),
    });
    return reasonOf(l10n.t('the layer has no type'));
  }
  const meant = sameButCase(type) ?? (builder.problems.length < maxSpelled ? likelyName(type, typeNames) : undefined);
  const shown = clip(type, 60);
  const problem: Problem = {
    range: at,
    severity: isRead ? 'error' : 'warning',
    code: 'unknown-type',
    ...(meant === undefined
      ? { message: l10n.t('Flopline does not know the layer type “{0}”, so its output is unknown.', shown) }
      : {
          message: l10n.t('Flopline does not know the layer type “{0}”.', shown),
          help: l10n.t('Did you mean “{0}”?', meant),
        }),
  };
  const fixes =
    meant !== undefined && layer.form === 'current'
      ? [
          {
            title: l10n.t('Change to “{0}”', meant),
            edits: [{ ...at, text: `"${meant}"` }],
            ...guess(type, meant),
          },
        ]
      : undefined;
  builder.problem(fixes ? { ...problem, fixes } : problem);
  return reasonOf(l10n.t('the layer type “{0}” is not known', shown));
}

/** If there are more problems than this, suggestions are not computed. */
export const maxSpelled = 500;

/** Forks of the V1 format have values of their own: `type: CROP`, `type: UPSAMPLE`. */
export function isForkValue({ form, type, typeField }: Layer): boolean {
  return form === 'v1' && typeField?.value?.kind === 'word' && type === type.toUpperCase();
}

/** Layers whose top has the shape of their bottom, whatever their fields say. */
const keepingShape: ReadonlySet<string> = new Set([
  ...['ReLU', 'ReLU6', 'PReLU', 'ELU', 'SELU', 'SeLu', 'Sigmoid', 'TanH', 'BNLL', 'Swish', 'HardSwish', 'HardSigmoid'],
  ...[
    'Mish',
    'AbsVal',
    'Dropout',
    'SpatialDropout',
    'SeLuDropout',
    'Power',
    'Exp',
    'Log',
    'Threshold',
    'Clip',
    'Softmax',
  ],
  ...['BatchNorm', 'BN', 'Scale', 'Bias', 'LRN', 'Normalize'],
]);

/** Fields without which not even the rank of the output is known, with their minimum. */
const structural: ReadonlyMap<string, number> = new Map([
  // Negative values count from the end.
  ['axis', Number.NEGATIVE_INFINITY],
  ['end_axis', Number.NEGATIVE_INFINITY],
  ['num_axes', Number.NEGATIVE_INFINITY],
  ['concat_axis', Number.NEGATIVE_INFINITY],
  ['concat_dim', 0],
  ['slice_dim', 0],
  ['slice_point', 0],
  ['order', 0],
  ['top_k', 0],
]);

/** The first of these fields without a valid number, which has been reported already. */
function unreadable({ param }: Scope): ProtoField | undefined {
  return param.message?.fields.find(({ name, value }) => {
    const least = value && structural.get(name);
    if (least === undefined) return false;
    const number = protoNumber(value) ?? Number.NaN;
    return !Number.isSafeInteger(number) || number < least;
  });
}

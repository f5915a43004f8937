// What a layer makes: what its type says, or what is known where its type, its fields, or its blobs are not right.
import type { Tensor } from '../../graph/graph.ts';
import { type ProtoField, protoNumber } from '../../syntax/prototext.ts';
import type { Repair } from '../../text/problem.ts';
import { guess, likelyName } from '../../text/spelling.ts';
import { isPadding, type Layer, valueRange } from './items.ts';
import { type LayerType, sameButCase, typeNames, typeOf } from './layers/index.ts';
import type { Scope } from './layers/layer.ts';
import { blobCount, lacksBias } from './layers/parameters.ts';

/** One tensor for each top; at least one. */
export function make(scope: Scope, type: LayerType | undefined): readonly Tensor[] {
  const { builder, layer, inputs } = scope;
  if (isPadding(layer)) return inputs.slice(0, 1);
  // Types that differ in capitals alone are reported and read all the same.
  const why = typeOf(layer.type) ? '' : unknownType(scope, type !== undefined);
  if (!type) {
    if (layer.tops.length === 0) return [builder.unknown(why, inputs)];
    return layer.tops.map(() => builder.unknown(why, inputs));
  }
  const [least, most] = type.bottoms;
  if (inputs.length < least || inputs.length > most) {
    const wanted = least === most ? `${least}` : most >= 1000 ? `at least ${least}` : `${least} to ${most}`;
    const message = `${layer.type} takes ${wanted} bottom${wanted === '1' ? '' : 's'}, but ${inputs.length === 0 ? 'none is' : `${inputs.length} ${inputs.length === 1 ? 'is' : 'are'}`} given.`;
    const reason = builder.complain({ code: 'wrong-inputs', attr: 'type', message });
    return layer.tops.length === 0
      ? [builder.unknown(reason, inputs)]
      : layer.tops.map(() => builder.unknown(reason, inputs));
  }
  const unread = unreadable(scope);
  const broken = layer.fault?.reach === 'unknown' ? layer.fault.why : unread && `“${unread.name}” cannot be read`;
  if (broken !== undefined) {
    // Whatever it says, these output the shape of their input.
    const shape = !unread && keepingShape.has(layer.type) ? inputs[0]?.shape : undefined;
    return layer.tops.length === 0
      ? [builder.unknown(broken, inputs)]
      : layer.tops.map(() => builder.unknown(broken, inputs, shape));
  }
  const made = type.build(scope);
  tooManyParams(scope);
  if (layer.tops.length < type.tops[0]) {
    const message = `${layer.type} makes ${type.tops[0] === 1 ? 'a blob' : `${type.tops[0]} blobs`}, but ${layer.tops.length === 0 ? 'no top is' : `only ${layer.tops.length} top is`} written. Add top: "…".`;
    builder.complain({ code: 'missing-top', attr: 'type', message });
  }
  if (layer.tops.length <= Math.max(made.length, type.tops[1])) {
    return layer.tops.map((_, at) => made[at] ?? builder.unknown(`what ${layer.type} makes here is not known`, inputs));
  }
  const message = `${layer.type} makes ${type.tops[1] === 1 ? 'one blob' : `at most ${type.tops[1]} blobs`}, but ${layer.tops.length} tops are written.`;
  const reason = builder.complain({ code: 'too-many-tops', attr: 'type', message });
  return layer.tops.map((_, at) => made[at] ?? builder.unknown(reason, inputs));
}

function tooManyParams(scope: Scope): void {
  const { builder, layer } = scope;
  if (layer.blobNames.length === 0 || layer.form !== 'current') return;
  const count = blobCount(scope);
  if (count === undefined || layer.blobNames.length <= count) return;
  const extra = layer.message.fields.filter(({ name, value }) => name === 'param' && value)[count]!;
  const has = count === 0 ? 'no parameters' : count === 1 ? 'one parameter blob' : `${count} parameter blobs`;
  const message = `This ${layer.type} has ${has}, so “param” number ${count + 1} belongs to nothing. Remove it${lacksBias(scope) ? ', or set bias_term: true' : ''}.`;
  const range = { from: extra.from, to: extra.nameTo };
  builder.problem({ range, severity: 'error', code: 'too-many-params', message });
}

function unknownType({ builder, layer }: Scope, isRead: boolean): string {
  const { type, typeField } = layer;
  if (isRead && isForkValue(layer)) return '';
  const header = { from: layer.field.from, to: layer.field.nameTo };
  const at = valueRange(typeField) ?? header;
  if (type === '') {
    const message = `${layer.form === 'current' ? 'A layer' : 'Layers'} must say what ${layer.form === 'current' ? 'it is' : 'they are'}: write type: ${layer.form === 'v1' ? 'CONVOLUTION' : '"Convolution"'}.`;
    builder.problem({ range: at, severity: 'error', code: 'missing-field', message });
    return 'the layer has no type yet';
  }
  const meant = sameButCase(type) ?? (builder.problems.length < maxSpelled ? likelyName(type, typeNames) : undefined);
  const repairs: Repair[] = [];
  if (meant !== undefined) {
    const isWord = typeField?.value?.kind === 'word';
    const text = isWord && layer.form === 'v1' ? meant.toUpperCase() : `"${meant}"`;
    if (layer.form === 'current')
      repairs.push({ title: `Change to “${meant}”`, edits: [{ ...at, text }], ...guess(type, meant) });
  }
  const shown = type.length > 60 ? `${type.slice(0, 59)}…` : type;
  const message = `“${shown}” is not a layer type that Flopline knows.${meant === undefined ? ' What it makes is unknown.' : ` Did you mean “${meant}”?`}`;
  builder.problem({
    range: at,
    severity: isRead ? 'error' : 'warning',
    code: 'unknown-type',
    message,
    ...(repairs.length > 0 ? { repairs } : {}),
  });
  return `the layer type “${shown}” is not known`;
}

/** With so many problems nobody looks for how a name was meant. */
export const maxSpelled = 500;

/** Forks of the older form have values of their own: `type: CROP`, `type: UPSAMPLE`. */
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

/** Fields without which nothing can be said of a shape, not even its rank, and the least that each can be. */
const structural: ReadonlyMap<string, number> = new Map([
  // Counted from the end where negative.
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

/** The first of these whose value is not such a number; the check of fields has reported it. */
function unreadable({ param }: Scope): ProtoField | undefined {
  return param.message?.fields.find(({ name, value }) => {
    const least = value && structural.get(name);
    if (least === undefined) return false;
    const number = protoNumber(value) ?? Number.NaN;
    return !Number.isSafeInteger(number) || number < least;
  });
}

// Draws a convolution with its normalization and its activation together, which a person writes as one class.
import { type Draft, isDraft, type Operation, type Step, tensorKey } from '../../../convert/definition.ts';
import type { Tensor } from '../../../graph/graph.ts';

const names: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/^nn\.Conv\dd$/, 'Conv'],
  [/^nn\.ConvTranspose\dd$/, 'Deconv'],
  [/^nn\.Linear$/, 'Linear'],
  [/^nn\.BatchNorm\dd$/, 'BN'],
  [/^nn\.GroupNorm$/, 'GN'],
  [/^nn\.InstanceNorm\dd$/, 'IN'],
  [/^nn\.LayerNorm$/, 'LN'],
];
const heads = /^nn\.(?:Conv\dd|ConvTranspose\dd|Linear)$/;
const activations = /^nn\.(?:(?:Leaky|P)?ReLU6?|[SCG]?ELU|SiLU|Sigmoid|Tanh|Hard\w+|Mish)$/;
const norms = /^nn\.(?:Batch|Group|Instance|Layer)Norm/;

/** How many of a kind are worth a class. */
const least = 3;

export function units(steps: readonly Step[], isInner: (tensor: Tensor) => boolean): readonly Step[] {
  const result: Step[] = [];
  for (let at = 0; at < steps.length; ) {
    const unit = unitAt(steps, at, isInner);
    if (unit.length > 1) result.push(drawn(unit));
    else result.push(steps[at]!);
    at += unit.length;
  }
  return result;
}

/** The steps of a unit that begins here; the step itself where there is none. */
function unitAt(steps: readonly Step[], first: number, isInner: (tensor: Tensor) => boolean): readonly Step[] {
  const unit = [steps[first]!];
  if (!is(unit[0]!, heads)) return unit;
  for (const pattern of [norms, activations]) {
    const last = unit.at(-1)!;
    const next = steps[first + unit.length];
    const [made] = last.outputs;
    const [given] = next?.inputs ?? [];
    const follows = made && given && next && tensorKey(made) === tensorKey(given) && isInner(made);
    if (follows && next.label === undefined && is(next, pattern)) unit.push(next);
  }
  return unit;
}

function is({ does }: Step, pattern: RegExp): boolean {
  return !isDraft(does) && does.form === 'layer' && pattern.test(does.callee);
}

function drawn(unit: readonly Step[]): Step {
  const [head] = unit;
  const last = unit.at(-1)!;
  const callees = unit.map(({ does }) => (does as Operation).callee);
  const type = callees.map(name => names.find(([pattern]) => pattern.test(name))?.[1] ?? name.slice(3)).join('');
  const { inputs, first, path, label } = head!;
  const { outputs, end } = last;
  const steps = unit.map(step => ({ ...step, label: undefined, path: undefined }));
  const does: Draft = { type, least, steps, inputs, outputs };
  return { label, path, does, inputs, outputs, times: 1, first, end };
}

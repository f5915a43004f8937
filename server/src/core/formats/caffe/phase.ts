// Which layers are active in a phase (Net::FilterNet and StateMeetsRule, net.cpp).
import * as l10n from '@vscode/l10n';
import { type ProtoMessage, protoNumber } from '../../syntax/prototext.ts';
import type { Layer } from './layer.ts';
import { Param } from './param.ts';

export const phases = ['TRAIN', 'TEST'] as const;
export type Phase = (typeof phases)[number];

export interface State {
  readonly phase: Phase;
  readonly level: number;
  readonly stages: readonly string[];
}

/** The state of a text: the selected phase, else its own, else TEST (or TRAIN if training is counted). */
export function stateOf(root: ProtoMessage, wanted: string | undefined, byDefault: Phase = 'TEST'): State {
  const state = new Param(root, undefined).inner('state');
  return {
    phase: phaseOf(wanted) ?? phaseOf(state.word('phase', '', phases)) ?? byDefault,
    level: state.integer('level', 0),
    stages: stages(state.message, 'stage'),
  };
}

export function phaseOf(text: string | undefined): Phase | undefined {
  return phases.find(phase => phase === text?.toUpperCase());
}

/** Why a layer is inactive in a state; undefined if it is active. */
export function absence(layer: Layer, state: State): string | undefined {
  let includes = 0;
  for (const { name, value } of layer.rules) {
    if (value?.kind !== 'message') continue;
    const meets = meetsRule(state, value);
    if (name === 'include') {
      if (meets) return undefined;
      includes++;
    } else if (meets) return l10n.t('Excluded in the {0} phase: one of its `exclude` rules matches.', state.phase);
  }
  return includes > 0
    ? l10n.t('Excluded in the {0} phase: none of its `include` rules matches.', state.phase)
    : undefined;
}

function meetsRule({ phase, level, stages: own }: State, message: ProtoMessage): boolean {
  const rule = new Param(message, undefined);
  if (rule.has('phase') && rule.word('phase', '', phases) !== phase) return false;
  if (level < (protoNumber(rule.field('min_level')?.value) ?? Number.NEGATIVE_INFINITY)) return false;
  if (level > (protoNumber(rule.field('max_level')?.value) ?? Number.POSITIVE_INFINITY)) return false;
  if (stages(message, 'stage').some(stage => !own.includes(stage))) return false;
  return !stages(message, 'not_stage').some(stage => own.includes(stage));
}

function stages(message: ProtoMessage | undefined, name: string): readonly string[] {
  return (message?.fields ?? []).flatMap(field =>
    field.name === name && field.value && field.value.kind !== 'message' ? [field.value.text] : [],
  );
}

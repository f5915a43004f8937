// Which layers a network has in a phase (Net::FilterNet and StateMeetsRule, net.cpp).
import { type ProtoMessage, protoNumber } from '../../syntax/prototext.ts';
import type { Problem } from '../../text/problem.ts';
import { typeOf } from './layers/index.ts';
import { type Layer, layerName } from './net.ts';
import { Param } from './param.ts';

export const phases = ['TRAIN', 'TEST'] as const;
export type Phase = (typeof phases)[number];

export interface State {
  readonly phase: Phase;
  readonly level: number;
  readonly stages: readonly string[];
}

/** The state that the text asks for, in the phase that a person chose, else its own, else TEST. */
export function stateOf(root: ProtoMessage, wanted: string | undefined): State {
  const state = new Param(root, undefined).inner('state');
  return {
    phase: phaseOf(wanted) ?? phaseOf(state.word('phase', '', phases)) ?? 'TEST',
    level: state.integer('level', 0),
    stages: stages(state.message, 'stage'),
  };
}

/** The state that a file is read in, and what is said where that is not the one it would have by default. */
export interface Choice {
  readonly state: State;
  readonly instead: Problem | undefined;
}

/**
 * As `stateOf`; but where nobody says a phase and what feeds the network is there in TRAIN alone (train.prototxt, beside
 * test.prototxt), TEST would have nothing to read: then it is TRAIN.
 */
export function stateFor(root: ProtoMessage, layers: readonly Layer[], wanted: string | undefined): Choice {
  const state = stateOf(root, wanted);
  const isSaid = phaseOf(wanted) !== undefined || new Param(root, undefined).inner('state').has('phase');
  if (isSaid || root.fields.some(({ name }) => name === 'input')) return { state, instead: undefined };
  const sources = layers.filter(isSource);
  const training: State = { ...state, phase: 'TRAIN' };
  const source = sources.find(layer => absence(layer, training) === undefined);
  if (!source || sources.some(layer => absence(layer, state) === undefined)) return { state, instead: undefined };
  const message = `“${layerName(source)}” provides data in the TRAIN phase only, so this file is read in TRAIN. To make that explicit, add a comment or set flopline.phase.`;
  const range = { from: source.field.from, to: source.field.nameTo };
  const edits = [{ from: 0, to: 0, text: '# flopline: phase=TRAIN\n' }];
  const repairs = [{ title: 'Insert “# flopline: phase=TRAIN”', edits }];
  return {
    state: training,
    instead: { range, severity: 'information', code: 'read-as-train', message, repairs },
  };
}

/** A layer that feeds the network. */
function isSource({ type, bottoms, tops }: Layer): boolean {
  return typeOf(type) ? typeOf(type)!.bottoms[1] === 0 : bottoms.length === 0 && tops.length > 0;
}

export function phaseOf(text: string | undefined): Phase | undefined {
  return phases.find(phase => phase === text?.toUpperCase());
}

/** Why a layer is not there in a state, in words; undefined where it is. */
export function absence(layer: Layer, state: State): string | undefined {
  let includes = 0;
  for (const { name, value } of layer.message.fields) {
    if (value?.kind !== 'message' || (name !== 'include' && name !== 'exclude')) continue;
    const meets = meetsRule(state, value);
    if (name === 'include') {
      if (meets) return undefined;
      includes++;
    } else if (meets) return `Not there in the ${state.phase} phase: one of its \`exclude\` rules holds.`;
  }
  return includes > 0 ? `Not there in the ${state.phase} phase: none of its \`include\` rules holds.` : undefined;
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

// The state that a file is read in: its phase, level and stages.
import type { ProtoMessage } from '../../syntax/prototext.ts';
import type { Problem } from '../../text/problem.ts';
import { layerName, type PlacedLayer } from './items.ts';
import { typeOf } from './layers/index.ts';
import { Param } from './param.ts';
import { absence, phaseOf, type State, stateOf } from './phase.ts';

/** The state that a file is read in, and what is said where that is not the one it would have by default. */
export interface Choice {
  readonly state: State;
  readonly instead: Problem | undefined;
}

/**
 * As `stateOf`; but where nobody says a phase and what feeds the network is there in TRAIN alone (train.prototxt, beside
 * test.prototxt), TEST would have nothing to read: then it is TRAIN.
 */
export function stateFor(root: ProtoMessage, layers: readonly PlacedLayer[], wanted: string | undefined): Choice {
  const state = stateOf(root, wanted);
  const isSaid = phaseOf(wanted) !== undefined || new Param(root, undefined).inner('state').has('phase');
  if (isSaid || root.fields.some(({ name }) => name === 'input')) return { state, instead: undefined };
  const sources = layers.filter(isSource);
  const training: State = { ...state, phase: 'TRAIN' };
  const source = sources.find(({ layer }) => absence(layer, training) === undefined);
  if (!source || sources.some(({ layer }) => absence(layer, state) === undefined)) return { state, instead: undefined };
  const message = `“${layerName(source.layer)}” provides data in the TRAIN phase only, so this file is read in TRAIN. To make that explicit, add a comment or set flopline.phase.`;
  const edits = [{ from: 0, to: 0, text: '# flopline: phase=TRAIN\n' }];
  const repairs = [{ title: 'Insert “# flopline: phase=TRAIN”', edits }];
  return {
    state: training,
    instead: { range: source.header, severity: 'information', code: 'read-as-train', message, repairs },
  };
}

/** A layer that feeds the network. */
function isSource({ layer: { type, bottoms, tops } }: PlacedLayer): boolean {
  const known = typeOf(type);
  return known ? known.bottoms[1] === 0 : bottoms.length === 0 && tops.length > 0;
}

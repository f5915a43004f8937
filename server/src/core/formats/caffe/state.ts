// The state in which a file is read: phase, level and stages.
import * as l10n from '@vscode/l10n';
import type { ProtoMessage } from '../../syntax/prototext.ts';
import type { Problem } from '../../text/problem.ts';
import { layerName, type PlacedLayer } from './layer.ts';
import { typeOf } from './layers/index.ts';
import { Param } from './param.ts';
import { absence, type Phase, phaseOf, type State, stateOf } from './phase.ts';

/** The state, and what to report if it is not the default. */
export interface Choice {
  readonly state: State;
  readonly instead: Problem | undefined;
}

/**
 * Like `stateOf`, but if no phase is selected and the network has data only in TRAIN (a train.prototxt next to a
 * test.prototxt), TEST would have nothing to read, so it is TRAIN.
 */
export function stateFor(
  root: ProtoMessage,
  layers: readonly PlacedLayer[],
  wanted: string | undefined,
  byDefault: Phase = 'TEST',
): Choice {
  const state = stateOf(root, wanted, byDefault);
  const isChosen = phaseOf(wanted) !== undefined || new Param(root, undefined).inner('state').has('phase');
  if (isChosen || root.fields.some(({ name }) => name === 'input')) return { state, instead: undefined };
  const sources = layers.filter(isSource);
  const other: State = { ...state, phase: byDefault === 'TEST' ? 'TRAIN' : 'TEST' };
  const source = sources.find(({ layer }) => absence(layer, other) === undefined);
  if (!source || sources.some(({ layer }) => absence(layer, state) === undefined)) return { state, instead: undefined };
  // Nothing to report if TRAIN is the default anyway.
  if (byDefault === 'TRAIN') return { state: other, instead: undefined };
  const comment = '# flopline: phase=TRAIN';
  return {
    state: other,
    instead: {
      range: source.header,
      severity: 'information',
      code: 'read-as-train',
      message: l10n.t(
        '“{0}” provides data in the TRAIN phase only, so this file is read in the TRAIN phase.',
        layerName(source.layer),
      ),
      help: l10n.t('To make this explicit, add a comment or set flopline.phase.'),
      fixes: [{ title: l10n.t('Insert “{0}”', comment), edits: [{ from: 0, to: 0, text: `${comment}\n` }] }],
    },
  };
}

/** Whether a layer is an input of the network. */
function isSource({ layer: { type, bottoms, tops } }: PlacedLayer): boolean {
  const known = typeOf(type);
  return known ? known.bottoms[1] === 0 : bottoms.length === 0 && tops.length > 0;
}

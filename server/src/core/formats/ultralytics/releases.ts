// Which releases of Ultralytics read a file, and read the same network in it: only their figures are shown.

import type { Frame } from '../../graph/graph.ts';
import type { PyValue } from '../../python/value.ts';
import { lookUp, resolved } from '../../syntax/tree.ts';
import { argumentValue } from './arguments.ts';
import type { Header, Network } from './read.ts';

/** A release of each way in which Ultralytics has counted, the newest first. */
export const releases = ['8.4.117', '8.4.101', '8.3.63'] as const;
export type ReleaseName = (typeof releases)[number];

/** `network` is what the newest reads. */
export function readingReleases(header: Header, network: Network): readonly ReleaseName[] {
  return releases.filter(release => refusals[release].every(refuses => !refuses(header, network)));
}

type Refusal = (header: Header, network: Network) => boolean;

/** Whether the reading reported something by its code: what another release makes of a row. */
const reported =
  (code: string): Refusal =>
  (_, { problems }) =>
    problems.some(problem => problem.code === code);

/** Rows that name what came after a release. */
const asksFor =
  (release: ReleaseName): Refusal =>
  (_, { asked }) =>
    asked.some(version => isLater(version, release));

/** What the newest cannot mean, and an older one does. */
const older = reported('older-meaning');

/** Up to 8.4.101 the width multiple passes over as many channels as there are classes. */
const otherWidths = reported('classes-as-width');

/** One instance of PReLU in many layers: thop 2.0 hooks and counts it once for each, times each. */
const sharedActivation: Refusal = (_, { graph }) =>
  graph.nodes.some(({ op, shares }) => op.name === 'prelu' && shares !== undefined);

/** Attention over fewer than 64 channels has no head: in C2PSA up to 8.4.111, in all of its kind up to 8.3. */
const narrowAttention =
  (within?: string): Refusal =>
  (_, { graph }) => {
    const visit = (frame: Frame, isWithin: boolean): boolean =>
      (isWithin && frame.type === 'Attention' && (frame.outputs[0]?.shape?.[1] ?? 64) < 64) ||
      frame.children.some(child => visit(child, isWithin || child.type === within));
    return visit(graph.root, within === undefined);
  };

/** Keys that came with 8.4.0 and that its heads are built with; v10Detect goes by neither. */
const keysOfHeads: Refusal = ({ top, modules }) => {
  if (!modules.some(name => legacyHeads.has(name) || name === 'WorldDetect')) return false;
  const end2end = keyOf(top, 'end2end');
  const regMax = keyOf(top, 'reg_max');
  return Boolean(end2end) || (regMax !== undefined && regMax !== 16);
};

/** Heads whose class branches C2fCIB makes light, from 8.3.99 on; C3k2 did before. */
const legacyHeads = new Set(['Detect', 'Segment', 'Pose', 'OBB']);
const lightHeads: Refusal = ({ modules: names }) => {
  const cib = names.indexOf('C2fCIB');
  return names.some(
    (name, index) => legacyHeads.has(name) && cib >= 0 && cib < index && !names.slice(0, index).includes('C3k2'),
  );
};

/** C3k2 asks for the scale’s letter, which is there only with `scales` up to 8.3.197 (UnboundLocalError). */
const noScales: Refusal = ({ family, modules }) => family.scale === undefined && modules.includes('C3k2');

/** Channels came after the row’s own arguments up to 8.3; with one argument that is the same place. */
const poolingArguments: Refusal = header => argumentsOf(header, 'ImagePoolingAttn').some(args => args.length !== 1);

/** None stands for the default activation since 8.4.104; before, it is called (TypeError). */
const noActivation: Refusal = header =>
  ['AIFI', 'RTDETRDecoder'].some(name => argumentsOf(header, name).some(args => args.includes(null)));

/** The arguments of each row that names a module. */
function argumentsOf({ rows, modules }: Header, module: string): readonly (readonly PyValue[])[] {
  return rows.flatMap((row, index) => {
    const items = resolved(row);
    const args = items?.kind === 'sequence' ? resolved(items.items[3]) : undefined;
    if (modules[index] !== module || args?.kind !== 'sequence') return [];
    return [args.items.map(arg => argumentValue(arg, new Map()))];
  });
}

const refusals: Readonly<Record<ReleaseName, readonly Refusal[]>> = {
  // Since 8.4.104 Proto26 enlarges its levels by powers of two, and fails where they do not meet then.
  '8.4.117': [older, reported('level-size')],
  '8.4.101': [older, asksFor('8.4.101'), otherWidths, sharedActivation, narrowAttention('C2PSA'), noActivation],
  '8.3.63': [
    asksFor('8.3.63'),
    otherWidths,
    sharedActivation,
    narrowAttention(),
    noActivation,
    keysOfHeads,
    lightHeads,
    noScales,
    poolingArguments,
  ],
};

function keyOf(top: Header['top'], key: string): PyValue | undefined {
  const node = lookUp(top, key);
  return node && argumentValue(node, new Map());
}

function isLater(version: string, than: string): boolean {
  const [a, b] = [version, than].map(text => text.split('.').map(Number)) as [number[], number[]];
  const at = a.findIndex((number, index) => number !== b[index]);
  return at >= 0 && a[at]! > b[at]!;
}

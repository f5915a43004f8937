// A text that is parsed, and what its top says of the network as a whole.
import * as l10n from '@vscode/l10n';
import type { YamlDocument } from '../../syntax/document.ts';
import { entryOf, lookUp, type Mapping, resolved, type YamlNode } from '../../syntax/tree.ts';
import type { Problem } from '../../text/problem.ts';
import type { Range } from '../../text/range.ts';
import type { Source } from '../format.ts';
import { type Known, setting } from './read.ts';
import type { Mirror } from './source/mirror.ts';

/** A text that is parsed. */
export interface Text {
  readonly source: Source;
  readonly document: YamlDocument;
  /** The tree without rows. */
  readonly top: Mapping;
  readonly known: Known;
  /** The release that the Python around it is. */
  readonly mirror: Mirror | undefined;
  /** The keys whose lists are the rows, in order: what its repository reads, if that is more. */
  readonly lists: readonly string[];
}

export function mappingOf(node: YamlNode | undefined): Mapping | undefined {
  const target = resolved(node);
  return target?.kind === 'mapping' ? target : undefined;
}

/** Totals are shown above the first key of the network. */
export function headOf(top: Mapping): Range {
  const key = top.entries[0]?.key;
  return key ? { from: key.from, to: key.to } : { from: 0, to: 0 };
}

/** guess_model_scale of Ultralytics: the letter after the number in the file's name, else the first of `scales`. */
export function scaleOf(
  file: string,
  top: Mapping,
  names: readonly string[],
  wanted: string | undefined,
  head: Range,
  problems: Problem[],
): string | undefined {
  if (names.length === 0) return undefined;
  if (wanted !== undefined && names.includes(wanted)) return wanted;
  const written = entryOf(top, 'scale');
  if (written) {
    // yaml_model_load writes the letter of the file's name over it.
    const message = l10n.t(
      'Ultralytics does not read `scale` from a file: it uses the letter in the file name, or else the first of `scales`.',
    );
    const help = l10n.t('Rename the file, for example to {0}.', `yolo11${names[0]}.yaml`);
    const { from, to } = written.key;
    problems.push({ range: { from, to }, severity: 'warning', code: 'unread-scale', message, help });
  }
  const letter = letterOf(file);
  if (letter === undefined || names.includes(letter)) return letter ?? names[0];
  const key = entryOf(top, 'scales')?.key ?? head;
  const message = l10n.t(
    'The file name selects scale “{0}”, which is not in `scales`, so Ultralytics fails with a KeyError. The costs shown are those of “{1}”.',
    letter,
    names[0]!,
  );
  problems.push({ range: { from: key.from, to: key.to }, severity: 'error', code: 'missing-scale', message });
  return names[0];
}

/** guess_model_scale: the letter after the number in the file’s name. */
export function letterOf(file: string): string | undefined {
  return /yolo(?:e-)?v?\d+([nslmx])/.exec(file)?.[1];
}

export function channelsOf(top: Mapping, problems: Problem[]): number {
  const key = lookUp(top, 'ch') ? 'ch' : 'channels';
  return lookUp(top, key) ? setting(top, key, 3, problems) : 3;
}

export function modelName(file: string, scale: string | undefined): string {
  const name = file.replace(/\.ya?ml$/i, '');
  // Ultralytics calls yolov8.yaml at scale n yolov8n.
  const match = scale === undefined ? null : /^(yolo(?:e-)?v?\d+)(?![nslmx](?![a-z]))(.*)$/.exec(name);
  return match ? `${match[1]}${scale}${match[2]}` : name;
}

export const empty: Mapping = { kind: 'mapping', flow: false, entries: [], from: 0, to: 0 };

// Whether a repository's reader is, by content, one that our own tables mirror: then the tables say the same, and sooner.
import type { Files } from '../../../python/files.ts';
import { hashOf } from '../../../text/hash.ts';
import type { FoundReader } from './find.ts';
import { mirrored } from './mirrored.ts';

/** A release that the tables mirror. */
export interface Mirror {
  /** “YOLOv5 v7.0” */
  readonly name: string;
  /** The dialect whose tables mirror it. */
  readonly dialect: string;
  /** Which release of Ultralytics it is: not all of them make the same of every file. */
  readonly release?: string;
  /** Keys at the top of a file that the tables go by, and this release does not. */
  readonly without: readonly string[];
}

/** A release with the files that its reader is made of, from the folder that imports are resolved from. */
export type MirroredRelease = (typeof mirrored)[number];

/** What is known of each by name. */
export const mirrors: readonly Mirror[] = [
  { name: 'Ultralytics 8.4.117', dialect: 'ultralytics', release: '8.4.117', without: [] },
  { name: 'Ultralytics 8.4.101', dialect: 'ultralytics', release: '8.4.101', without: [] },
  { name: 'YOLOv5 v7.0', dialect: 'yolov5', without: ['channel_multiple'] },
  { name: 'YOLOv7', dialect: 'yolov7', without: [] },
  { name: 'YOLOv9', dialect: 'yolov9', without: [] },
];

/** The release whose files a reader and all that it imports are. Those beside the reader must be there. */
export function mirrorOf(
  { path, roots: [base] }: FoundReader,
  files: Files,
  releases: readonly MirroredRelease[] = mirrored,
): Mirror | undefined {
  const found = releases.find(({ reader, files: parts }) => {
    if (path !== `${base}/${reader}`) return false;
    const beside = reader.slice(0, reader.lastIndexOf('/') + 1);
    const isSame = (part: string): boolean => {
      const hash = knownHash(`${base}/${part}`, files);
      return hash === undefined ? !part.startsWith(beside) : hash === parts[part];
    };
    // Of a fork, the reader differs: most are told by one file.
    return isSame(reader) && Object.keys(parts).every(isSame);
  });
  return found && mirrors.find(({ name }) => name === found.name);
}

/** So many files are remembered. */
const most = 256;
const known = new Map<string, { readonly text: string; readonly hash: string }>();

/** Each keystroke asks: only texts that changed are gone through. */
function knownHash(path: string, files: Files): string | undefined {
  const text = files.read(path);
  if (text === undefined) return undefined;
  const earlier = known.get(path);
  if (earlier?.text === text) return earlier.hash;
  const hash = hashOf(text);
  if (known.size >= most) known.delete(known.keys().next().value!);
  known.set(path, { text, hash });
  return hash;
}

import { caffe } from './caffe/index.ts';
import { darknet } from './darknet/index.ts';
import { flopline } from './flopline/index.ts';
import type { Format } from './format.ts';
import { project } from './project/index.ts';
import { pytorch } from './pytorch/index.ts';
import { ultralytics } from './ultralytics/index.ts';

/** Every format; the first that recognises a source has it. */
export const formats: readonly Format[] = [project, flopline, ultralytics, darknet, caffe, pytorch];

/** Loads what Python is read with, in every format that does so. */
export async function startPython(): Promise<void> {
  await Promise.all(formats.map(({ parser }) => parser?.load()));
}

export { buildBody } from './flopline/body.ts';
export * from './format.ts';
export * from './lineage.ts';
export * from './numbering.ts';
export { type Definition, type Item, type Numbered, noDefinitions, type Reference, referencesIn } from './reference.ts';
export * from './rows.ts';
export {
  type Call,
  type CallParameter,
  type Offer,
  type OfferKind,
  parameterList,
  type Slot,
  withoutPlaceholders,
} from './slot.ts';

import { caffe } from './caffe/index.ts';
import { flopline } from './flopline/index.ts';
import type { Format } from './format.ts';
import { ultralytics } from './ultralytics/index.ts';

/** Every format; the first that recognises a source has it. */
export const formats: readonly Format[] = [flopline, caffe, ultralytics];

export * from './format.ts';

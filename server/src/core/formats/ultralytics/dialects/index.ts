// All dialects, in the order of preference among those that fit a file alike.
import type { Dialect } from '../dialect.ts';
import { scaledYolov4 } from './scaledyolov4.ts';
import { tphYolov5 } from './tph-yolov5.ts';
import { ultralytics } from './ultralytics.ts';
import { yolov5 } from './yolov5.ts';
import { yolov5Face } from './yolov5-face.ts';
import { yolov5Lite } from './yolov5-lite.ts';
import { yolov7 } from './yolov7.ts';
import { yolov9 } from './yolov9.ts';
import { yolov12 } from './yolov12.ts';
import { yolov13 } from './yolov13.ts';

export const dialects: readonly Dialect[] = [
  ultralytics,
  yolov12,
  yolov13,
  yolov5,
  yolov7,
  yolov9,
  scaledYolov4,
  yolov5Face,
  yolov5Lite,
  tphYolov5,
];

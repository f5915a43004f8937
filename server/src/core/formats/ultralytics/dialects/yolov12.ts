// YOLOv12 of its authors (sunsmarterjie/yolov12), a fork of Ultralytics 8.3.63 that adds A2C2f alone.
import { forkOf83 } from './ultralytics83.ts';

export const yolov12 = forkOf83({
  id: 'yolov12',
  by: 'YOLOv12',
  c3k: { modules: new Set(['C3k2']), scales: 'mlx' },
  modern: ['C3k2', 'A2C2f'],
});

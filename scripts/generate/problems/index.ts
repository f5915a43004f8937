// The examples of problems, one file per area, in the order of the page.
import { problems as advice } from './advice.ts';
import { problems as caffe } from './caffe.ts';
import { problems as darknet } from './darknet.ts';
import type { ProblemExample } from './example.ts';
import { problems as features } from './features.ts';
import { problems as flopline } from './flopline.ts';
import { problems as graph } from './graph.ts';
import { problems as ops } from './ops.ts';
import { problems as project } from './project.ts';
import { problems as python } from './python.ts';
import { problems as pytorch } from './pytorch.ts';
import { problems as settings } from './settings.ts';
import { problems as syntax } from './syntax.ts';
import { problems as ultralytics } from './ultralytics.ts';

export const areas: readonly { readonly title: string; readonly problems: readonly ProblemExample[] }[] = [
  { title: 'Syntax', problems: syntax },
  { title: 'Networks', problems: graph },
  { title: 'Operators', problems: ops },
  { title: 'Caffe', problems: caffe },
  { title: 'YOLO files', problems: ultralytics },
  { title: 'Flopline YAML', problems: flopline },
  { title: 'Darknet cfg', problems: darknet },
  { title: 'Python', problems: python },
  { title: 'PyTorch', problems: pytorch },
  { title: 'Project files', problems: project },
  { title: 'Settings', problems: settings },
  { title: 'Costs', problems: features },
  { title: 'Advice', problems: advice },
];

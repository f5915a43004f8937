// Problems of `flopline.yaml`.
import { readProject } from '../../../server/src/core/project/index.ts';
import { noFiles } from '../../../server/src/core/python/files.ts';
import type { ProblemExample } from './example.ts';

const yaml = (text: string): Pick<ProblemExample, 'file' | 'text'> => ({ file: 'flopline.yaml', text });
const budget = (limits: string): Pick<ProblemExample, 'file' | 'text'> =>
  yaml(`budgets:\n  - files: ['models/*.yaml']\n    limits: ${limits}\n`);

/** A network with one row that is counted by a rule. */
const ruled = (rule: string, args: string): Pick<ProblemExample, 'file' | 'text' | 'source'> => ({
  file: 'yolov8n.yaml',
  text: `nc: 80\nbackbone:\n  - [-1, 1, DCNv3, ${args}]\nhead:\n  - [-1, 1, Conv, [64]]\n`,
  source: { project: readProject(`modules:\n  DCNv3: ${rule}\n`, '/home/me/net/flopline.yaml') },
});

export const problems: readonly ProblemExample[] = [
  {
    code: 'missing-folder',
    ...yaml('python: .venv\n'),
    source: { path: '/home/me/net/flopline.yaml', files: noFiles },
    why: 'Imports that would be found there are missing. In a workspace that is not trusted, folders outside of it may not be read.',
  },
  {
    code: 'missing-project-key',
    ...yaml("budgets:\n  - files: ['models/*.yaml']\n"),
    why: 'A budget without limits, or without networks that it is for, checks nothing.',
  },
  {
    code: 'unknown-device',
    ...budget('{time: {device: gpu, ms: 30}}'),
    why: 'How long a network takes depends on what the device can do.',
  },
  {
    code: 'unknown-key',
    ...budget('{mac: 5G}'),
    why: 'A misspelt limit would never be checked.',
  },
  {
    code: 'wrong-amount',
    ...budget('{macs: 5 GFLOPs}'),
    why: 'Amounts have SI prefixes, and the unit of their key or none.',
  },
  {
    code: 'wrong-channels-rule',
    ...yaml('modules:\n  DCNv3:\n    channels: arg 1\n'),
    why: 'Rows below read as many channels as the rule says.',
  },
  {
    code: 'wrong-cost-rule',
    ...ruled('{chanels: argument 1, body: []}', '[64]'),
    why: 'The rule in `flopline.yaml` says `chanels`. What is left of a rule with an error may be another rule, so it says nothing.',
  },
  {
    code: 'wrong-rule-body',
    ...ruled('{channels: same, body: [conv: {out: 64, kernel: 3, groups: 2}]}', '[]'),
    why: 'The rule in `flopline.yaml` is `{channels: same, body: [conv: {out: 64, kernel: 3, groups: 2}]}`, and an image has three channels. The place in the body is related information.',
  },
  {
    code: 'wrong-rule-channels',
    ...ruled('{channels: argument 1, body: [conv: {out: 32, kernel: 3}]}', '[64]'),
    why: 'The rule in `flopline.yaml` is `{channels: argument 1, body: [conv: {out: 32, kernel: 3}]}`. Rows below would be built for other channels than they get.',
  },
  {
    code: 'wrong-project-value',
    ...yaml('budgets: 5G\n'),
    why: 'The value is left out, as if the key were not there.',
  },
];

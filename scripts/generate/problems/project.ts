// Problems of `flopline.yaml`.
import { noFiles } from '../../../server/src/core/python/files.ts';
import type { ProblemExample } from './example.ts';

const yaml = (text: string): Pick<ProblemExample, 'file' | 'text'> => ({ file: 'flopline.yaml', text });
const budget = (limits: string): Pick<ProblemExample, 'file' | 'text'> =>
  yaml(`budgets:\n  - files: ['models/*.yaml']\n    limits: ${limits}\n`);

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
    code: 'wrong-project-value',
    ...yaml('budgets: 5G\n'),
    why: 'The value is left out, as if the key were not there.',
  },
];

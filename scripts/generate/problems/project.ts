// Problems of `flopline.yaml`.
import { readProject } from '../../../server/src/core/project/index.ts';
import { noFiles } from '../../../server/src/core/python/files.ts';
import type { ProblemExample } from './example.ts';

const yaml = (text: string): Pick<ProblemExample, 'file' | 'text'> => ({ file: 'flopline.yaml', text });
const budget = (limits: string): Pick<ProblemExample, 'file' | 'text'> =>
  yaml(`budgets:\n  - files: ['models/*.yaml']\n    limits: ${limits}\n`);

/** A network with one row that a cost rule counts. */
const ruled = (rule: string, args: string): Pick<ProblemExample, 'file' | 'text' | 'source'> => ({
  file: 'yolov8n.yaml',
  text: `nc: 80\nbackbone:\n  - [-1, 1, DCNv3, ${args}]\nhead:\n  - [-1, 1, Conv, [64]]\n`,
  source: { project: readProject(`modules:\n  DCNv3: ${rule}\n`, '/home/me/net/flopline.yaml') },
});

/** A network with a budget. */
const budgeted = (limits: string, text: string): Pick<ProblemExample, 'file' | 'text' | 'source'> => ({
  file: 'small.net.yaml',
  text,
  source: {
    path: '/home/me/net/models/small.net.yaml',
    project: readProject(
      `budgets: [{files: ['models/*.yaml'], limits: ${limits}}]\ndevices: {my-gpu: {flops: {fp16: 20T}, bandwidth: 300GB/s}}\n`,
      '/home/me/net/flopline.yaml',
    ),
  },
});

const small = `input: [3, 32, 32]
layers:
  - conv: {out: 16, kernel: 3, padding: same}
  - conv: {out: 32, kernel: 3, padding: same}
`;

export const problems: readonly ProblemExample[] = [
  {
    code: 'budget-unknown',
    ...budgeted('{macs: 6M, time: {device: my-gpu, ms: 1}}', small),
    why: 'The budget in `flopline.yaml` is `{macs: 6M, time: {device: my-gpu, ms: 1}}`, and `devices` has the speed of `my-gpu` in fp16 only. What is not known may be over its limit, so a budget is met only where all that it limits is known. A network with an error, or one that cannot take the input or the scale of the budget, is unknown too.',
  },
  {
    code: 'budget-without-network',
    ...yaml('budgets:\n  - files: [models/smal.net.yaml]\n    limits: {macs: 5M}\n'),
    source: { path: '/home/me/net/flopline.yaml', files: noFiles },
    why: 'A budget that is for no file would always be met. `flopline check` says the same of globs that match no file.',
  },
  {
    code: 'over-budget',
    ...budgeted('{macs: 5M}', small),
    why: 'The budget in `flopline.yaml` is `{macs: 5M}`. It is judged with its own input and scale, or else with those of the file, whatever is chosen in the editor. A network of which a part is unknown is over budget if the rest alone is. In the editor, the problem names changes that would bring the network back, each tried on the file, and a quick fix makes them.',
  },
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

// Generates the table of docs/training.md: the cost of a training step for whole networks, by pass.
import { type ConventionName, exact, type Work } from '../../server/src/core/index.ts';
import { example, table } from './markdown.ts';

const networks = [
  'vgg16.net.yaml',
  'resnet50.net.yaml',
  'mobilenet-v2.net.yaml',
  'unet.net.yaml',
  'vit-tiny.net.yaml',
  'gridspot.yaml',
];
const works = ['inference', 'forward', 'backward', 'step'] as const satisfies readonly Work[];
const convention: ConventionName = 'macs';

export function trainingTable(): Readonly<Record<string, string>> {
  return {
    networks: table(
      ['Example', ...works.map(work => `\`${work}\``)],
      networks.map(file => [
        `[${file}](../examples/${file})`,
        ...works.map(work => exact(example(file, { convention, work }).model.totals.value.value)),
      ]),
      ' rrrr',
    ),
  };
}

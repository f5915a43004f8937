// A network as a PyTorch module: a starting point to go on from.
import * as l10n from '@vscode/l10n';
import { type Defined, define } from '../../../convert/define.ts';
import type { Definition, Language, WrittenStep } from '../../../convert/definition.ts';
import type { Graph, Tensor } from '../../../graph/graph.ts';
import type { NetworkText, Writing } from '../../format.ts';
import { classText } from './class.ts';
import { operationsOf } from './layers.ts';
import { className, freeName, helpers, spelling, variableName } from './names.ts';
import { units } from './units.ts';

/** Writes a network: classes for what is alike, and one for the whole. */
export function writeModule({ graph, title, comments }: Writing): NetworkText {
  const language: Language = { operations: operationsOf, fuse: units };
  const defined = define(graph, language, {
    ...spelling,
    definition: (type, taken) => spelling.definition(type === 'Network' ? className(title) : type, taken),
  });
  return 'network' in defined ? { text: textOf(graph, defined, comments) } : defined;
}

function textOf(
  graph: Graph,
  { network, definitions }: Extract<Defined, { network: Definition }>,
  comments: readonly string[],
): string {
  const inputs = inputNames(graph);
  const classes = [
    ...helperClasses([...definitions, network]),
    ...definitions.map(definition => classText(definition, argumentNames(definition), false)),
    classText(network, inputs, true),
  ];
  const body = classes.map(lines => lines.join('\n')).join('\n\n\n');
  const imports = [
    ...(/\btorch\./.test(body) || graph.inputs.length > 0 ? ['import torch'] : []),
    'from torch import nn',
    ...(/\bF\./.test(body) ? ['from torch.nn import functional as F'] : []),
  ];
  const sizes = graph.inputs.map(({ tensor }) => sizesText(graph, tensor));
  const network_ = network.name;
  const call = `${network_}()(${graph.inputs.map(({ tensor }) => exampleOf(graph, tensor)).join(', ')})`;
  return [
    ...comments.map(comment => `# ${comment}`),
    `# flopline: entry=${network_}() ${sizes.map(size => `input=${size}`).join(' ')}`,
    ...imports,
    '',
    '',
    `${body}\n`,
    '',
    'if __name__ == "__main__":',
    ...(call.length <= 90
      ? [`    print(${call}${graph.outputs.length === 1 ? '.shape' : ''})`]
      : [
          `    model = ${network_}()`,
          `    output = model(${graph.inputs.map(({ tensor }) => exampleOf(graph, tensor)).join(', ')})`,
          `    print(output${graph.outputs.length === 1 ? '.shape' : ''})`,
        ]),
    '',
  ].join('\n');
}

function inputNames({ inputs }: Graph): readonly string[] {
  if (inputs.length === 1) return ['x'];
  const taken = new Set<string>();
  return inputs.map(({ name }) => {
    const own = freeName(variableName(name), other => taken.has(other));
    taken.add(own);
    return own;
  });
}

function argumentNames({ inputs }: Definition): readonly string[] {
  return inputs === 1 ? ['x'] : Array.from({ length: inputs }, (_, index) => `x${index + 1}`);
}

/** Whether an input holds numbers of tokens: all that reads it looks them up. */
function isTokens({ nodes }: Graph, input: Tensor): boolean {
  const readers = nodes.filter(({ inputs }) => inputs.some(({ node }) => node.id === input.node.id));
  return readers.length > 0 && readers.every(({ op }) => op.name === 'embedding');
}

function sizesText(graph: Graph, tensor: Tensor): string {
  return `${tensor.shape!.join(',')}${isTokens(graph, tensor) ? ':int64' : ''}`;
}

function exampleOf(graph: Graph, tensor: Tensor): string {
  const sizes = tensor.shape!.join(', ');
  return isTokens(graph, tensor) ? `torch.zeros(${sizes}, dtype=torch.int64)` : `torch.zeros(${sizes})`;
}

/** Classes of our own that layers are written with. */
function helperClasses(definitions: readonly Definition[]): readonly (readonly string[])[] {
  const used = new Set(definitions.flatMap(({ steps }) => steps.map((step: WrittenStep) => step.operation?.callee)));
  const texts: Readonly<Record<string, () => readonly string[]>> = {
    Scale: () => [
      'class Scale(nn.Module):',
      `    """${l10n.t('Multiplies each channel by a learned factor, and may add a learned bias.')}"""`,
      '',
      '    def __init__(self, shape, bias=False):',
      '        super().__init__()',
      '        self.weight = nn.Parameter(torch.ones(shape))',
      '        self.bias = nn.Parameter(torch.zeros(shape)) if bias else None',
      '',
      '    def forward(self, x):',
      '        x = x * self.weight',
      '        return x if self.bias is None else x + self.bias',
    ],
    Shift: () => [
      'class Shift(nn.Module):',
      `    """${l10n.t('Adds a learned bias to each channel.')}"""`,
      '',
      '    def __init__(self, shape):',
      '        super().__init__()',
      '        self.bias = nn.Parameter(torch.zeros(shape))',
      '',
      '    def forward(self, x):',
      '        return x + self.bias',
    ],
  };
  return [...helpers].filter(name => used.has(name)).map(name => texts[name]!());
}

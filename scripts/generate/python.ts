// Generates the lists in docs/python.md of what is supported in Python and PyTorch.
import { maxNodes } from '../../server/src/core/graph/builder.ts';
import { noFiles } from '../../server/src/core/python/files.ts';
import { libraryModules } from '../../server/src/core/python/library/index.ts';
import { PyClass, PyModule, type Value } from '../../server/src/core/python/objects.ts';
import { defaultSteps, maxCharge } from '../../server/src/core/python/vm/bounds.ts';
import { createMachine } from '../../server/src/core/python/vm/index.ts';
import { exact } from '../../server/src/core/text/quantity.ts';
import { sources } from '../../server/src/core/torch/python/library/sources.ts';
import { nnModules } from '../../server/src/core/torch/python/nn/index.ts';
import { otherMethods } from '../../server/src/core/torch/python/otherMethods.ts';
import { mostValues } from '../../server/src/core/torch/python/storage.ts';
import { torchModules } from '../../server/src/core/torch/python/torch.ts';
import { table } from './markdown.ts';

/** The generated parts of the page. */
export function pythonNames(): Readonly<Record<string, string>> {
  const machine = createMachine({ files: noFiles, roots: [], natives: new Map([...torchModules, ...nnModules]) });
  const module = (name: string): PyModule => {
    const outcome = machine.start(machine.importModule(name)).finish();
    if (outcome.kind !== 'value' || !(outcome.value instanceof PyModule)) throw new Error(`No module ${name}.`);
    return outcome.value;
  };
  const isPublic = ([name, value]: readonly [string, Value]): boolean =>
    !name.startsWith('_') && !(value instanceof PyModule);
  const namesIn = (name: string): readonly string[] => [...module(name).dict].filter(isPublic).map(([each]) => each);

  const torch = module('torch');
  const tensor = torch.dict.get('Tensor');
  if (!(tensor instanceof PyClass)) throw new Error('torch.Tensor is no class.');
  const functions = new Set(namesIn('torch.functional'));
  const layers = [...module('torch.nn').dict].filter(
    ([name, value]) => value instanceof PyClass && isPublic([name, value]),
  );
  const computed = [...libraryModules.keys()].filter(name => namesIn(name).length > 0);
  const files = [...sources.keys()]
    .map(path => path.replace(/(?:\/__init__)?\.py$/, '').replaceAll('/', '.'))
    // What the originals do not have is nothing to import.
    .filter(name => !name.includes('.__'));
  return {
    limits: table(
      ['What', 'Limit'],
      [
        ['instructions of a reading', exact(defaultSteps)],
        ['elements that a program makes in lists, strings and the like', exact(maxCharge)],
        ['calls within calls', '1,000, as in Python'],
        ['values of a tensor that are computed', exact(mostValues)],
        ['operators', exact(maxNodes)],
      ],
    ),
    'nn layers': listed(layers.map(([name]) => name)),
    'nn functions': listed(namesIn('torch.nn.functional')),
    'torch functions': listed([...functions, ...namesIn('torch').filter(name => !functions.has(name))]),
    'tensor methods': listed([...tensor.dict.keys()].filter(name => !name.startsWith('_') && !otherMethods.has(name))),
    libraries: listed(files),
    'standard library': listed(computed),
  };
}

function listed(names: readonly string[]): string {
  return [...new Set(names)]
    .sort((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1))
    .map(name => `\`${name}\``)
    .join(' ');
}

// A program that is read again, as each edit of it is, finds everything as a first reading finds it: whatever the text before
// it changed in torch, in built-in modules or in the files that it imports belongs to its own reading.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import fc from 'fast-check';
import {
  type Analysed,
  type Document,
  defaultSettings,
  type Files,
  hints,
  open,
  price,
  problemsWithHints,
  report,
  startPython,
} from '../../../server/src/core/index.ts';

/** What may be there or not: most of it shows in the sizes, if something is left of it. */
const statements = [
  'nn.Conv2d.extra = getattr(nn.Conv2d, "extra", 0) + 1',
  'nn.Module.width = getattr(nn.Module, "width", 4) + 4',
  'torch.width = getattr(torch, "width", 1) * 3',
  'F.relu = F.gelu',
  'F.relu = lambda x: torch.cat([x, x], 1)',
  'nn.ReLU = nn.Identity',
  'nn.Linear.__init__ = lambda self, *args: nn.Module.__init__(self)',
  'torch.Tensor.view = lambda self, *sizes: self',
  'torch.Tensor.double_width = lambda self: torch.cat([self, self], 1)',
  'torch.set_default_dtype(torch.float64)',
  'torch.manual_seed(3)',
  'math.pi = math.pi * 2',
  'import sys; sys.modules["parts"] = nn',
  'import builtins; builtins.len = lambda x: 3',
  'parts.sizes.append(len(parts.sizes) + 3)',
  'parts.table["n"] = parts.table.get("n", 0) + 5',
  'parts.Part.grown = getattr(parts.Part, "grown", 0) + 2',
  'parts.width(2)',
  'parts = None',
  'import missing',
  'from missing import anything as nothing',
  'del nn.Dropout',
  'raise ValueError(str(getattr(torch, "width", 1)))',
  'torch.backends.cudnn.benchmark = True',
  'nn.functional.conv2d = None',
  'with torch.no_grad(): torch.zeros(1)',
  'nn.init.zeros_ = 7',
  'nn.Sequential.forward = lambda self, x: x',
  'collections.OrderedDict.x = 5',
  'torch.ones(2).fill_(3)',
];

const parts = `import functools
import torch
from torch import nn
sizes = [3]
table = {}

@functools.lru_cache
def width(n):
    table["asked"] = table.get("asked", 0) + n
    return n + table["asked"]

class Part(nn.Module):
    grown = 0
    def __init__(self, c):
        super().__init__()
        sizes.append(c)
        Part.grown += 1
        self.conv = nn.Conv2d(c, c + Part.grown + len(sizes) + sum(table.values()), 1)
    def forward(self, x):
        return self.conv(x)
`;

const program = (top: readonly string[], inside: readonly string[], words: string): string => `import collections
import math
import torch
import torch.nn.functional as F
from torch import nn
import parts
${top.join('\n')}

class Net(nn.Module):
    def __init__(self):
        super().__init__()
${inside.map(statement => `        ${statement}\n`).join('')}        self.stem = nn.Conv2d(3, 4 + getattr(nn.Conv2d, "extra", 0) + getattr(torch, "width", 0) + int(math.pi), 3)
        self.part = parts.Part(self.stem.out_channels)
        self.head = nn.Sequential(nn.ReLU(), nn.Dropout(), nn.Linear(8, getattr(nn.Module, "width", 2)))

    def forward(self, x):
        x = self.part(F.relu(self.stem(x)))  ${words}
        return self.head(x.view(x.size(0), x.size(1), -1)[:, :, :8])

# flopline: Net() input=1,3,12,12
`;

const told = (analysed: Analysed): unknown =>
  JSON.parse(
    JSON.stringify([
      report(analysed, { blocks: true }),
      problemsWithHints(analysed),
      hints(analysed, { from: 0, to: analysed.document.source.text.length }),
    ]).replaceAll(/\/[\w-]+\/(?=parts\.py)/g, ''),
  );

/** The file and its neighbour in a folder. */
function filesIn(folder: string): Files {
  return {
    read: path => (path === `${folder}/parts.py` ? parts : undefined),
    isFolder: path => path === folder,
    list: path => (path === folder ? ['net.py', 'parts.py'] : []),
  };
}

let folders = 0;
/** Read in a folder of its own, nothing is there of earlier readings. */
function fresh(text: string): unknown {
  const folder = `/folder-${folders++}`;
  const document = open({ name: 'net.py', text, path: `${folder}/net.py`, files: filesIn(folder) }, defaultSettings)!;
  return told(price(document, defaultSettings)!);
}

const chosen = fc.subarray(statements, { maxLength: 3 });
const texts = fc.record({ top: chosen, inside: chosen, words: fc.constantFrom('', '#', '# x') });

describe('a program that is read again', () => {
  before(startPython);

  it('says the same as read for the first time, whatever the readings before it changed', () => {
    fc.assert(
      fc.property(fc.array(texts, { minLength: 3, maxLength: 8 }), edits => {
        const folder = `/edited-${folders++}`;
        let document: Document | undefined;
        for (const { top, inside, words } of edits) {
          const text = program(top, inside, words);
          const source = { name: 'net.py', text, path: `${folder}/net.py`, files: filesIn(folder) };
          document = open(source, defaultSettings, document)!;
          assert.deepEqual(told(price(document, defaultSettings)!), fresh(text));
        }
      }),
      { numRuns: 12 },
    );
  });

  it('sees what each of them changes', () => {
    const plain = JSON.stringify(fresh(program([], [], '')));
    const seen = statements.filter(statement => JSON.stringify(fresh(program([statement], [], ''))) !== plain);
    assert.ok(seen.length > 15, `${seen.length} of ${statements.length}`);
  });
});

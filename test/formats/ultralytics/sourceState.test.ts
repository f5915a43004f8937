// State that the Python of a repository changes while it reads a model file belongs to that reading: the next one, of an
// edited text, finds everything as it was when the repository was imported.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import fc from 'fast-check';
import {
  type Analysed,
  defaultSettings,
  type Files,
  hints,
  open,
  price,
  problemsWithHints,
  report,
  startPython,
} from '../../../server/src/core/index.ts';
import { fork, forkFolder, forkTexts } from '../../support/fork.ts';

const name = 'own.yaml';
const settings = { ...defaultSettings, input: [{ sizes: [3, 64, 64] }] };

/** Each kernel size counts what readings before it would have left behind. */
const extra = `"""Modules with a memory."""
import functools
import torch
import torch.nn as nn
from models.common import Conv
from models.patches import touched

registry = []
made = {"n": 0}
names = set()
total = 0


@functools.lru_cache
def widths(c):
    return [c]


class Memory:
    count = 0


class Counted(nn.Module):
    """Counts."""

    shared = nn.Identity()

    def __init__(self, c1, c2, kind="list"):
        super().__init__()
        global total
        total += 1
        registry.append(self)
        made["n"] += 1
        names.add(c2)
        Memory.count += 1
        Conv.extra = getattr(Conv, "extra", 0) + 1
        nn.Conv2d.patched = getattr(nn.Conv2d, "patched", 0) + 1
        self.shared.seen = getattr(self.shared, "seen", 0) + 1
        cached = widths(8)
        cached.append(c2)
        sizes = {
            "list": len(registry),
            "dict": made["n"],
            "set": len(names),
            "class": Memory.count,
            "other": Conv.extra,
            "native": nn.Conv2d.patched,
            "instance": self.shared.seen,
            "cache": len(cached),
            "global": total,
            "default": self.default(),
            "import": len(touched),
        }
        self.conv = nn.Conv2d(c1, c2, 2 * sizes[kind] + 1, 1, sizes[kind])
        self.calls = 0

    def default(self, seen=[]):
        seen.append(1)
        return len(seen)

    def forward(self, x):
        self.calls += 1
        registry.append(self.calls)
        if len(registry) > 40:
            raise RuntimeError("registry leaks")
        return self.conv(x)


class Late(nn.Module):
    """Patches what others use, where its file is needed."""

    def __init__(self, c1, c2):
        super().__init__()
        from models.late import grown

        self.conv = nn.Conv2d(c1, c2, 1 + 2 * len(grown))

    def forward(self, x):
        return self.conv(x)
`;

const kinds = [
  'list',
  'dict',
  'set',
  'class',
  'other',
  'native',
  'instance',
  'cache',
  'global',
  'default',
  'import',
] as const;

const reader = forkTexts['models/yolo.py']!.replace('import Concat, Conv', 'import Concat, Conv')
  .replace(
    'import Concat, Conv, Detect, Halves',
    'import Concat, Conv, Detect, Halves\nfrom models.extra import Counted, Late',
  )
  .replace('if m in {Conv, Halves}:', 'if m in {Conv, Halves, Counted, Late}:');

const texts = {
  'models/extra.py': extra,
  'models/yolo.py': reader,
  'models/patches.py': 'touched = [0]\n',
  'models/late.py': 'from models.patches import touched\ntouched.append(1)\ngrown = [1]\n',
};

let count = 0;

/** The same files to a reader that has never seen them: what follows the last line changes nothing. */
const unseen = (changed: Readonly<Record<string, string>>): Files =>
  fork({ ...texts, ...changed, 'models/yolo.py': `${changed['models/yolo.py'] ?? reader}# ${count++}\n` });

function analysed(text: string, files: Files, earlier?: Analysed): Analysed {
  const source = { name, text, path: `${forkFolder}/cfg/${name}`, files };
  return price(open(source, settings, earlier?.document)!, settings)!;
}

function seen(found: Analysed): unknown {
  const { text } = found.document.source;
  return {
    report: report(found, { blocks: true }),
    problems: problemsWithHints(found),
    hints: hints(found, { from: 0, to: text.length }),
  };
}

const textOf = (rows: readonly string[], head: string): string =>
  `nc: 3\n${head}backbone:\n${rows.map(row => `  - ${row}\n`).join('')}head:\n  - [[-1], 1, Detect, [nc]]\n`;

const anyRow = fc.oneof(
  fc
    .record({ kind: fc.constantFrom(...kinds), c: fc.constantFrom(8, 16) })
    .map(({ kind, c }) => `[-1, 1, Counted, [${c}, ${kind}]]`),
  fc.constantFrom(
    '[-1, 1, Conv, [8, 3, 2]]',
    '[-1, 2, Halves, [16]]',
    '[-1, 1, nn.Identity, []]',
    '[-1, 1, Late, [8]]',
    '[-1, 1, Missing, [8]]',
    '[-1, 1, Conv, [8, 3, 2, 0, 0, 0, 0]]',
  ),
);
const anyText = fc.record({
  rows: fc.array(anyRow, { minLength: 1, maxLength: 5 }),
  head: fc.constantFrom('', '', 'activation: nn.ReLU()\n', 'activation: nn.PReLU(8)\n'),
});
const anyChange = fc.constantFrom<Readonly<Record<string, string>>>(
  {},
  {},
  {},
  { 'models/extra.py': extra.replace('registry = []', 'registry = [0, 0]') },
  { 'models/extra.py': extra.replace('count = 0', 'count = 2') },
  { 'models/patches.py': 'touched = [0, 0, 0]\nimport torch\ntorch.save = touched\n' },
  { 'models/common.py': forkTexts['models/common.py']!.replace('seen = 0', 'seen = 2') },
);

before(() => startPython());

describe('what a reading changes in the Python of a repository', () => {
  for (const kind of kinds) {
    it(`is not there in the next one: ${kind}`, () => {
      const rows = ['[-1, 1, Conv, [8, 3, 2]]', `[-1, 1, Counted, [16, ${kind}]]`];
      const files = unseen({});
      let found = analysed(textOf(rows, ''), files);
      const first = report(found).layers.map(({ params }) => params);
      for (let round = 0; round < 4; round++) {
        found = analysed(textOf([rows[0]!.replace('8', String(8 * (2 + round))), rows[1]!], ''), files, found);
        found = analysed(textOf(rows, ''), files, found);
        assert.deepEqual(
          report(found).layers.map(({ params }) => params),
          first,
        );
      }
      assert.equal(report(found).totals.complete, true);
    });
  }

  it('is read again where something holds what cannot be known', () => {
    // A mapping that is loaded ahead for the second reading, and that something unknown may have changed.
    const changed = {
      'models/settings.py':
        'import yaml\n\ndef filled():\n    names = {"a": 1}\n    names.update(yaml.safe_dump(names))\n    return names\n\nnames = filled()\n',
      'models/yolo.py': reader
        .replace('from models.extra', 'from models.settings import names\nfrom models.extra')
        .replace('    for i, (f, n, m, args)', '    assert names is not None\n    for i, (f, n, m, args)'),
    };
    const files = unseen(changed);
    const rows = ['[-1, 1, Conv, [8, 3, 2]]', '[-1, 1, Counted, [8, list]]'];
    let found: Analysed | undefined;
    for (const width of [8, 16, 8]) {
      const text = textOf([rows[0]!.replace('8', String(width)), ...rows.slice(1)], '');
      found = analysed(text, files, found);
      assert.deepEqual(seen(found), seen(analysed(text, unseen(changed))));
      assert.equal(report(found).totals.complete, true);
    }
  });

  it('makes no difference to any sequence of texts and of edits of the Python', () => {
    const steps = fc.array(fc.record({ text: anyText, changed: anyChange }), { minLength: 3, maxLength: 5 });
    fc.assert(
      fc.property(steps, list => {
        let found: Analysed | undefined;
        for (const { text, changed } of list) {
          const words = textOf(text.rows, text.head);
          found = analysed(words, fork({ ...texts, ...changed }), found);
          assert.deepEqual(seen(found), seen(analysed(words, unseen(changed))));
        }
      }),
      { numRuns: 8 },
    );
  });
});

// What the rows of a model file did in the reading before is done again where nothing that they depend on has changed; nobody
// can see whether it was.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import fc from 'fast-check';
import {
  type Analysed,
  defaultSettings,
  type Files,
  hints,
  hover,
  open,
  price,
  problemsWithHints,
  report,
  startPython,
} from '../../../server/src/core/index.ts';
import { fork, forkFolder, forkTexts } from '../../support/fork.ts';

const name = 'own.yaml';
const settings = { ...defaultSettings, input: [{ sizes: [3, 32, 32] }] };

/** Modules whose calls depend on more than their own arguments, or leave something behind. */
const extra = `"""Modules with a memory."""
import copy
import functools
import operator
import sys

import torch
import torch.nn as nn
from models.common import Conv

seen = []
bank = {}
table = torch.zeros(1, 8, 1, 1)
tied = nn.Conv2d(8, 8, 1)


step = 1


class Mode:
    kernel = 1


class Finer(Mode):
    pass


def width(mode=Mode):
    return mode.kernel


class Toggle(nn.Module):
    """Changes what rows below it are built and called with."""

    def __init__(self, c1, c2, kernel=3):
        super().__init__()
        self.kernel = kernel
        global step
        self.conv = nn.Conv2d(c1, c2, Mode.kernel, padding=Mode.kernel // 2)
        Mode.kernel = kernel
        step = 3 - step

    def forward(self, x):
        Mode.kernel = self.kernel + 2
        return self.conv(x)


class Back(nn.Module):
    """Puts it back."""

    def __init__(self, c1, c2):
        super().__init__()
        self.conv = nn.Conv2d(c1, c2, 1)
        Mode.kernel = 1

    def forward(self, x):
        Mode.kernel = 1
        return self.conv(x)


class Reads(nn.Module):
    def __init__(self, c1, c2):
        super().__init__()
        self.conv = nn.Conv2d(c1, c2, Mode.kernel, padding=Mode.kernel // 2)

    def forward(self, x):
        y = self.conv(x)
        for _ in range(Mode.kernel):
            y = torch.relu(y)
        return y


def imported(self):
    from models.extra import step as taken

    return taken


def matched(self):
    match Mode():
        case Mode(kernel=1):
            return 1
    return 2


peek, show, put = getattr, vars, setattr
template = "{0.kernel} {0.i}"
kernel_of, row_of = operator.attrgetter("kernel"), operator.attrgetter("i")
number, name = "i", "kernel"

# Each has code of its own: who says \`getattr\` is taken to say everything.
peeks = {
    "computed": lambda self: getattr(Mode, "ker" + "nel"),
    "vars": lambda self: vars(Mode)["kernel"],
    "format": lambda self: int("{0.kernel}".format(Mode())),
    "inherited": lambda self: Finer.kernel,
    "helper": lambda self: width(),
    "import": imported,
    "match": matched,
    "own": lambda self: getattr(type(self), "np", 7) % 5,
    "global": lambda self: step,
    "alias": lambda self: peek(Mode, name),
    "shown": lambda self: show(Mode)[name],
    "getter": lambda self: kernel_of(Mode),
}


class Peeks(nn.Module):
    """Reads what others have changed, in all the ways there are."""

    def __init__(self, c1, c2, how="format"):
        super().__init__()
        self.conv = nn.Conv2d(c1, c2, 1)
        self.how = how

    def forward(self, x):
        y = self.conv(x)
        for _ in range(peeks[self.how](self)):
            y = torch.relu(y)
        return y


class Sizes(nn.Module):
    """Asks what parse_model has counted of its class."""

    def __init__(self, c1, c2):
        super().__init__()
        self.conv = nn.Conv2d(c1, c2, 1 + 2 * (Sizes.np % 2))

    np = 0

    def forward(self, x):
        return torch.relu(self.conv(x)) if self.np > 100 else self.conv(x)


class Calls(nn.Module):
    """Does more at each call."""

    def __init__(self, c1, c2):
        super().__init__()
        self.conv = nn.Conv2d(c1, c2, 1)
        self.calls = 0
        self.sizes = [c1]

    def forward(self, x):
        self.calls += 1
        self.sizes.append(x.shape[-1])
        y = self.conv(x)
        for _ in self.sizes:
            y = y.sigmoid()
        return y


class Keeps(nn.Module):
    """Keeps what it made for a row below."""

    def __init__(self, c1, c2):
        super().__init__()
        self.conv = nn.Conv2d(c1, c2, 1)

    def forward(self, x):
        bank["last"] = self.conv(x)
        self.feature = bank["last"] * 2
        return bank["last"]


class Takes(nn.Module):
    def __init__(self, c1, c2):
        super().__init__()
        self.conv = nn.Conv2d(c1, c2, 1)

    def forward(self, x):
        y = self.conv(x)
        last = bank.get("last")
        return y if last is None or last.shape != y.shape else y + last


class Tied(nn.Module):
    """One convolution for all rows of eight channels."""

    def __init__(self, c1, c2):
        super().__init__()
        self.conv = tied if c1 == 8 and c2 == 8 else nn.Conv2d(c1, c2, 1)

    def forward(self, x):
        return self.conv(x)


class Views(nn.Module):
    """Gives views, what it is given, and writes in place."""

    def __init__(self, c1, c2, how="view"):
        super().__init__()
        self.conv = nn.Conv2d(c1, c2, 1)
        self.how = how
        self.register_buffer("shift", torch.ones(1, c2, 1, 1))

    def forward(self, x):
        y = self.conv(x)
        if self.how == "view":
            return y.view(y.shape)
        if self.how == "same":
            return x
        if self.how == "half":
            a, b = y.chunk(2, 1)
            return torch.cat((b, a), 1)
        if self.how == "write":
            y[:, :1] = 0
            return y
        if self.how == "into":
            x.mul_(2)
            return y
        if self.how == "table":
            return y + table if y.shape[1] == 8 else y
        return y + self.shift


def read(self):
    read = self.reads()
    return len(read) if isinstance(read, list) else 2


def changed(self):
    self.i += 1
    return self.i


def pattern(self):
    match self:
        case Asks(1):
            return 1
    return 2


def pushed(self):
    put(self, number, 2)
    return 1


asks = {
    "none": lambda self: 1,
    "index": lambda self: self.i,
    "sources": lambda self: len(self.f) if isinstance(self.f, list) else 1 - self.f,
    "kept": read,
    "computed": lambda self: getattr(self, chr(105)),
    "vars": lambda self: vars(self)["i"],
    "all": lambda self: sum(value for value in self.__dict__.values() if isinstance(value, int)),
    "format": lambda self: int("{0.i}".format(self)),
    "changes": changed,
    "getter": lambda self: row_of(self),
    "property": lambda self: self.row,
    "template": lambda self: int(template.format(self)[2:]),
    "alias": lambda self: peek(self, number),
    "shown": lambda self: sum(value for value in show(self).values() if type(value) is int),
    "sorted": lambda self: min([self, copy.deepcopy(self)], key=row_of).row,
    "pattern": pattern,
    "puts": pushed,
}


class Asks(nn.Module):
    """Asks which row it is and what it reads, in all the ways there are."""

    __match_args__ = ("i",)
    kernel = 1
    row = property(row_of)

    def __init__(self, c1, c2, how="index"):
        super().__init__()
        self.conv = nn.Conv2d(c1, c2, 1)
        self.how = how
        self.reads = Asks.from_row(self)

    def from_row(self):
        return lambda: self.f

    def forward(self, x):
        y = self.conv(x[0] if isinstance(x, list) else x)
        for _ in range(asks[self.how](self) % 4):
            y = torch.relu(y)
        return y


@functools.singledispatch
def dispatched(value):
    return 1


# What one row leaves behind, and another one finds.
leaves = {
    "modules": lambda: sys.modules.__setitem__("models.other", 1),
    "classes": lambda: type("Other", (Mode,), {}),
    "dispatch": lambda: dispatched.register(int, lambda value: 2),
}
finds = {
    "modules": lambda: 2 if "models.other" in sys.modules else 1,
    "classes": lambda: len(Mode.__subclasses__()),
    "dispatch": lambda: dispatched(1),
}


class Leaves(nn.Module):
    def __init__(self, c1, c2, how="classes"):
        super().__init__()
        self.conv = nn.Conv2d(c1, c2, 1)
        self.how = how

    def forward(self, x):
        leaves[self.how]()
        return self.conv(x)


class Finds(nn.Module):
    def __init__(self, c1, c2, how="classes"):
        super().__init__()
        self.conv = nn.Conv2d(c1, c2, 1)
        self.how = how

    def forward(self, x):
        y = self.conv(x)
        for _ in range(finds[self.how]()):
            y = torch.relu(y)
        return y


class Outer(nn.Module):
    """Has one that asks inside."""

    def __init__(self, c1, c2):
        super().__init__()
        self.inside = nn.Sequential(nn.Conv2d(c1, c2, 1), nn.ReLU())

    def forward(self, x):
        self.inside.row = self
        return self.inside(x) if self.inside.row.i % 2 else self.inside(x) * 2


class Cuts(nn.Module):
    """Gives as much as values say."""

    def __init__(self, c1, c2):
        super().__init__()
        self.conv = nn.Conv2d(c1, c2, 1)

    def forward(self, x):
        y = self.conv(x)
        part = None
        if y.sum() > 0:
            part = y[:, :, :1]
        return part if y.mean() > 0 else part + 1


class Sees(nn.Module):
    """Goes by the size of what it is given."""

    def __init__(self, c1, c2):
        super().__init__()
        self.conv = nn.Conv2d(c1, c2, 1)

    def forward(self, x):
        y = self.conv(x)
        return torch.relu(y) if y.shape[2] > 1 else y + 1


class Grid(nn.Module):
    """Keeps what it makes of its input; the reader gives it a tensor when it has been made."""

    def __init__(self, c1, c2):
        super().__init__()
        self.conv = nn.Conv2d(c1, c2, 1)

    def forward(self, x):
        y = self.conv(x)
        self.points = torch.ones(1, 1, y.shape[-2], y.shape[-1]) * self.step
        return y + self.points


class Unsure(nn.Module):
    def __init__(self, c1, c2):
        super().__init__()
        self.conv = nn.Conv2d(c1, c2, 1)

    def forward(self, x):
        y = self.conv(x)
        return y if torch.rand(1).item() > 0.5 else torch.relu(y)
`;

/** The ways in which a class asks. */
function namesOf(table: string): readonly string[] {
  const [text = ''] = new RegExp(`^${table} = \\{.*?^\\}`, 'ms').exec(extra) ?? [];
  return [...text.matchAll(/"(\w+)": (?:lambda|\w+,)/g)].map(([, name]) => name!);
}

const classes = [
  'Toggle',
  'Back',
  'Reads',
  'Peeks',
  'Sizes',
  'Calls',
  'Keeps',
  'Takes',
  'Tied',
  'Views',
  'Asks',
  'Cuts',
  'Sees',
  'Leaves',
  'Finds',
  'Outer',
  'Grid',
  'Unsure',
];
const reader = forkTexts['models/yolo.py']!.replace(
  'import Concat, Conv, Detect, Halves',
  `import Concat, Conv, Detect, Halves\nfrom models.extra import ${classes.join(', ')}`,
)
  .replace('if m in {Conv, Halves}:', `if m in {Conv, Halves, ${classes.join(', ')}}:`)
  // As in Ultralytics 8.0 to 8.2, of the class.
  .replace(
    /^( *)m_\.i, m_\.f/m,
    '$1m.np = sum(x.numel() for x in m_.parameters())\n$1if m is Grid:\n$1    m_.step = torch.tensor([2.0])\n$&',
  )
  // One convolution for two rows, and rows that are called twice.
  .replace(
    /^( *)m_\.i, m_\.f/m,
    '$1if d.get("tie") and layers and hasattr(m_, "conv") and type(m_) is type(layers[-1]):\n$1    m_.conv = layers[-1].conv\n$&',
  )
  .replace(/^( *)x = m\(x\)$/m, '$1if self.yaml.get("twice") and m.i > 0:\n$1    m(x)\n$&');
const texts = { 'models/extra.py': extra, 'models/yolo.py': reader };

let count = 0;

/** The same files to a reader that has never seen them: what follows the last line changes nothing. */
const unseen = (): Files => fork({ ...texts, 'models/yolo.py': `${reader}# ${count++}\n` });

function analysed(text: string, files: Files, earlier?: Analysed): Analysed {
  const source = { name, text, path: `${forkFolder}/cfg/${name}`, files };
  return price(open(source, settings, earlier?.document)!, settings)!;
}

function shown(found: Analysed): unknown {
  const { text } = found.document.source;
  const { graph } = found.model;
  const frames: unknown[] = [];
  const visit = (frame: (typeof graph)['root']): void => {
    const { label, type, summary, sites, first, end, notes, children } = frame;
    frames.push({ label, type, summary, sites, first, end, notes });
    for (const child of children) visit(child);
  };
  visit(graph.root);
  const hovers = [...text.matchAll(/- \[/g)].flatMap(({ index }) =>
    [index + 3, index + 12].map(at => hover(found, at)),
  );
  return {
    report: report(found, { blocks: true }),
    problems: problemsWithHints(found),
    hints: hints(found, { from: 0, to: text.length }),
    frames,
    hovers,
    nodes: graph.nodes.map(({ id, op, attrs, inputs, outputs, shares, why, frame }) => ({
      id,
      op: op.name,
      attrs,
      inputs: inputs.map(({ node, port }) => [node.id, port]),
      outputs: outputs.map(({ shape, why: reason }) => [shape, reason?.message]),
      shares: shares?.id,
      why: why?.message,
      frame: frame.label,
    })),
  };
}

const textOf = (rows: readonly string[], head: string): string =>
  `nc: 3\n${head}backbone:\n${rows.map(row => `  - ${row}\n`).join('')}head:\n  - [[-1], 1, Detect, [nc]]\n`;

const channels = fc.constantFrom(8, 16);
const anyRow = fc.oneof(
  fc.tuple(fc.constantFrom(...classes), channels).map(([cls, c]) => `[-1, 1, ${cls}, [${c}]]`),
  fc
    .tuple(channels, fc.constantFrom('view', 'same', 'half', 'write', 'into', 'table', 'shift'))
    .map(([c, how]) => `[-1, 1, Views, [${c}, ${how}]]`),
  fc.tuple(channels, fc.constantFrom(...namesOf('peeks'))).map(([c, how]) => `[-1, 1, Peeks, [${c}, ${how}]]`),
  fc
    .tuple(channels, fc.constantFrom('-1', '[-1]'), fc.constantFrom(...namesOf('asks')))
    .map(([c, from, how]) => `[${from}, 1, Asks, [${c}, ${how}]]`),
  fc
    .tuple(channels, fc.constantFrom('Leaves', 'Finds'), fc.constantFrom('modules', 'dispatch'))
    .map(([c, cls, how]) => `[-1, 1, ${cls}, [${c}, ${how}]]`),
  channels.map(c => `[-1, 1, Toggle, [${c}, 5]]`),
  channels.map(c => `[-1, 1, Conv, [${c}, 3, 1]]`),
  channels.map(c => `[-1, 2, Halves, [${c}]]`),
  fc.constantFrom('[-1, 1, nn.Identity, []]', '[[-1, -1], 1, Concat, [1]]', '[-1, 1, nn.ReLU, []]'),
);

/** An edit of the rows: another one, one more, one less, two exchanged. */
const anyEdit = fc.record({
  kind: fc.constantFrom('replace', 'replace', 'replace', 'insert', 'remove', 'exchange', 'none'),
  head: fc.constantFrom('', '', '', 'activation: nn.ReLU()\n', 'tie: 1\n', 'twice: 1\n'),
  at: fc.nat(20),
  row: anyRow,
});

function edited(rows: readonly string[], { kind, at, row }: { kind: string; at: number; row: string }): string[] {
  const where = at % rows.length;
  if (kind === 'insert') return rows.toSpliced(where, 0, row);
  if (kind === 'remove' && rows.length > 1) return rows.toSpliced(where, 1);
  if (kind === 'replace') return rows.with(where, row);
  if (kind === 'exchange') return rows.toSpliced(where, 2, ...rows.slice(where, where + 2).reverse());
  return [...rows];
}

before(() => startPython());

describe('what a row did before', () => {
  it('stands again where nothing that it depends on has changed', () => {
    const rows = [
      '[-1, 1, Conv, [8, 3, 1]]',
      '[-1, 1, Conv, [16, 3, 1]]',
      '[[-1, 0], 1, Concat, [1]]',
      '[-1, 1, Calls, [8]]',
    ];
    const files = unseen();
    let found: Analysed | undefined;
    for (let round = 0; round < 4; round++) found = analysed(`${textOf(rows, '')}# ${round}\n`, files, found);
    const segments = ({ model }: Analysed) => {
      const { rows: placed } = model.graph;
      return Array.from({ length: placed.length }, (_, row) => placed.segment(row)).filter(segment => segment);
    };
    const again = analysed(textOf(rows.with(1, '[-1, 1, Conv, [16, 1, 1]]'), ''), files, found);
    const [then, now] = [segments(found!), segments(again)];
    assert.equal(now.length, 5);
    const same = now.map((segment, row) => segment === then[row]);
    assert.deepEqual(same, [true, false, true, true, true]);
    // The first row alone is other, and what parse_model notes of its class; who asks for that is made again.
    const counted = rows.with(2, '[-1, 1, Sizes, [16]]').with(3, '[-1, 1, Conv, [8, 3, 1]]');
    for (let round = 0; round < 4; round++) found = analysed(`${textOf(counted, '')}# ${round}\n`, files, found);
    const other = analysed(textOf(counted.with(0, '[-1, 1, Halves, [8]]'), ''), files, found);
    assert.deepEqual(
      segments(other).map((segment, row) => segment === segments(found!)[row]),
      [false, true, false, true, true],
    );
  });

  it('stands again in another row, under the number of that one', () => {
    const rows = ['[-1, 1, Conv, [8, 3, 1]]', '[-1, 1, Grid, [8]]', '[-1, 1, Asks, [8]]', '[[-1, 0], 1, Concat, [1]]'];
    const files = unseen();
    let found: Analysed | undefined;
    for (let round = 0; round < 4; round++) found = analysed(`${textOf(rows, '')}# ${round}\n`, files, found);
    const moved = ['[-1, 1, Conv, [3, 1, 1]]', rows[0]!, rows[1]!, rows[2]!, '[[-1, 1], 1, Concat, [1]]'];
    const again = analysed(textOf(moved, ''), files, found);
    const [then, now] = [found!, again].map(({ model }) => {
      const { rows: placed } = model.graph;
      return Array.from({ length: placed.length }, (_, row) => placed.segment(row)).filter(segment => segment);
    });
    // The row that asks for its number, and what reads more of it, are made again.
    assert.deepEqual(
      now!.slice(1).map((segment, row) => segment === then![row]),
      [true, true, false, true, true],
    );
    const labels = again.model.graph.root.children.map(({ label }) => label);
    assert.deepEqual(labels, ['model.0', 'model.1', 'model.2', 'model.3', 'model.4', 'model.5']);
    assert.deepEqual(shown(again), shown(analysed(textOf(moved, ''), unseen())));
  });

  it('does not stand again where the row is asked for, in whatever way', () => {
    const files = fork(texts);
    const conv = '[-1, 1, Conv, [8, 3, 1]]';
    let found: Analysed | undefined;
    const seen = namesOf('asks').flatMap(how => {
      const asks = `[-1, 1, Asks, [8, ${how}]]`;
      return [
        [conv, asks],
        [conv, asks],
        [conv, conv, asks],
      ].map(rows => {
        found = analysed(textOf(rows, ''), files, found);
        return { rows, as: shown(found) };
      });
    });
    for (const { rows, as } of seen) assert.deepEqual(as, shown(analysed(textOf(rows, ''), unseen())));
  });

  it('does not stand again where a row above it left something in what natives keep', () => {
    const files = fork(texts);
    const conv = '[-1, 1, Conv, [8, 3, 1]]';
    let found: Analysed | undefined;
    const seen = namesOf('leaves').flatMap(how => {
      const [leaves, finds] = [`[-1, 1, Leaves, [8, ${how}]]`, `[-1, 1, Finds, [8, ${how}]]`];
      return [
        [conv, finds],
        [conv, finds],
        [leaves, finds],
        [leaves, leaves, finds],
        [conv, finds],
      ].map(rows => {
        found = analysed(textOf(rows, ''), files, found);
        return { rows, as: shown(found) };
      });
    });
    for (const { rows, as } of seen) assert.deepEqual(as, shown(analysed(textOf(rows, ''), unseen())));
  });

  it('does not count again what another row has counted', () => {
    const files = fork(texts);
    const rows = ['[-1, 1, Conv, [8, 3, 1]]', '[-1, 1, Back, [8]]', '[-1, 1, Back, [8]]'];
    let found: Analysed | undefined;
    const seen = ['', '', '', 'tie: 1\n', '', 'twice: 1\n', 'twice: 1\n', 'tie: 1\ntwice: 1\n', ''].map(head => {
      found = analysed(textOf(rows, head), files, found);
      return { head, as: shown(found) };
    });
    for (const { head, as } of seen) assert.deepEqual(as, shown(analysed(textOf(rows, head), unseen())));
  });

  it('is seen by nobody', () => {
    const session = fc.record({
      rows: fc.array(anyRow, { minLength: 2, maxLength: 6 }),
      edits: fc.array(anyEdit, { minLength: 4, maxLength: 7 }),
    });
    fc.assert(
      fc.property(session, ({ rows: first, edits }) => {
        const files = fork(texts);
        let rows: readonly string[] = first;
        let found: Analysed | undefined;
        const seen = edits.map(edit => {
          rows = edited(rows, edit);
          const words = textOf(rows, edit.head);
          found = analysed(words, files, found);
          return { words, as: shown(found) };
        });
        // Only now: there is one machine for a reader, which other texts of it would end.
        for (const { words, as } of seen) assert.deepEqual(as, shown(analysed(words, unseen())));
      }),
      { numRuns: Number(process.env.FLOPLINE_RUNS ?? 4) },
    );
  });
});

// A file that the Python of its repository reads: definitions there, what the hover says of it, what it refuses.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import {
  type Analysed,
  defaultSettings,
  definitionOf,
  type Files,
  hover,
  lenses,
  open,
  price,
  startPython,
  textOfFile,
} from '../../server/src/core/index.ts';
import { readProject } from '../../server/src/core/project/index.ts';

const folder = fileURLToPath(new URL('../editor/workspace/fork/', import.meta.url)).replace(/\/$/, '');
const root = '/home/me/a fork (2)';
const texts = new Map([
  [`${root}/pyproject.toml`, ''],
  ...readdirSync(`${folder}/models`).map(
    name => [`${root}/models/${name}`, readFileSync(`${folder}/models/${name}`, 'utf8')] as const,
  ),
]);
const tiny = texts.get(`${root}/models/tiny.yaml`)!;

function filesOf(changed: Readonly<Record<string, string>>): Files {
  const read = (path: string): string | undefined => changed[path] ?? texts.get(path);
  return {
    read,
    isFolder: path => [...texts.keys()].some(each => each.startsWith(`${path}/`)),
    list: path => [
      ...new Set(
        [...texts.keys()].flatMap(each =>
          each.startsWith(`${path}/`) ? each.slice(path.length + 1).split('/')[0]! : [],
        ),
      ),
    ],
  };
}

interface Changes {
  readonly text?: string;
  /** A replacement in the file of the modules. */
  readonly blocks?: readonly [old: string, replacement: string];
  readonly rules?: string;
  readonly repository?: boolean;
}

function analysed({ text = tiny, blocks, rules, repository = true }: Changes = {}): Analysed {
  const path = `${root}/models/blocks.py`;
  const files = filesOf(blocks ? { [path]: texts.get(path)!.replace(...blocks) } : {});
  const project = rules === undefined ? undefined : readProject(rules, `${root}/flopline.yaml`);
  const source = { name: 'tiny.yaml', text, path: `${root}/models/tiny.yaml`, files, project, roots: { repository } };
  return price(open(source, defaultSettings)!, defaultSettings)!;
}

/** What is there where a name leads to: `models/blocks.py: class Gate(nn.Module)`. */
function leadsTo(found: Analysed, words: string): string | undefined {
  const definition = definitionOf(found, found.document.source.text.indexOf(words));
  if (definition?.file === undefined) return undefined;
  const text = textOfFile(found.document, found.spec, definition.file)!;
  return `${definition.file.slice(root.length + 1)}: ${text.slice(definition.at.from, definition.at.to)}`;
}

describe('a file that is read by its repository', () => {
  before(() => startPython());

  it('leads from the name of a module to its class, repeated or not', () => {
    const found = analysed();
    assert.equal(leadsTo(found, 'Gate'), 'models/blocks.py: class Gate(nn.Module):');
    assert.equal(leadsTo(found, 'Conv, [32'), 'models/blocks.py: class Conv(nn.Module):');
    assert.equal(leadsTo(found, 'Points'), 'models/blocks.py: class Points(nn.Module):');
  });

  it('leads nowhere else from a module of PyTorch, from references and from arguments', () => {
    const found = analysed();
    assert.equal(leadsTo(found, 'nn.MaxPool2d'), undefined);
    assert.equal(leadsTo(found, '2, -1]'), undefined);
    assert.equal(leadsTo(found, '16, 3, 2'), undefined);
    assert.equal(leadsTo(analysed({ repository: false }), 'Conv'), undefined);
  });

  it('leads from a row that a rule counts to the rule', () => {
    const rules = 'modules:\n  DCNv3:\n    channels: argument 1\n    body: [conv: {out: $out, kernel: 1}]\n';
    const text = tiny.replace('Gate, [32, 8]', 'DCNv3, [32]');
    const found = analysed({ text, rules });
    // This reader has no `DCNv3`, and `globals()` has what stands in for it.
    const name = definitionOf(found, text.indexOf('DCNv3'));
    assert.equal(name?.file, `${root}/flopline.yaml`);
    assert.equal(rules.slice(name!.at.from, name!.at.to), 'DCNv3');
    assert.match(hover(found, text.indexOf('DCNv3'))!.markdown, /rule/);
  });

  it('says in the hover what the class says of itself, where it is, and who read it', () => {
    const found = analysed();
    const { markdown } = hover(found, tiny.indexOf('Gate'))!;
    assert.match(markdown, /\*\*Gate\*\*: Two convolutions, one of which decides what the other one lets through\.\n/);
    const address = 'file:///home/me/a%20fork%20%282%29/models/blocks.py';
    assert.ok(
      markdown.includes(`Defined in [models/blocks.py:20](${address}#L20), read by \`models/yolo.py\`.`),
      markdown,
    );
    assert.ok(
      markdown.includes(`[\`value\`](${address}#L29 "models/blocks.py:29") [Conv](${address}#L7 "models/blocks.py:7")`),
      markdown,
    );
    // A layer of PyTorch is explained as anywhere.
    assert.match(hover(found, tiny.indexOf('nn.MaxPool2d'))!.markdown, /Keeps the largest element of each window\./);
    assert.match(hover(found, 0)!.markdown, /Read by `models\/yolo\.py`\./);
    assert.match(lenses(found)[0]!.tooltip!, /^Read by models\/yolo\.py$/m);
    assert.match(lenses(analysed({ repository: false }))[0]!.tooltip!, /^Read by Flopline’s tables of Ultralytics$/m);
  });

  it('leads to the class of a row that cannot be built, and of one that cannot be run', () => {
    for (const changes of [
      { text: tiny.replace('Gate, [32]', 'Gate, [32, 8, 9]') },
      { text: tiny.replace('Conv, [16, 3, 2]', 'Gate, [16, 3, 2, 1]') },
      { blocks: ['self.value(x) *', 'self.values(x) *'] as const },
    ]) {
      const found = analysed(changes);
      assert.equal(leadsTo(found, 'Gate'), 'models/blocks.py: class Gate(nn.Module):');
      assert.match(
        hover(found, found.document.source.text.indexOf('Gate'))!.markdown,
        /Two convolutions, one of which/,
      );
    }
  });

  const refused = (changes: Changes) => {
    const found = analysed(changes);
    const { text } = found.document.source;
    return found.problems
      .filter(({ severity }) => severity === 'error')
      .map(({ code, range, message, help, related = [] }) => ({
        code,
        row: text.slice(range.from, range.to),
        message,
        help,
        related: related.map(({ file, range: { from, to }, message: words }) => {
          const there = file === undefined ? text : textOfFile(found.document, found.spec, file)!;
          return `${words} ${there.slice(from, to)}`;
        }),
      }));
  };

  it('reports at the row what the constructor of its module refuses', () => {
    assert.deepEqual(refused({ text: tiny.replace('Gate, [32]', 'Gate, [32, 8, 9]') }), [
      {
        code: 'reader-refuses',
        row: '[-1, 1, Gate, [32, 8, 9]]',
        message:
          '`models/yolo.py` cannot build this row: TypeError: Gate.__init__() takes from 3 to 4 positional arguments but 5 were given.',
        help: 'Compare the arguments of the row with those that the class takes; `parse_model` may put channels in front of them.',
        related: [
          'Raised here, in parse_model. module = nn.Sequential(*(m(*args) for _ in range(n))) if n > 1 else m(*args)',
          "Called from here, in __init__. self.model, self.save = parse_model(deepcopy(cfg), [cfg.get('ch', ch)])",
        ],
      },
    ]);
  });

  it('reports a name that the reader does not know, one that a module does not, and what fails in forward', () => {
    const [unknown, ...others] = refused({ text: tiny.replace('Gate, [32]', 'Gait, [32]') });
    assert.deepEqual(others, []);
    assert.equal(unknown?.row, '[-1, 1, Gait, [32]]');
    assert.equal(unknown?.message, "`models/yolo.py` cannot build this row: KeyError: 'Gait'.");
    assert.equal(unknown?.help, '`models/yolo.py` knows no `Gait`: correct the name, or import the class there.');

    const [inside] = refused({ blocks: ['self.value = Conv(', 'self.value = Conf('] });
    assert.equal(inside?.message, "`models/yolo.py` cannot build this row: NameError: name 'Conf' is not defined.");
    assert.equal(inside?.help, 'Nothing has given this name a value in that file: define it there, or import it.');
    assert.equal(inside?.related[0], 'Raised here, in __init__. self.value = Conf(c1, c2, 3)');

    const [forward] = refused({ blocks: ['self.value(x) *', 'self.values(x) *'] });
    assert.equal(forward?.row, '[-1, 1, Gate, [32]]');
    assert.equal(
      forward?.message,
      "The forward pass of this row fails: AttributeError: 'Gate' object has no attribute 'values'.",
    );
    assert.equal(forward?.related[0], 'Raised here, in forward. return self.values(x) * self.gate(x).sigmoid()');
  });

  it('reports at the row where channels do not meet inside of its module', () => {
    const [found, ...others] = refused({ blocks: ['return self.value(x) *', 'return self.value(self.value(x)) *'] });
    assert.deepEqual(others, []);
    assert.equal(found?.code, 'channel-mismatch');
    assert.equal(found?.row, '[-1, 1, Gate, [32]]');
    assert.match(found!.message, /expects 16 input channels, but its input has 32/);
    assert.equal(found?.related[0], 'Here, in Conv.forward. self.conv(x)');
  });
});

// What programs read of files: `fixtures/files/main.py` beside what CPython 3.11 with PyYAML 6.0.3 printed for it in that folder.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Files } from '../../../server/src/core/python/files.ts';
import { startPython } from '../../../server/src/core/syntax/python/parse.ts';
import { Disk } from '../../../server/src/host/disk.ts';
import { filesOf, raisedText, runProgram } from '../../support/pythonProgram.ts';

before(startPython);

const folder = fileURLToPath(new URL('fixtures/files', import.meta.url)).replaceAll('\\', '/');

/** Runs a program that lies in a folder. */
function run(text: string, cwd: string, path: string, files: Files): string {
  const { printed, outcome, faults } = runProgram(text, { files, roots: [cwd], cwd, path });
  assert.deepEqual(faults, []);
  assert.equal(outcome.kind === 'raised' ? raisedText(outcome.exception) : outcome.kind, 'value');
  return printed;
}

function runFixture(name: string): string {
  const path = `${folder}/${name}`;
  return run(readFileSync(path, 'utf8'), folder, path, new Disk());
}

function runIn(texts: Readonly<Record<string, string>>, lines: readonly string[]): readonly string[] {
  return run(`${lines.join('\n')}\n`, '/repo', '/repo/main.py', filesOf(texts))
    .trimEnd()
    .split('\n');
}

describe('Files that a program reads', () => {
  it('are read as Python reads them', () => {
    const expected = readFileSync(`${folder}/main.out`, 'utf8');
    assert.deepEqual(runFixture('main.py').split('\n'), expected.split('\n'));
  });

  it('keep what the program writes, which no disk sees', () => {
    assert.deepEqual(runFixture('writes.py').trimEnd().split('\n'), [
      'False False',
      "True True ['up']",
      "True {'version': '1', 'sizes': [1, 2]}",
      "['one\\n', 'two\\n', 'three\\n'] ['log.txt', 'settings.json']",
      "False ['settings.json']",
      'again True',
      'True False True',
      'False False False',
    ]);
    assert.equal(new Disk().isFolder(`${folder}/made`), false);
  });

  it('are found from the folder of the repository, then from the roots', () => {
    const files = filesOf({ '/repo/a.yaml': 'x: 1', '/lib/a.yaml': 'x: 2', '/lib/sub/b.yaml': 'x: 3' });
    const text = [
      'import yaml, os, sys',
      'from pathlib import Path',
      "print(yaml.safe_load(open('a.yaml')), yaml.safe_load(open('sub/b.yaml')))",
      "print(Path('sub/b.yaml').resolve(), os.path.abspath('c.yaml'), os.getcwd(), sys.path)",
    ].join('\n');
    const { printed } = runProgram(text, { files, roots: ['/lib'], cwd: '/repo' });
    assert.equal(printed, "{'x': 1} {'x': 3}\n/lib/sub/b.yaml /repo/c.yaml /repo ['/lib']\n");
  });

  it('are unknown for a program that lies nowhere', () => {
    const { printed } = runProgram("import os\nprint(open('a.txt').read())\nprint(os.path.exists('a.txt'))");
    assert.equal(printed.match(/Where the program lies is not known/g)?.length, 2);
  });

  it('are unknown where they are no text, too large, or of another alphabet', () => {
    const files: Files = {
      ...filesOf({ '/repo/broken.txt': 'a\ufffdb', '/repo/german.txt': 'ä' }),
      list: () => ['broken.txt', 'german.txt', 'weights.pt'],
    };
    const lines = [
      "open('broken.txt').read()",
      "open('broken.txt', 'rb').read()",
      "open('broken.txt', errors='ignore').read()",
      "open('german.txt', encoding='cp1252').read()",
      "open('weights.pt', 'rb').read()",
    ];
    const program = `import os\n${lines.map(line => `print(${line})`).join('\n')}\nprint(os.path.exists('weights.pt'))`;
    const printed = run(program, '/repo', '/repo/main.py', files).trimEnd().split('\n');
    assert.match(printed[0]!, /not UTF-8/);
    assert.match(printed[1]!, /not UTF-8/);
    assert.equal(printed[2], 'ab');
    assert.match(printed[3]!, /read as cp1252/);
    assert.match(printed[4]!, /“weights.pt” cannot be read as text/);
    assert.equal(printed[5], 'True');
  });

  it('of YAML are unknown where PyYAML refuses them or makes other objects of them', () => {
    const printed = runIn({ '/repo/a': '' }, [
      'import yaml',
      "print(yaml.safe_load('a: [1'))",
      "print(yaml.safe_load('a: !!python/tuple [1]'))",
      "print(yaml.safe_load('2020-01-01'))",
      "print(yaml.safe_load('!!set {a, b}'))",
      'yaml.SafeLoader.add_constructor("!x", None)',
      "print(yaml.safe_load('a: 1'))",
      "print(yaml.full_load('a: 1'))",
      'class Own(yaml.SafeLoader): pass',
      "print(yaml.load('a: 1', Loader=Own))",
      "print(yaml.dump({'a': 1}))",
    ]);
    const isKnown = printed.map(line => !/^<.*>$/.test(line));
    assert.deepEqual(isKnown, [false, false, false, false, false, true, false, false]);
  });

  it('of YAML have one object for an anchor and its aliases', () => {
    const yaml = 'a: &a [1]\nb: *a\nc: {<<: {x: 1}, y: *a}\n';
    const printed = runIn({ '/repo/a.yaml': yaml }, [
      'import yaml',
      "d = yaml.safe_load(open('a.yaml'))",
      "d['b'].append(2)",
      "print(d, d['a'] is d['c']['y'])",
      "print(yaml.safe_load(open('a.yaml')))",
    ]);
    assert.deepEqual(printed, [
      "{'a': [1, 2], 'b': [1, 2], 'c': {'x': 1, 'y': [1, 2]}} True",
      "{'a': [1], 'b': [1], 'c': {'x': 1, 'y': [1]}}",
    ]);
  });

  it('tell which packages are there, and in which versions', () => {
    const texts = {
      '/repo/pack/__init__.py': '',
      '/repo/pack/part.py': '',
      '/repo/some_pack-1.2.3.dist-info/METADATA': '',
    };
    const printed = runIn(texts, [
      'import sys',
      'import importlib.util',
      'from importlib.metadata import version',
      'from packaging.version import parse',
      'import pkg_resources as pkg',
      "print('pytest' in sys.modules, 'sys' in sys.modules)",
      "print([importlib.util.find_spec(n) is not None for n in ['pack', 'pack.part', 'pack.no', 'nothing', 'json']])",
      "print(importlib.util.find_spec('pack').origin, version('some-pack'), version('torchvision'))",
      "print(parse('1.10') > parse('1.9'), pkg.parse_version('2.0.1') >= pkg.parse_version('2.0'))",
      'import nowhere_to_be_found as missing',
      "print('there' if missing else 'not there', missing is None, 'none' if not missing else 'some')",
      // A constant of it may equal a text, a class nothing that is known.
      "print(missing.SOME_VERSION == '1', missing.Conv == '1', dict in ['a', missing.C3_X], getattr(missing, 'X', 0) == 1)",
    ]);
    assert.match(printed.at(-1)!, /^<.*cannot be found.*> False False <.*cannot be found.*>$/);
    assert.deepEqual(printed.slice(0, -1), [
      'False True',
      '[True, True, False, False, True]',
      '/repo/pack/__init__.py 1.2.3 0.24.0',
      'True True',
      'there False some',
    ]);
  });
});

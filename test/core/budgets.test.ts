// Which files a budget of the project file is for.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { baseOf, isName, matches } from '../../server/src/core/project/glob.ts';
import { budgetedFiles, budgetsOf, type Places, readProject } from '../../server/src/core/project/index.ts';

const project = (text: string) => readProject(text, '/home/me/repo/flopline.yaml');

/** The places of the budgets that are for a file, with their entries. */
const budgetsFor = (text: string, file: string): string[] =>
  budgetsOf(project(text), `/home/me/repo/${file}`).map(({ index, entry }) =>
    entry === undefined ? String(index) : `${index} ${entry}`,
  );

function diskOf(...files: readonly string[]): Places {
  const all = files.map(file => `/home/me/repo/${file}`);
  return {
    has: path => all.some(each => each === path || each.startsWith(`${path}/`)),
    isFolder: path => all.some(each => each.startsWith(`${path}/`)),
    below: folder => all.filter(each => each.startsWith(`${folder}/`)),
  };
}

describe('globs', () => {
  const cases: readonly (readonly [pattern: string, yes: readonly string[], no: readonly string[]])[] = [
    ['models/a.yaml', ['models/a.yaml'], ['models/b.yaml', 'x/models/a.yaml', 'models/aXyaml']],
    ['./models//a.yaml', ['models/a.yaml'], []],
    ['*.yaml', ['a.yaml', '.yaml'], ['models/a.yaml', 'a.yml']],
    ['models/*/net.cfg', ['models/v1/net.cfg'], ['models/net.cfg', 'models/v1/a/net.cfg']],
    ['models/**/*.yaml', ['models/a.yaml', 'models/v8/n/a.yaml'], ['a.yaml', 'amodels/a.yaml']],
    ['**/*.yaml', ['a.yaml', 'x/y/a.yaml'], ['a.cfg']],
    ['models/**', ['models/a.yaml', 'models/x/y'], ['models']],
    ['models/', ['models/a.yaml', 'models/x/y'], ['model']],
    ['net?.cfg', ['net1.cfg'], ['net.cfg', 'net12.cfg', 'net/.cfg']],
    ['{a,b/*}.{cfg,yaml}', ['a.cfg', 'b/x.yaml'], ['b.cfg', 'c.cfg']],
    ['{a,{b,c}}.cfg', ['a.cfg', 'b.cfg', 'c.cfg'], ['d.cfg']],
    ['v[0-9a].cfg', ['v3.cfg', 'va.cfg'], ['vb.cfg', 'v10.cfg']],
    ['v[!0-9].cfg', ['vb.cfg'], ['v3.cfg', 'v/.cfg']],
    ['a(b)+.cfg', ['a(b)+.cfg'], ['ab.cfg', 'abb.cfg']],
    ['a{b.cfg', ['a{b.cfg'], ['ab.cfg']],
    ['Größe-*.yaml', ['Größe-1.yaml'], ['Grösse-1.yaml']],
  ];
  for (const [pattern, yes, no] of cases) {
    it(`${pattern} means what it says`, () => {
      for (const path of yes) assert.ok(matches(pattern, path), path);
      for (const path of no) assert.ok(!matches(pattern, path), path);
    });
  }

  /** Whether signs mean other signs, by trying all that a star may be. */
  function naive(pattern: string, path: string): boolean {
    if (pattern === '') return path === '';
    if (pattern.startsWith('**/')) {
      if (naive(pattern.slice(3), path)) return true;
      const end = path.indexOf('/');
      return end > 0 && naive(pattern, path.slice(end + 1));
    }
    const [first] = pattern;
    if (first === '*') {
      for (let length = 0; length <= path.length; length++) {
        if (path.slice(0, length).includes('/')) break;
        if (naive(pattern.slice(1), path.slice(length))) return true;
      }
      return false;
    }
    return (
      path !== '' && (first === '?' ? path[0] !== '/' : path[0] === first) && naive(pattern.slice(1), path.slice(1))
    );
  }

  it('agree with trying everything', () => {
    const folder = fc.array(fc.constantFrom('a', 'b', '.', '*', '?'), { minLength: 1, maxLength: 3 });
    const part = fc.oneof({ weight: 3, arbitrary: folder.map(signs => signs.join('')) }, fc.constant('**'));
    const pattern = fc
      .tuple(fc.array(part, { maxLength: 3 }), folder)
      .map(([parts, last]) => [...parts, last.join('').replace('**', 'a*')].join('/'))
      .filter(text => !/\*\*[^/]|[^/]\*\*|^\.\/|^!/.test(text));
    const name = fc.array(fc.constantFrom('a', 'b', '.'), { minLength: 1, maxLength: 3 }).map(signs => signs.join(''));
    const path = fc.array(name, { minLength: 1, maxLength: 4 }).map(parts => parts.join('/'));
    fc.assert(
      fc.property(pattern, path, (glob, file) => {
        assert.equal(matches(glob, file), naive(glob, file));
        // Whatever a glob means lies in its base.
        if (matches(glob, file)) assert.ok(`${file}/`.startsWith(baseOf(glob) === '' ? '' : `${baseOf(glob)}/`));
      }),
      { numRuns: 2000 },
    );
  });

  it('are never an error, whatever is written', () => {
    const text = fc.string({ unit: fc.constantFrom(...'a*?[]{}!^-,/\\.()$+|é'), maxLength: 12 });
    fc.assert(
      fc.property(text, text, (glob, file) => {
        matches(glob, file);
        isName(glob);
        baseOf(glob);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('budgets', () => {
  const text = `budgets:
  - files: ['models/*.yaml', '!models/old*.yaml']
  - files: models/a.yaml
    entries: ['models/net.py:Net(10)', 'models/net.py: Net(2)']
  - files: ['./models/net.py', '../outside.yaml']
`;

  it('are for the files that they name, and for networks of Python files', () => {
    assert.deepEqual(budgetsFor(text, 'models/a.yaml'), ['0', '1']);
    assert.deepEqual(budgetsFor(text, 'models/b.yaml'), ['0']);
    assert.deepEqual(budgetsFor(text, 'models/old.yaml'), []);
    assert.deepEqual(budgetsFor(text, 'models/net.py'), ['1 Net(10)', '1 Net(2)', '2']);
    assert.deepEqual(budgetsFor(text, 'a.yaml'), []);
    assert.deepEqual(budgetsOf(project(text), '/home/me/outside.yaml'), []);
    assert.deepEqual(budgetsOf(project(text), '/home/me/repo2/models/a.yaml'), []);
  });

  it('are never for the project file itself', () => {
    assert.deepEqual(budgetsFor("budgets: [{files: '*.yaml'}]", 'flopline.yaml'), []);
  });

  it('look at nothing outside of their folder', () => {
    const looked: string[] = [];
    const disk = diskOf('a.yaml');
    const { files, problems } = budgetedFiles(project("budgets: [{files: ['../../**', '../b.yaml', '/etc/*.cfg']}]"), {
      ...disk,
      has: () => true,
      below: folder => {
        looked.push(folder);
        return disk.below(folder);
      },
    });
    assert.deepEqual([looked, files], [[], []]);
    assert.deepEqual(
      problems.map(({ code, message }) => `${code}: ${message}`),
      [
        'budget-without-network: “../b.yaml” is outside the folder of `flopline.yaml`, so this budget checks nothing.',
        'budget-without-network: No file matches “../../**”, so this budget checks nothing.',
        'budget-without-network: No file matches “/etc/*.cfg”, so this budget checks nothing.',
      ],
    );
  });

  it('find their files, and say which of them are for none', () => {
    const sources = `budgets:
  - files: ['models/*.yaml', gone.cfg, folder, 'empty/*.cfg']
  - files: ['nothing/**']
  - entries: ['net.py:Net()', 'gone.py:Net()']
`;
    const { files, problems } = budgetedFiles(
      project(sources),
      diskOf('models/b.yaml', 'models/a.yaml', 'models/a.txt', 'folder/x.cfg', 'net.py', 'other.py'),
    );
    assert.deepEqual(
      files.map(({ path, isNamed }) => `${path.slice('/home/me/repo/'.length)} ${isNamed}`),
      ['models/a.yaml false', 'models/b.yaml false', 'net.py true'],
    );
    assert.deepEqual(
      problems.map(({ range, code }) => `${code}@${sources.slice(range.from, range.to)}`),
      ['gone.cfg', 'folder', "'gone.py:Net()'", "'nothing/**'"].map(place => `budget-without-network@${place}`),
    );
  });
});

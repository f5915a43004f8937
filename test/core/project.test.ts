// The project file: what is read of it, what is reported, which one governs a file.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { load } from 'js-yaml';
import {
  completions,
  defaultSettings,
  hints,
  hover,
  lenses,
  open,
  price,
  symbols,
} from '../../server/src/core/index.ts';
import { type Project, Projects, readProject } from '../../server/src/core/project/index.ts';
import type { Files } from '../../server/src/core/python/files.ts';
import { bytes, si } from '../../server/src/core/text/quantity.ts';
import { type Quantity, readAmount } from '../../server/src/core/text/units.ts';

const whole = `budgets:
  - files: ['models/**/*.yaml']
    input: [3, 640, 640]
    scale: n
    limits: {macs: 5G, params: 3.2M, bytes: 13MB, peak: 40MB, time: {device: my-gpu, ms: 30}}
  - entries: ['models/net.py:Net(num_classes=10)']
    input: {image: [1, 3, 32, 32]}
    limits: {macs: 1e9}
modules:
  DCNv3:
    channels: argument 1
    body:
      - conv: {out: $out, kernel: 3, padding: same}
  Fuse: {channels: sum, body: []}
  Wide: {arguments: [c2, kernel=3, bias=false, act=relu], channels: argument c2 unscaled}
devices:
  my-gpu: {flops: {fp32: 10T, fp16: 20 TFLOPS}, bandwidth: 300GB/s}
source: .
python: ../env/.venv
`;

const read = (text: string): Project => readProject(text, '/home/me/repo/flopline.yaml');

/** `code@place`, in order. */
const faults = (text: string): string[] =>
  read(text).problems.map(({ code, range }) => `${code}@${text.slice(range.from, range.to)}`);

/** Files by path. */
function filesOf(texts: Readonly<Record<string, string>>): Files & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    read: path => {
      asked.push(path);
      return texts[path];
    },
    isFolder: path => Object.keys(texts).some(each => each.startsWith(`${path}/`)),
    list: path =>
      Object.keys(texts).flatMap(each =>
        each.startsWith(`${path}/`) ? [each.slice(path.length + 1).split('/')[0]!] : [],
      ),
  };
}

describe('a project file', () => {
  it('is read with typed values', () => {
    const { problems, budgets, modules, devices, source, python } = read(whole);
    assert.deepEqual(problems, []);
    assert.equal(source?.value, '/home/me/repo');
    assert.equal(python?.value, '/home/me/env/.venv');
    const [first, second] = budgets;
    assert.deepEqual(
      first?.files?.map(({ value }) => value),
      ['models/**/*.yaml'],
    );
    assert.deepEqual(first?.input?.value, [{ sizes: [3, 640, 640] }]);
    assert.equal(first?.scale?.value, 'n');
    const { macs, params, bytes: size, peak, time } = first?.limits ?? {};
    assert.deepEqual(
      [macs, params, size, peak, time?.ms].map(limit => limit?.value),
      [5e9, 3_200_000, 13e6, 40e6, 30],
    );
    assert.equal(time?.device?.value, 'my-gpu');
    assert.equal(whole.slice(macs!.range.from, macs!.range.to), '5G');
    assert.deepEqual(second?.input?.value, [{ name: 'image', sizes: [1, 3, 32, 32] }]);
    assert.equal(second?.limits?.macs?.value, 1e9);
    assert.deepEqual(modules.get('DCNv3')?.value.channels, { kind: 'argument', index: 0, isScaled: true });
    assert.deepEqual(modules.get('Fuse')?.value.channels, { kind: 'sum' });
    const wide = modules.get('Wide')?.value;
    assert.deepEqual(wide?.channels, { kind: 'argument', index: 0, isScaled: false });
    assert.deepEqual(
      wide?.arguments?.map(each => each.default),
      [undefined, 3, false, 'relu'],
    );
    const gpu = devices.get('my-gpu')?.value;
    assert.deepEqual(
      [...gpu!.flops!].map(([dtype, { value }]) => [dtype, value]),
      [
        ['fp32', 10e12],
        ['fp16', 20e12],
      ],
    );
    assert.equal(gpu?.bandwidth, 300e9);
  });

  it('may be empty, and any part of it may be missing', () => {
    for (const text of ['', '# nothing yet\n', 'budgets:\n', 'modules:\ndevices:\n', 'modules: {A: }\n'])
      assert.deepEqual(faults(text), []);
  });

  it('is refused where a key or a value is wrong, and the rest is read', () => {
    const text = `bugets: []
budgets:
  - file: ['a.yaml']
    limits: {mac: 5G, params: many, bytes: 13MX}
  - files: a.yaml
    input: [3, 0]
  - files: a.yaml
    limits: {time: {device: your-gpu}}
modules:
  A: {channel: same, channels: smae}
  B: {arguments: [in, "2x"], channels: argument k, body: 3}
devices: {my-gpu: {flops: {fp31: 1T}, bandwidth: fast}}
source: [1]
python: .venv
`;
    assert.deepEqual(faults(text), [
      'unknown-key@bugets',
      'unknown-key@file',
      'unknown-key@mac',
      'wrong-amount@many',
      'wrong-amount@13MX',
      'missing-project-key@file',
      'wrong-project-value@[3, 0]',
      'missing-project-key@files',
      'missing-project-key@device',
      'unknown-key@channel',
      'wrong-channels-rule@smae',
      'reserved-parameter@in',
      'wrong-project-value@"2x"',
      'wrong-project-value@3',
      'wrong-channels-rule@argument k',
      'unknown-key@fp31',
      'wrong-amount@fast',
      'wrong-project-value@[1]',
      'unknown-device@your-gpu',
    ]);
    assert.equal(read(text).python?.value, '/home/me/repo/.venv');
    const [problem] = read(text).problems;
    assert.match(problem!.help!, /^Did you mean “budgets”\? The keys are source, python, modules, budgets, devices\.$/);
    assert.equal(problem!.fixes?.[0]?.edits[0]?.text, 'budgets');
  });

  it('says that FLOPs are not MACs', () => {
    const [problem] = read('budgets: [{files: a, limits: {macs: 5 GFLOPs}}]').problems;
    assert.match(problem!.help!, /^1 MAC is 2 FLOPs\./);
  });

  it('is read around a line that cannot be read', () => {
    const project = read(whole.replace('    scale: n\n', '    scale: [n\n'));
    assert.ok(project.problems.length > 0);
    assert.equal(project.source?.value, '/home/me/repo');
    assert.equal(project.modules.get('DCNv3')?.value.channels?.kind, 'argument');
  });

  it('never throws, and its problems lie in the text', () => {
    const part = fc.constantFrom(...whole.match(/\w+|[^\w]/g)!);
    const edited = fc
      .tuple(fc.nat(whole.length), fc.nat(12), fc.array(part, { maxLength: 6 }))
      .map(([at, count, parts]) => whole.slice(0, at) + parts.join('') + whole.slice(at + count));
    fc.assert(
      fc.property(edited, text => {
        for (const { range } of read(text).problems)
          assert.ok(range.from >= 0 && range.from <= range.to && range.to <= text.length);
      }),
      { numRuns: 200 },
    );
  });

  it('agrees with its schema', () => {
    const schema = (name: string): object =>
      JSON.parse(readFileSync(new URL(`../../schemas/${name}`, import.meta.url), 'utf8'));
    const validate = new Ajv({ strict: false })
      .addSchema(schema('flopline.schema.json'), 'flopline.schema.json')
      .compile(schema('project.schema.json'));
    assert.ok(validate(load(whole)), JSON.stringify(validate.errors));
    for (const text of [
      'bugets: []',
      'budgets: [{limits: {mac: 5G}}]',
      'modules: {A: {channels: smae}}',
      'modules: {A: {body: [[relu]]}}',
      'budgets: 3',
      'devices: {a: {flops: 3}}',
      'source: [1]',
    ])
      assert.ok(!validate(load(text)), text);
  });
});

describe('an amount', () => {
  const cases: [string, Quantity, number | undefined][] = [
    ['5G', 'macs', 5e9],
    ['5 GMACs', 'macs', 5e9],
    ['5b', 'macs', 5e9],
    ['812', 'macs', 812],
    ['1_000_000', 'macs', 1e6],
    ['1,200k', 'params', 1.2e6],
    ['3.2M params', 'params', 3.2e6],
    ['13MB', 'bytes', 13e6],
    ['13 mb', 'bytes', 13e6],
    ['16MiB', 'bytes', 16 * 1024 ** 2],
    ['512 B', 'bytes', 512],
    ['4G', 'bytes', 4e9],
    ['300GB/s', 'bandwidth', 300e9],
    ['1 TiB/s', 'bandwidth', 1024 ** 4],
    ['10 TFLOPS', 'rate', 10e12],
    ['10 TOPS', 'rate', 10e12],
    ['10T', 'rate', 10e12],
    ['30', 'milliseconds', 30],
    ['1.5s', 'milliseconds', 1500],
    ['250µs', 'milliseconds', 0.25],
    ['5 GFLOPs', 'macs', undefined],
    ['13MB', 'params', undefined],
    ['13MiB', 'macs', undefined],
    ['30 m', 'milliseconds', undefined],
    ['0', 'macs', undefined],
    ['-5G', 'macs', undefined],
    ['1e999', 'macs', undefined],
    ['5GG', 'macs', undefined],
    ['', 'macs', undefined],
  ];
  for (const [text, quantity, expected] of cases)
    it(`“${text}” of ${quantity}`, () => assert.equal(readAmount(text, quantity), expected));

  it('as we print it is read as what it says', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 ** 15 }), value => {
        const near = (found: number | undefined): void =>
          assert.ok(Math.abs(found! / value - 1) < 0.006, `${value}: ${found}`);
        near(readAmount(si(value), 'macs'));
        near(readAmount(`${si(value, ' ')}MACs`, 'macs'));
        near(readAmount(bytes(value), 'bytes'));
      }),
      { numRuns: 100 },
    );
  });
});

describe('the project file that governs a file', () => {
  const files = filesOf({
    '/home/me/repo/.git/HEAD': '',
    '/home/me/repo/flopline.yaml': 'source: .\n',
    '/home/me/repo/sub/flopline.yaml': 'source: src\n',
    '/home/me/flopline.yaml': 'source: wrong\n',
  });
  const sourceFor = (path: string, last?: string): string | undefined =>
    new Projects().of(path, files, last)?.source?.value;

  it('is the nearest one', () => {
    assert.equal(sourceFor('/home/me/repo/sub/deep/net.yaml'), '/home/me/repo/sub/src');
    assert.equal(sourceFor('/home/me/repo/other/net.yaml'), '/home/me/repo');
  });

  it('lies in the repository, or in the folder that is open', () => {
    assert.equal(sourceFor('/home/me/repo/net.yaml'), '/home/me/repo');
    assert.equal(sourceFor('/home/me/repo/other/net.yaml', '/home/me/repo/other'), undefined);
    assert.equal(sourceFor('/home/me/loose/net.yaml'), '/home/me/wrong');
    assert.equal(sourceFor('/home/me/loose/net.yaml', '/home/me/loose'), undefined);
  });

  it('is the same object as long as its text is the same', () => {
    const projects = new Projects();
    const first = projects.of('/home/me/repo/a.yaml', files);
    assert.equal(projects.of('/home/me/repo/b/c.yaml', files), first);
  });
});

describe('a project file that is open', () => {
  const analysed = price(open({ name: 'flopline.yaml', text: whole }, defaultSettings)!, defaultSettings)!;

  it('has hovers on its keys, and nothing that networks have', () => {
    const at = whole.indexOf('params: 3.2M');
    assert.equal(hover(analysed, at + 2)?.markdown, '**params**: Parameters.');
    assert.equal(hover(analysed, whole.indexOf('my-gpu: {flops')), undefined);
    assert.deepEqual(lenses(analysed), []);
    assert.deepEqual(symbols(analysed), []);
    assert.deepEqual(hints(analysed, { from: 0, to: whole.length }), []);
  });

  /** What is offered at `|`. */
  const offered = (marked: string): readonly string[] => {
    const at = marked.indexOf('|');
    const text = marked.slice(0, at) + marked.slice(at + 1);
    const found = price(open({ name: 'flopline.yaml', text }, defaultSettings)!, defaultSettings)!;
    return completions(found, at).map(({ label }) => label);
  };

  it('offers keys and words, but none that is there', () => {
    assert.deepEqual(offered('|'), ['source', 'python', 'modules', 'budgets', 'devices']);
    assert.deepEqual(offered('source: .\nbud|\ndevices:\n'), ['budgets']);
    assert.deepEqual(offered("budgets:\n  - files: ['a']\n    |\n    scale: n\n  - limits: {}\n"), [
      'entries',
      'input',
      'dtype',
      'limits',
    ]);
    assert.deepEqual(offered('budgets:\n- files: a\n  limits: {macs: 5G, |}\n'), ['params', 'bytes', 'peak', 'time']);
    assert.deepEqual(offered('budgets: [{files: a, limits: {time: {ms: 3, d|}}}]'), ['device']);
    assert.deepEqual(offered('modules:\n  DCNv3:\n    ch|\n'), ['channels']);
    assert.deepEqual(offered('modules:\n  DCNv3: {channels: |}\n'), [
      'same',
      'sum',
      'argument 1',
      'argument 1 unscaled',
    ]);
    assert.deepEqual(
      offered(
        'devices:\n  mine: {bandwidth: 1G}\n  yours: {}\nbudgets:\n  - files: a\n    limits:\n      time:\n        device: |\n',
      ),
      ['mine', 'yours'],
    );
    for (const none of [
      'modules:\n  |\n',
      'modules:\n  A:\n    body:\n      - |\n',
      '# |',
      'source: "|"',
      'budgets:\n  - files: [|]\n',
    ])
      assert.deepEqual(offered(none), [], none);
  });

  it('offers nothing that is an error, wherever it is typed', () => {
    fc.assert(
      fc.property(fc.nat(whole.length), at => {
        for (const completion of completions(
          price(open({ name: 'flopline.yaml', text: whole }, defaultSettings)!, defaultSettings)!,
          at,
        )) {
          assert.ok(completion.range.from <= at && at <= completion.range.to);
          if (completion.kind !== 'key') continue;
          const { from, to } = completion.range;
          const text = whole.slice(0, from) + completion.text + whole.slice(to);
          const isFollowed = /^\s*:/.test(whole.slice(to));
          if (isFollowed)
            assert.ok(
              !read(text).problems.some(({ code, range }) => code === 'unknown-key' && range.from === from),
              text,
            );
        }
      }),
      { numRuns: 60 },
    );
  });
});

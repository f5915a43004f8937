// What PyYAML refuses and other readers of YAML take: it is an error here, and never a complete total without a repair.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyEdits, defaultSettings, open, price, problems, report } from '../../server/src/core/index.ts';

const text = ['nc: 2', 'backbone:', '  - [-1, 1, Conv, [8, 3, 1]] # a', 'head:', '  - [[0], 1, Detect, [nc]]', ''].join(
  '\n',
);

function read(changed: string) {
  const document = open({ name: 'a.yaml', text: changed }, defaultSettings)!;
  const { totals, problems } = report(price(document, defaultSettings)!);
  const errors = problems.filter(({ severity }) => severity === 'error');
  return { params: totals.params, complete: totals.complete, codes: errors.map(({ code }) => code) };
}

const { params } = read(text);

for (const [what, from, to] of [
  ['after a word', 'Conv,', 'Conv\t,'],
  ['after a comma', 'Conv, ', 'Conv,\t'],
  ['after a colon', 'nc: 2', 'nc:\t2'],
  ['in front of a comment', '] # a', ']\t# a'],
  ['at the end of a line', '[nc]]', '[nc]]\t'],
] as const) {
  test(`a tab ${what} is an error, and the line is read with a space; the fix leaves a text without it`, () => {
    const changed = text.replace(from, to);
    assert.deepEqual(read(changed), { params, complete: true, codes: ['yaml-stray-tab'] });
    const analysed = price(open({ name: 'a.yaml', text: changed }, defaultSettings)!, defaultSettings)!;
    const edits = problems(analysed).flatMap(({ fixes }) => fixes?.[0]?.edits ?? []);
    assert.deepEqual(read(applyEdits(changed, edits)), { params, complete: true, codes: [] });
  });
}

for (const [what, from, to] of [
  ['a tab in a comment', '# a', '# a\tb'],
  ['a tab in quotes', 'nc: 2', "nc: 2\nname: 'a\tb'"],
  ['an empty key with a question mark', 'nc: 2', 'nc: 2\nkeys: [{? : 1}, ? : 2]'],
] as const) {
  test(`${what} is allowed`, () => assert.deepEqual(read(text.replace(from, to)).params, params));
}

for (const [what, from, to] of [
  ['a colon without a key in a list', '[8, 3', '[8,: 3'],
  ['a colon without a key in a mapping', 'nc: 2', 'nc: 2\nmore: {: 3}'],
  ['the space of an input method in front of a comment', '] # a', ']　# a'],
] as const) {
  test(`${what} is never complete without a repair`, () => {
    const { complete, codes } = read(text.replace(from, to));
    assert.ok(codes.length > 0);
    // What is repaired says so with a code of its own; a key that is missing is not.
    assert.equal(
      complete,
      codes.every(code => code !== 'yaml-no-key'),
      codes.join(),
    );
  });
}

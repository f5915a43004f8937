// What a value must be for PyYAML and PyTorch to take it: numbers that are text, floats where sizes stand, lists that
// are none, keys that only hold what aliases name.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { defaultSettings, type FileReport, open, price, report } from '../../../server/src/core/index.ts';

const rows = ['  - [-1, 1, Conv, [64, 3, 2]]', '  - [-1, 1, Conv, [128, 3, 2]]', '  - [-1, 3, C2f, [128, True]]'];
const top = ['nc: 80', 'scales:', '  n: [0.33, 0.25, 1024]'];
const text = (lines: readonly string[], backbone: readonly string[] = rows): string =>
  [...lines, 'backbone:', ...backbone, 'head:', '  - [[1, 2], 1, Detect, [nc]]', ''].join('\n');
const read = (source: string): FileReport =>
  report(price(open({ name: 'own.yaml', text: source }, defaultSettings)!, defaultSettings)!);
const errors = ({ problems }: FileReport): readonly string[] =>
  problems.filter(({ severity }) => severity === 'error').map(({ message }) => message);
/** Conv 464, Conv 4,672, C2f 7,360, Detect 294,320. */
const whole = 306_816;

describe('a value that reads as something else', () => {
  for (const [value, message] of [
    ['1e3', '`nc` must be a number above 0, but “1e3” is a string in YAML 1.1. Use 1000.'],
    ['09', '`nc` must be a number above 0, but “09” is a string in YAML 1.1. Use 9.'],
    ['"80"', '`nc` must be a number above 0, but quotes make it a string. Use 80.'],
    ['80,', '`nc` must be a number above 0, but “80,” is a string in YAML 1.1. Use 80.'],
    ['many', '`nc` must be a number above 0.'],
  ] as const) {
    test(`nc: ${value}`, () => {
      const result = read(text(top.with(0, `nc: ${value}`)));
      assert.deepEqual(errors(result), [message]);
      assert.equal(result.totals.complete, false);
    });
  }

  test('a float where PyTorch takes whole numbers alone is an error; channels are rounded by parse_model', () => {
    const kernel = read(text(top, rows.with(1, '  - [-1, 1, Conv, [128, 3.0, 2]]')));
    assert.match(errors(kernel).join(), /^`k` of Conv must be an integer, but 3\.0 is a float in Python\. Use 3\./);
    assert.equal(kernel.totals.complete, false);
    const channels = read(text(top, rows.with(1, '  - [-1, 1, Conv, [128.0, 3, 2]]')));
    assert.deepEqual([errors(channels), channels.totals.params], [[], whole]);
    const bins = read(text(['reg_max: 8.0', ...top]));
    assert.match(errors(bins).join(), /`reg_max` .* must be a whole number ≥ 1/);
    assert.equal(bins.totals.complete, false);
  });

  test('repeats of a module that takes a list: the second copy is given one tensor', () => {
    const source = text(top, [...rows, '  - [[-1, 1], 6, Concat, [1]]']);
    const result = read(source);
    assert.match(
      errors(result).join(),
      /^Concat takes a list of inputs, but only the first of its 2 copies in sequence/,
    );
    assert.equal(result.totals.complete, false);
    const once = read(source.replace('6, Concat', '1, Concat'));
    assert.deepEqual([errors(once), once.totals.complete], [[], true]);
  });

  test('a backbone that is no list is told once: references into it are not wrong', () => {
    const result = read('nc: 80\nbackbone: models/x.yaml\nhead:\n  - [[1, 2], 1, Detect, [nc]]\n');
    assert.equal(errors(result).length, 1);
    assert.equal(result.totals.complete, false);
  });
});

test('a key that holds what a merge names is no sign of a fork', () => {
  const base = 'base: &base {n: [0.33, 0.25, 1024]}';
  const merged = read(text([base, 'nc: 80', 'scales:', '  <<: *base']));
  assert.deepEqual([merged.totals.params, merged.totals.complete], [whole, true]);
  const unused = read(text([base, ...top]));
  assert.equal(unused.totals.complete, false);
});

describe('a slip at the top of the file', () => {
  // What PyYAML reads, as text that no framework goes on with, has no total; what it refuses has that of the repair.
  for (const [what, line, at, complete] of [
    ['a full-width colon after a key', 'nc：80', 0, true],
    ['a full-width colon in scales', '  n：[0.33, 0.25, 1024]', 2, true],
    ['full-width commas in scales', '  n: [0.33， 0.25， 1024]', 2, false],
  ] as const) {
    test(`${what} is named and read as it is meant`, () => {
      const result = read(text(top.with(at, line)));
      assert.deepEqual([result.totals.params, result.totals.complete], [whole, complete]);
      assert.match(errors(result).join('\n'), /^“.” is a full-width character; YAML needs “.”\.$/);
    });
  }

  test('full-width signs in text stay', () => {
    const result = read(text(['description: 网络：一，二', ...top]));
    assert.deepEqual([errors(result), result.totals.complete], [[], true]);
  });

  test('a first row whose dash touches it swallows no other', () => {
    const result = read(text(top, rows.with(0, '  -[-1, 1, Conv, [64, 3, 2]]')));
    assert.deepEqual([result.totals.params, result.totals.complete], [whole, true]);
    assert.deepEqual(errors(result), ['The dash that starts a row must be followed by a space.']);
  });
});

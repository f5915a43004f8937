// What comments that number rows say of a text that was edited elsewhere, and what they do not say.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { adviceCandidates, applyEdits, defaultSettings, problemsWithHints } from '../../server/src/core/index.ts';
import { analysedOf } from '../support/advice.ts';

const rows = [
  '[-1, 1, Conv, [16, 3, 2]]',
  '[-1, 1, Conv, [32, 3, 2]]',
  '[-1, 1, C2f, [32, True]]',
  '[-1, 1, Conv, [64, 3, 2]]',
  '[-1, 1, C2f, [64, True]]',
  '[-1, 1, nn.Upsample, [None, 2, "nearest"]]',
  '[[-1, 2], 1, Concat, [1]]',
  '[-1, 1, C2f, [48]]',
  '[-1, 1, Conv, [48, 3, 2]]',
  '[[-1, 4], 1, Concat, [1]]',
  '[-1, 1, C2f, [96]]',
  '[[7, 10], 1, Detect, [nc]]',
] as const;

const textOf = (list: readonly string[]): string =>
  `nc: 4\nscales:\n  n: [1.00, 1.00, 1024]\nbackbone: []\nhead:\n${list.map(row => `  - ${row}\n`).join('')}`;
const numbered = rows.map((row, index) => `${row} # ${index}`);

/** The references of a text after its first fix; undefined where there is nothing to fix. */
function fixedOf(list: readonly string[]): string | undefined {
  const text = textOf(list);
  const { numbers } = analysedOf('yolo.yaml', text, defaultSettings);
  return numbers && applyEdits(text, numbers.edits);
}

const fresh = '[-1, 1, Conv, [32, 1, 1]]';

describe('comments that number rows', () => {
  it('say how many rows were inserted, and where', () => {
    const once = fixedOf(numbered.toSpliced(2, 0, fresh));
    assert.ok(once?.includes('[[-1, 3], 1, Concat') && once.includes('[[8, 11], 1, Detect, [nc]] # 12'), once);
    const twice = fixedOf(numbered.toSpliced(2, 0, fresh, '[-1, 1, Conv, [32, 3, 1]]'));
    assert.ok(twice?.includes('[[-1, 4], 1, Concat') && twice.includes('[[9, 12], 1, Detect, [nc]] # 13'), twice);
    const apart = fixedOf(numbered.toSpliced(8, 0, fresh).toSpliced(2, 0, fresh));
    assert.ok(apart?.includes('[[-1, 3], 1, Concat') && apart.includes('[[8, 12], 1, Detect, [nc]] # 13'), apart);
  });

  it('say what was removed, and what was moved', () => {
    const list = numbered.toSpliced(2, 0, `${fresh} # 2`).map(row => row.replace(/# \d+/, ''));
    const whole = list
      .map((row, at) => `${row}# ${at}`)
      .map(row => row.replace('[-1, 2]', '[-1, 3]').replace('[-1, 4]', '[-1, 5]').replace('[7, 10]', '[8, 11]'));
    const gone = fixedOf(whole.toSpliced(2, 1));
    assert.ok(gone?.includes('[[-1, 2], 1, Concat') && gone.includes('[[7, 10], 1, Detect'), gone);
    const moved = fixedOf(whole.toSpliced(2, 1).toSpliced(4, 0, whole[2]!));
    assert.ok(moved?.includes('[[-1, 2], 1, Concat') && moved.includes('[[8, 11], 1, Detect'), moved);
  });

  it('say nothing where the references have followed', () => {
    const list = numbered
      .toSpliced(2, 0, fresh)
      .map(row => row.replace('[-1, 2]', '[-1, 3]').replace('[-1, 4]', '[-1, 5]').replace('[7, 10]', '[8, 11]'));
    assert.equal(fixedOf(list), undefined);
    // The comments alone are out of date.
    const hints = problemsWithHints(analysedOf('yolo.yaml', textOf(list), defaultSettings));
    assert.equal(hints.filter(({ code }) => code === 'stale-number').length, 1);
  });

  it('are no sizes, counts or ratios, and no numbers of another count', () => {
    const others: readonly (readonly string[])[] = [
      rows.map((row, at) => (at === 4 ? `${row} # 3 times` : row)),
      rows.map((row, at) => `${row} # P${at}/8`),
      rows.map((row, at) => `${row} # ${at * 64}`),
      rows.map(row => `${row} # 640`),
      rows.map((row, at) => `${row} # ${[640, 320, 160, 80][at % 4]}`),
      // From 1, and by section.
      rows.map((row, at) => `${row} # ${at + 1}`),
      rows.map((row, at) => `${row} # ${at % 5}`),
      rows.map((row, at) => (at === 5 ? `${row} # 1x1` : `${row} # ${at}`)),
      rows.map((row, at) => (at === 5 ? `${row} # 3/8` : `${row} # ${at}`)),
    ];
    for (const list of others) assert.equal(fixedOf(list), undefined, list.join('\n'));
    const one = rows.map((row, at) => (at === 4 ? `${row} # 3 times` : row));
    const hints = problemsWithHints(analysedOf('yolo.yaml', textOf(one), defaultSettings));
    assert.deepEqual(
      hints.filter(({ code }) => code === 'stale-number'),
      [],
    );
  });

  it('keep advice and findings quiet as long as references mean other rows', () => {
    const text = textOf(numbered.toSpliced(2, 0, fresh));
    const analysed = analysedOf('yolo.yaml', text, defaultSettings);
    assert.ok(analysed.numbers);
    assert.deepEqual(adviceCandidates(analysed), []);
    const codes = new Set(problemsWithHints(analysed).map(({ code }) => code));
    assert.deepEqual([...codes].sort(), ['old-row-number', 'old-row-numbers']);
    // Costs are those of the text as the framework reads it.
    assert.equal(analysed.standIns, undefined);
  });
});

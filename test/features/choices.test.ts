// The choices of a file: whose is in effect, what another one gives, and how it is written into the file.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type Analysed,
  advance,
  applyEdits,
  type ChoiceKey,
  choiceKeys,
  choices,
  commentEdits,
  defaultSettings,
  lenses,
  open,
  outcome,
  price,
  type Settings,
  settingTable,
  summary,
} from '../../server/src/core/index.ts';

const yolo =
  'nc: 10\nscales:\n  n: [0.33, 0.25, 1024]\n  s: [0.33, 0.50, 1024]\nbackbone:\n  - [-1, 1, Conv, [64, 3, 2]]\nhead:\n  - [-1, 1, Classify, [nc]]\n';
const caffe =
  'layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 1 dim: 3 dim: 8 dim: 8 } } }\nlayer { name: "r" type: "ReLU" bottom: "x" top: "r" }\n';

function analysed(text: string, settings: Partial<Settings> = {}, name = 'model.yaml'): Analysed {
  const all = { ...defaultSettings, ...settings };
  return price(open({ name, text }, all)!, all)!;
}

const inEffect = (subject: Analysed, key: ChoiceKey): string => {
  const choice = choices(subject).find(other => other.key === key)!;
  return `${choice.value} (${choice.origin})`;
};

describe('who a choice is from', () => {
  const cases: readonly (readonly [key: ChoiceKey, byDefault: string, all: unknown, file: string, comment: string])[] =
    [
      ['input', '3,224,224', [{ sizes: [3, 64, 64] }], '32', '16x8'],
      ['scale', 'n', 's', 'n', 's'],
      ['convention', 'macs', 'flops', 'thop', 'all-ops'],
      ['work', 'inference', 'forward', 'backward', 'step'],
      ['dtype', 'fp32', 'int8', 'fp16', 'bf16'],
      ['batch', '1', 8, '4', '2'],
      ['dialect', 'ultralytics', 'yolov9', 'yolov12', 'yolov13'],
    ];
  for (const [key, byDefault, all, file, comment] of cases) {
    it(`${key}: the comment, then what was chosen for the file, then the settings, then the default`, () => {
      const seen = (value: unknown): string =>
        key !== 'input' ? String(value) : ({ 32: '3,32,32', '16x8': '3,16,8' }[String(value)] ?? '3,64,64');
      const settings = { [key]: all } as Partial<Settings>;
      const chosen = { [key]: file };
      assert.equal(inEffect(analysed(yolo), key), `${byDefault} (default)`);
      assert.equal(inEffect(analysed(yolo, settings), key), `${seen(all)} (settings)`);
      assert.equal(inEffect(analysed(yolo, { ...settings, chosen }), key), `${seen(file)} (file)`);
      const text = `# flopline: ${key}=${comment}\n${yolo}`;
      assert.equal(inEffect(analysed(text, { ...settings, chosen }), key), `${seen(comment)} (comment)`);
      // An empty string is the file's own value, whatever is set for all files.
      if (settingTable.get(key)!.schema.default === '')
        assert.equal(inEffect(analysed(yolo, { ...settings, chosen: { [key]: '' } }), key), `${byDefault} (default)`);
    });
  }

  it('phase, of a Caffe network', () => {
    const read = (settings: Partial<Settings>, comment = ''): string =>
      inEffect(analysed(comment + caffe, settings, 'a.prototxt'), 'phase');
    assert.equal(read({}), 'TEST (default)');
    assert.equal(read({ phase: 'TRAIN' }), 'TRAIN (settings)');
    assert.equal(read({ phase: 'TRAIN', chosen: { phase: 'TEST' } }), 'TEST (file)');
    assert.equal(read({ chosen: { phase: 'TEST' } }, '# flopline: phase=TRAIN\n'), 'TRAIN (comment)');
  });

  it('is nobody’s where it cannot be applied', () => {
    const wrong = analysed(yolo, { chosen: { scale: 'q', input: '3,4', dtype: 'fp1' } });
    assert.equal(inEffect(wrong, 'scale'), 'n (default)');
    assert.equal(inEffect(wrong, 'dtype'), 'fp32 (default)');
    assert.deepEqual(
      wrong.problems.map(({ message }) => message),
      ['“fp1” is not a data type.', 'This file has no scale “q”.'],
    );
  });

  it('only what means something in a file is shown', () => {
    const keys = (subject: Analysed): ChoiceKey[] => choices(subject).map(({ key }) => key);
    assert.deepEqual(keys(analysed(yolo)), ['input', 'scale', 'convention', 'work', 'dtype', 'batch', 'dialect']);
    assert.deepEqual(keys(analysed(caffe, {}, 'a.prototxt')), [
      'input',
      'convention',
      'work',
      'dtype',
      'batch',
      'phase',
    ]);
    const own = analysed('input: [8]\nlayers:\n  - linear: 2\n', {}, 'a.net.yaml');
    assert.deepEqual(keys(own), ['input', 'convention', 'work', 'dtype', 'batch']);
    assert.deepEqual(choices(own)[0]!.values, []);
  });
});

describe('what another value gives', () => {
  it('is what the text costs with it', () => {
    const subject = analysed(`# flopline: scale=n\n${yolo}`, { chosen: { dtype: 'fp16' } });
    for (const [key, value] of [
      ['scale', 's'],
      ['input', '320'],
      ['convention', 'ultralytics'],
      ['dialect', 'yolov5'],
    ] as const) {
      const found = outcome(subject, key, value);
      const chosen = analysed(yolo, { chosen: { scale: 'n', dtype: 'fp16', [key]: value } });
      assert.ok(found.kind === 'totals');
      assert.ok(found.totals.startsWith(summary(chosen).text.split(' · ')[0]!), found.totals);
    }
  });

  it('the default is what there is without it', () => {
    const subject = analysed(`# flopline: scale=s\n${yolo}`, { scale: 's' });
    const found = outcome(subject, 'scale', undefined);
    assert.ok(found.kind === 'totals' && found.value === 'n');
    assert.ok(found.totals.startsWith(summary(analysed(yolo)).text));
  });

  it('a value that does not fit is refused with what does', () => {
    const subject = analysed(yolo);
    assert.deepEqual(outcome(subject, 'input', '3,4,5,6'), {
      kind: 'refused',
      why: '“3,4,5,6” does not fit this input, which has 3 sizes: 3,224,224. Write 224, 224x224 or 3,224,224.',
    });
    assert.deepEqual(outcome(subject, 'batch', '0'), {
      kind: 'refused',
      why: '“0” is not a batch size. Use a whole number from 1 to 1,000,000.',
    });
    assert.equal(outcome(subject, 'scale', 'q').kind, 'refused');
  });

  it('stands in for a row that is being typed as it would with that value', () => {
    const text = `# flopline: scale=n\n${yolo}`;
    const before = analysed(text);
    const broken = text.replace('Conv, [64, 3, 2]]', 'Conv, [64, 3,');
    const document = open({ name: 'model.yaml', text: broken }, defaultSettings, before.document)!;
    const typing = price(document, defaultSettings, advance(before, document), before)!;
    assert.ok(typing.standIns);
    const promised = (subject: Analysed): string => {
      const found = outcome(subject, 'scale', 's');
      return found.kind === 'totals' ? found.totals.replaceAll('~ ', '') : found.why;
    };
    assert.equal(promised(typing), promised(before));
    assert.equal(inEffect(typing, 'scale'), 'n (comment)');
  });

  it('each value of a list can be chosen', () => {
    for (const subject of [analysed(yolo), analysed(caffe, {}, 'a.prototxt')])
      for (const { key, values } of choices(subject))
        for (const { value } of values) {
          const found = outcome(subject, key, value);
          assert.ok(found.kind === 'totals', JSON.stringify(found));
          assert.equal(found.value, value);
        }
  });
});

it('the lens shows the scale, the input and what else is not the default, and where each is from', () => {
  const [plain] = lenses(analysed(yolo));
  assert.match(plain!.title, /scale n · input 3×224×224$/);
  assert.match(plain!.tooltip!, /Scale: n \(default\)/);
  const [lens] = lenses(
    analysed(`# a network\n# flopline: input=64 convention=thop\n${yolo}`, { dtype: 'fp16', chosen: { scale: 's' } }),
  );
  assert.match(lens!.title, /scale s · input 3×64×64 · thop$/);
  assert.match(lens!.tooltip!, /Input size: 3×64×64 \(comment in line 2\)/);
  assert.match(lens!.tooltip!, /Scale: s \(chosen for this file\)/);
  assert.match(lens!.tooltip!, /Data type: fp16 \(settings\)/);
  assert.equal(summary(analysed(yolo)).state, '');
  assert.equal(
    summary(analysed(yolo, { batch: 4, dtype: 'fp16', chosen: { scale: 's', input: '64' } })).state,
    'input 3×64×64 · scale s · fp16 · batch 4',
  );
});

describe('a choice in a comment', () => {
  const cases: readonly (readonly [before: string, key: ChoiceKey, value: string | undefined, after: string])[] = [
    [yolo, 'scale', 's', `# flopline: scale=s\n${yolo}`],
    [`\uFEFF${yolo}`, 'scale', 's', `\uFEFF# flopline: scale=s\n${yolo}`],
    [yolo.replaceAll('\n', '\r\n'), 'scale', 's', `# flopline: scale=s\n${yolo}`.replaceAll('\n', '\r\n')],
    [`# flopline: scale=n\n${yolo}`, 'scale', 's', `# flopline: scale=s\n${yolo}`],
    [`# flopline: scale=n\n${yolo}`, 'dtype', 'fp16', `# flopline: scale=n dtype=fp16\n${yolo}`],
    [`# flopline: scale=n # why\n${yolo}`, 'dtype', 'fp16', `# flopline: scale=n dtype=fp16 # why\n${yolo}`],
    [`# flopline: scale=n scale=s\n${yolo}`, 'scale', 'n', `# flopline: scale=n scale=n\n${yolo}`],
    [`# flopline: scale=n\n${yolo}`, 'scale', undefined, yolo],
    [`\uFEFF# flopline: scale=n\n${yolo}`, 'scale', undefined, `\uFEFF${yolo}`],
    [`# flopline: scale=n dtype=fp16\n${yolo}`, 'scale', undefined, `# flopline: dtype=fp16\n${yolo}`],
    [`# flopline: dtype=fp16 scale=n\n${yolo}`, 'scale', undefined, `# flopline: dtype=fp16\n${yolo}`],
    [`# flopline: a=1 scale=n scale=s\n${yolo}`, 'scale', undefined, `# flopline: a=1\n${yolo}`],
    [`# flopline: scale=n # why\n${yolo}`, 'scale', undefined, `# why\n${yolo}`],
    [`${yolo}# flopline: scale=n`, 'scale', undefined, yolo],
    [
      yolo.replace('nc: 10', 'nc: 10 # flopline: scale=s').replaceAll('\n', '\r\n'),
      'scale',
      undefined,
      yolo.replaceAll('\n', '\r\n'),
    ],
    [`# flopline: scale=n\n${yolo}# flopline: scale=s\n`, 'scale', undefined, yolo],
    [yolo, 'scale', undefined, yolo],
  ];
  for (const [before, key, value, after] of cases)
    it(`${JSON.stringify(before.slice(0, 44))}: ${key}=${value}`, () => {
      const { document } = analysed(before);
      assert.equal(applyEdits(before, commentEdits(document, key, value)), after);
    });

  it('is read as it was meant', () => {
    for (const key of choiceKeys) {
      // Those mean nothing in a YOLO file.
      if (key === 'phase' || key === 'entry') continue;
      const value = settingTable.get(key)!.comment!;
      const { document } = analysed(yolo);
      const after = applyEdits(yolo, commentEdits(document, key, value));
      assert.equal(inEffect(analysed(after), key), `${value} (comment)`);
    }
  });
});

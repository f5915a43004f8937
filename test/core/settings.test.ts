// One table of settings: whoever sets something, in the editor, in a comment or on the command line, gets the same value
// and hears the same of a wrong one.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import manifest from '../../package.json' with { type: 'json' };
import { help, parseCommand } from '../../server/src/cli/arguments.ts';
import {
  type Analysed,
  clientSettings,
  defaultSettings,
  isChoice,
  open,
  price,
  type Settings,
  settingTable,
  textOf,
} from '../../server/src/core/index.ts';
import { readSettings } from '../../server/src/lsp/configuration.ts';

const root = new URL('../../', import.meta.url);
const optionOf = (key: string): string => `--${key.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`;

/** Small networks by format: [file name, text, what starts a comment there]. */
const specs = {
  flopline: ['net.net.yaml', 'input: [3, 8, 8]\nlayers:\n  - relu\n'],
  yolo: [
    'model.yaml',
    'nc: 10\nscales:\n  n: [0.33, 0.25, 1024]\n  s: [0.33, 0.50, 1024]\nbackbone:\n  - [-1, 1, Conv, [64, 3, 2]]\nhead:\n  - [-1, 1, Classify, [nc]]\n',
  ],
  darknet: ['net.cfg', '[net]\nwidth=8\nheight=8\nchannels=3\n\n[maxpool]\nsize=2\nstride=2\n'],
  caffe: [
    'net.prototxt',
    'layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 1 dim: 3 dim: 8 dim: 8 } } }\nlayer { name: "r" type: "ReLU" bottom: "x" top: "r" }\n',
  ],
} as const;
type Spec = keyof typeof specs;

describe('every setting', () => {
  const sections: readonly {
    readonly order: number;
    readonly properties: Readonly<Record<string, { readonly default?: unknown; readonly order?: number }>>;
  }[] = manifest.contributes.configuration;
  const properties = Object.assign({}, ...sections.map(section => section.properties));
  const words: Readonly<Record<string, string>> = JSON.parse(readFileSync(new URL('package.nls.json', root), 'utf8'));
  const docs = readFileSync(new URL('docs/settings.md', root), 'utf8');
  const keys = [...settingTable.keys(), ...clientSettings.keys()];

  it('is in package.json, and nothing else is', () => {
    assert.deepEqual(Object.keys(properties).toSorted(), keys.map(key => `flopline.${key}`).toSorted());
  });

  it('has its place in a section', () => {
    for (const [at, { order, properties: own }] of sections.entries()) {
      assert.equal(order, at + 1);
      assert.deepEqual(
        Object.values(own).map(property => property.order),
        Object.keys(own).map((_, index) => index + 1),
      );
      assert.ok(Object.keys(own).length > 0);
    }
  });

  it('has no word in package.json that package.nls.json lacks, and the reverse', () => {
    const used = [...readFileSync(new URL('package.json', root), 'utf8').matchAll(/"%(.+?)%"/g)].map(
      match => match[1]!,
    );
    assert.deepEqual(used.toSorted(), Object.keys(words).toSorted());
  });

  for (const [key, { schema, doc, comment, option, read }] of [...settingTable, ...clientSettings]) {
    it(key, () => {
      assert.equal(properties[`flopline.${key}`]?.default, schema.default);
      assert.ok(words[`flopline.${key}.description`]?.startsWith(doc()));
      assert.ok(docs.includes(`| \`flopline.${key}\` |`));
      assert.deepEqual(read(schema.default), {
        value: settingTable.get(key)?.default ?? (schema.default || undefined),
      });
      assert.equal(docs.includes(`\`# flopline: ${key}=${comment}\``), comment !== undefined);
      assert.equal(help().includes(`\n  ${optionOf(key)} ${option}`), option !== undefined);
    });
  }
});

describe('a value', () => {
  const right: readonly (readonly [key: string, written: string])[] = [
    ['convention', 'flops'],
    ['convention', 'All-Ops'],
    ['input', '3,32,32'],
    ['input', '3x32x32'],
    ['input', 'a=1,3,8,8;b=1,2'],
    ['batch', '8'],
    ['batch', '1e3'],
    ['dtype', 'bf16'],
    ['scale', 's'],
  ];
  for (const [key, written] of right) {
    it(`${key}=${written} is the same wherever it is written`, () => {
      const own = (settings: Settings): unknown => (settings as unknown as Record<string, unknown>)[key];
      const { settings, complaints } = readSettings({ [key]: written });
      assert.deepEqual(complaints, []);
      assert.notDeepEqual(own(settings), own(defaultSettings));
      assert.deepEqual(own(commanded(optionOf(key), written)), own(settings));
      assert.deepEqual(own(analysed('yolo', `${key}=${written}`).settings), own(settings));
    });
  }

  it('may be a number or a truth value in the editor', () => {
    const { settings, complaints } = readSettings({ batch: 8, 'hints.enabled': false, hints: { costliest: 5 } });
    assert.deepEqual(complaints, []);
    assert.deepEqual(settings, {
      ...defaultSettings,
      batch: 8,
      hints: { ...defaultSettings.hints, enabled: false, costliest: 5 },
    });
  });

  it('is that of the last option, and of all for inputs', () => {
    const settings = commanded('--batch', '2', '--batch', '4', '--input', 'a=1,3', '--input', 'b=1,4');
    assert.equal(settings.batch, 4);
    assert.deepEqual(settings.input, [
      { name: 'a', sizes: [1, 3] },
      { name: 'b', sizes: [1, 4] },
    ]);
  });
});

describe('a wrong value', () => {
  const wrong: readonly (readonly [key: string, written: string, message: string])[] = [
    [
      'convention',
      'flop',
      '“flop” is not a counting convention. Did you mean “flops”? Use one of macs, flops, thop, ultralytics, fvcore, darknet, all-ops.',
    ],
    [
      'input',
      'big',
      '“big” is not an input size. Give the sizes without the batch, as in 3,224,224, or a name and the sizes with the batch, as in image=1,3,224,224.',
    ],
    [
      'input',
      'a=1,3;3,0',
      '“a=1,3;3,0” is not an input size. “0” is not a whole number ≥ 1. Give the sizes without the batch, as in 3,224,224, or a name and the sizes with the batch, as in image=1,3,224,224.',
    ],
    ['batch', '0', '“0” is not a batch size. Use a whole number from 1 to 1,000,000.'],
    ['batch', '1.5', '“1.5” is not a batch size. Use a whole number from 1 to 1,000,000.'],
    ['batch', '-1', '“-1” is not a batch size. Use a whole number from 1 to 1,000,000.'],
    ['dtype', 'toString', '“toString” is not a data type. Use one of fp32, fp16, bf16, int8.'],
    [
      'dialect',
      'yolov99',
      `“yolov99” is not a dialect. Did you mean “yolov9”? Use one of ${settingTable.get('dialect')!.schema.enum!.slice(1).join(', ')}.`,
    ],
  ];
  for (const [key, written, message] of wrong) {
    it(`${key}=${written} is reported in the same words everywhere`, () => {
      const { settings, complaints } = readSettings({ [key]: written });
      assert.deepEqual(settings, defaultSettings);
      const { default: value } = settingTable.get(key)!.schema;
      assert.deepEqual(complaints, [`flopline.${key}: ${message} The default is used: ${JSON.stringify(value)}.`]);
      assert.deepEqual(said(analysed('yolo', `${key}=${written}`)), [message]);
      const argv = ['report', 'x', `${optionOf(key)}=${written}`];
      // Dialects and phases are those of files, which say so.
      if (isChoice(key)) assert.deepEqual(said(analysed('yolo', undefined, commanded(...argv.slice(2)))), [message]);
      else assert.deepEqual(parseCommand(argv), { kind: 'wrong', message });
    });
  }

  for (const [key, written, message] of [
    ['hints.enabled', 'on', '“on” is not a valid value. Use true or false. The default is used: true.'],
    ['hints.costliest', 1.5, '“1.5” is not a valid value. Use a whole number from 0 to 1,000. The default is used: 3.'],
    [
      'hints.template',
      7,
      '“7” is not a valid value. Use a string. The default is used: "${shape} · ${cost} · ${params}".',
    ],
    [
      'diagnostics.dominance.threshold',
      2,
      '“2” is not a valid value. Use a number from 0 to 1. The default is used: 0.5.',
    ],
    [
      'diagnostics.hugeActivation.threshold',
      -1,
      '“-1” is not a valid value. Use a number ≥ 0. The default is used: 256000000.',
    ],
    ['maxFileSize', [], '“[]” is not a file size. Use a whole number ≥ 1. The default is used: 2000000.'],
  ] as const) {
    it(`of ${key} is reported by the editor’s log`, () => {
      assert.deepEqual(readSettings({ [key]: written }), {
        settings: defaultSettings,
        complaints: [`flopline.${key}: ${message}`],
      });
    });
  }
});

describe('a choice that only some formats have', () => {
  const choices: readonly (readonly [key: 'scale' | 'dialect' | 'phase', value: string, having: readonly Spec[]])[] = [
    ['dialect', 'yolov9', ['yolo']],
    ['dialect', 'pjreddie', ['darknet']],
    ['phase', 'TRAIN', ['caffe']],
    ['scale', 's', ['yolo']],
  ];
  for (const [key, value, having] of choices) {
    for (const spec of Object.keys(specs) as Spec[]) {
      const has = having.includes(spec);
      it(`${key}: ${value} set for all files says nothing in a ${spec} file`, () => {
        const before = analysed(spec);
        const after = analysed(spec, undefined, { ...defaultSettings, [key]: value });
        assert.deepEqual(said(after), []);
        assert.equal(
          after.spec[key === 'scale' ? 'variant' : key],
          has ? value : before.spec[key === 'scale' ? 'variant' : key],
        );
        if (!has) assert.deepEqual(after.model.totals, before.model.totals);
      });

      it(`${key}=${value} in a comment of a ${spec} file is ${has ? 'read' : 'reported'}`, () => {
        const found = said(analysed(spec, `${key}=${value}`));
        assert.equal(found.length, has ? 0 : 1);
        if (!has)
          assert.match(
            found[0]!,
            new RegExp(`^\`${key}=${value}\` has no effect in .+ files\\. (Use one of|Remove it)`),
          );
      });
    }
  }

  it('is one of the file’s scales, wherever it is set', () => {
    const message = 'This file has no scale “q”. Use one of n, s.';
    assert.deepEqual(said(analysed('yolo', 'scale=q')), [message]);
    assert.deepEqual(said(analysed('yolo', undefined, { ...defaultSettings, scale: 'q' })), [message]);
  });

  it('is reported in a comment where the file has no scales', () => {
    const [name, text] = specs.yolo;
    const plain = text.replace(/scales:\n(?: {2}.*\n)+/, '');
    const read = (settings: Settings, text: string): Analysed => price(open({ name, text }, settings)!, settings)!;
    assert.deepEqual(said(read(defaultSettings, `# flopline: scale=n\n${plain}`)), [
      'This file has no scales. Remove it from the comment.',
    ]);
    assert.deepEqual(said(read({ ...defaultSettings, scale: 'n' }, plain)), []);
  });
});

describe('the order of choices', () => {
  it('is: the comment of the file, then the settings, then the default', () => {
    const settings: Settings = { ...defaultSettings, convention: 'thop', dialect: 'yolov9', scale: 's' };
    assert.equal(analysed('yolo', 'convention=flops', settings).model.convention.name, 'flops');
    assert.equal(analysed('yolo', 'dtype=fp16', settings).model.convention.name, 'thop');
    assert.equal(analysed('yolo', 'dtype=fp16').model.convention.name, 'macs');
    assert.equal(analysed('yolo', 'dialect=yolov7', settings).spec.dialect, 'yolov7');
    assert.equal(analysed('yolo', 'scale=n', { ...settings, dialect: undefined }).spec.variant, 'n');
    // What cannot be read falls back to what was set outside.
    assert.equal(analysed('yolo', 'dialect=alexeyab', settings).spec.dialect, 'yolov9');
  });

  it('names what a comment cannot set', () => {
    const [message] = said(analysed('yolo', 'dtipe=fp16'));
    assert.equal(
      message,
      '“dtipe” cannot be set in a comment. Did you mean “dtype”? These can: convention, work, entry, input, inputs, batch, dtype, scale, dialect, phase.',
    );
  });
});

function commanded(...options: string[]): Settings {
  const command = parseCommand(['report', 'x', ...options]);
  return command.kind === 'report' ? command.request.settings : assert.fail(JSON.stringify(command));
}

function analysed(spec: Spec, comment?: string, settings = defaultSettings): Analysed {
  const [name, content] = specs[spec];
  const text = comment === undefined ? content : `# flopline: ${comment}\n${content}`;
  return price(open({ name, text }, settings)!, settings)!;
}

/** What is said of settings. */
function said({ problems }: Analysed): string[] {
  return problems.filter(({ code }) => code === 'wrong-setting').map(textOf);
}

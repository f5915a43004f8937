// Every piece of advice: its documented example runs, and settings know it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { adviceRules } from '../../server/src/core/advice/index.ts';
import { settingOf } from '../../server/src/core/features/advice.ts';
import {
  adviceCandidates,
  applyEdits,
  defaultSettings,
  priceAdvice,
  problems,
  problemsWithHints,
  type Settings,
  textOf,
} from '../../server/src/core/index.ts';
import { analysedOf, checkAdvice } from '../support/advice.ts';

const { contributes } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as {
  contributes: { configuration: readonly { properties: Record<string, { default?: unknown }> }[] };
};

describe('pieces of advice', () => {
  for (const rule of adviceRules) {
    it(`${rule.code}: its example saves`, () => {
      const { example, exampleFile = 'example.net.yaml' } = rule.docs;
      const analysed = analysedOf(exampleFile, example, defaultSettings);
      assert.deepEqual(analysed.problems, []);
      const candidate = adviceCandidates(analysed).find(({ code }) => code === rule.code);
      assert.ok(candidate);
      const advice = priceAdvice(analysed, candidate);
      assert.ok(advice && advice.refused === null);
      checkAdvice(analysed, candidate, advice, defaultSettings);
      // What was followed is not asked for again at the same place.
      const after = analysedOf(exampleFile, applyEdits(example, advice.edits), defaultSettings);
      const asked = (of: typeof analysed): number =>
        problemsWithHints(of).filter(({ code }) => code === rule.code).length;
      assert.ok(asked(after) === 0 || asked(after) < asked(analysed));
    });

    it(`${rule.code} has its settings`, () => {
      const setting = settingOf(rule);
      const { enabled, threshold } = defaultSettings.advice[setting]!;
      const properties: Readonly<Record<string, { readonly default?: unknown }>> = Object.assign(
        {},
        ...contributes.configuration.map(section => section.properties),
      );
      assert.equal(properties[`flopline.advice.${setting}.enabled`]?.default, enabled);
      assert.equal(properties[`flopline.advice.${setting}.threshold`]?.default, threshold);
      const off: Settings = {
        ...defaultSettings,
        advice: { ...defaultSettings.advice, [setting]: { enabled: false } },
      };
      const analysed = analysedOf(rule.docs.exampleFile ?? 'example.net.yaml', rule.docs.example, off);
      assert.ok(adviceCandidates(analysed).every(({ code }) => code !== rule.code));
    });
  }

  it('has no setting of a piece that is not there', () => {
    assert.deepEqual(Object.keys(defaultSettings.advice).sort(), adviceRules.map(settingOf).sort());
  });
});

describe('merging two linear layers', () => {
  const offered = (first: string, second: string): boolean => {
    const text = `input: [512]\nlayers:\n  - linear: ${first}\n  - linear: ${second}\n`;
    return adviceCandidates(analysedOf('x.net.yaml', text, defaultSettings)).some(
      ({ code }) => code === 'mergeable-layers',
    );
  };

  it('is not said where the constant that a bias leaves has no place', () => {
    assert.equal(offered('{out: 1024, bias: true}', '{out: 256, bias: true}'), true);
    assert.equal(offered('{out: 1024, bias: false}', '{out: 256, bias: false}'), true);
    assert.equal(offered('{out: 1024, bias: true}', '{out: 256, bias: false}'), false);
    assert.equal(offered('{out: 1024, bias: true}', '{out: 256, bias: false, norm: batch}'), true);
  });
});

describe('diagnostics that lead to advice', () => {
  const text = readFileSync(join(import.meta.dirname, '../../examples/savings/bottleneck-before.net.yaml'), 'utf8');
  const told = (source: string, settings = defaultSettings): string[] =>
    problemsWithHints(analysedOf('b.net.yaml', source, settings)).flatMap(problem =>
      problem.severity === 'hint' ? [textOf(problem)] : [],
    );

  it('say the share, as hints, which reports leave out', () => {
    assert.deepEqual(told(text), [
      'This 3×3 convolution on 256 channels accounts for 40 % of the network’s MACs. Consider a 1×1 bottleneck in front of it.',
      'This 5×5 convolution on 256 channels accounts for 56 % of the network’s MACs. Consider a 1×1 bottleneck in front of it.',
      'This 5×5 convolution accounts for 56 % of the network’s MACs. Consider two 3×3 convolutions, which see as far.',
    ]);
    assert.ok(problems(analysedOf('b.net.yaml', text, defaultSettings)).every(({ severity }) => severity !== 'hint'));
  });

  it('begin at the threshold', () => {
    const settings: Settings = {
      ...defaultSettings,
      advice: { ...defaultSettings.advice, fatConvolution: { enabled: true, threshold: 0.5 } },
    };
    assert.equal(told(text, settings).length, 2);
  });

  it('are silent where a comment ignores them', () => {
    const ignored = text.replace(
      '        - conv: {out: 96',
      '        # flopline-ignore fat-convolution\n        - conv: {out: 96',
    );
    assert.equal(told(ignored).length, 2);
    assert.equal(told(`# flopline-ignore-file fat-convolution, large-kernel\n${text}`).length, 0);
  });
});

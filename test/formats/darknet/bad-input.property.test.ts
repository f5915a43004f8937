// No text throws, and every range lies inside the text.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { sectionOf, sectionTypes } from '../../../server/src/core/formats/darknet/keys.ts';
import {
  defaultSettings,
  hints,
  hover,
  open,
  type Problem,
  price,
  type Range,
  report,
  symbols,
} from '../../../server/src/core/index.ts';

const examples = new URL('../../../examples/', import.meta.url);
const seeds = [new URL('./fixtures/', import.meta.url), examples].flatMap(folder =>
  readdirSync(folder)
    .filter(name => name.endsWith('.cfg'))
    .map(name => readFileSync(new URL(name, folder), 'utf8')),
);

describe('Darknet cfg, any text', () => {
  it('sections with any keys and values', () => {
    const value = fc.oneof(
      fc.integer({ min: -4, max: 9 }).map(String),
      fc.constantFrom(
        '-1,-2',
        '0,1',
        '1,',
        ',',
        'leaky',
        'swish',
        'softmax',
        'per_channel',
        '2147483648',
        '-99',
        '1e9',
        '0',
      ),
    );
    const section = fc.constantFrom(...sectionTypes).chain(type => {
      const keys = Object.keys(sectionOf(type)!.keys);
      const option = fc.tuple(fc.constantFrom(...keys), value).map(([key, text]) => `${key}=${text}`);
      return fc.array(option, { maxLength: 6 }).map(options => `[${type}]\n${options.join('\n')}\n`);
    });
    const net = fc.constantFrom(
      'width=8\nheight=8\nchannels=3',
      'inputs=16',
      'width=9\nheight=7\nchannels=4',
      '',
      'time_steps=3',
    );
    fc.assert(
      fc.property(
        net,
        fc.array(section, { maxLength: 12 }),
        fc.constantFrom(undefined, 'pjreddie', 'alexeyab'),
        (head, body, dialect) => check(`[net]\n${head}\n${body.join('')}`, dialect),
      ),
      { numRuns: 3000 },
    );
  });

  it('mutated specs', () => {
    const cut = fc.tuple(
      fc.nat(),
      fc.nat({ max: 12 }),
      fc.constantFrom(
        '',
        ' ',
        '\n',
        '[',
        ']',
        '=',
        ',',
        '#',
        ';',
        '\t',
        '\r',
        '-',
        '9',
        '[route]',
        'layers=',
        '\0',
        '\ud83d',
      ),
    );
    fc.assert(
      fc.property(fc.constantFrom(...seeds), fc.array(cut, { minLength: 1, maxLength: 4 }), (seed, cuts) => {
        let text = seed;
        for (const [at, length, insert] of cuts) {
          const from = at % (text.length + 1);
          text = text.slice(0, from) + insert + text.slice(from + length);
        }
        check(text, undefined);
      }),
      { numRuns: 1500 },
    );
  });
});

function check(text: string, dialect: string | undefined): void {
  const settings = { ...defaultSettings, dialect };
  const document = open({ name: 'x.cfg', text, languageId: 'darknet-cfg' }, settings);
  // Nothing in it may be Darknet's any more.
  if (!document) return;
  const analysed = price(document, settings)!;
  const inside = ({ from, to }: Range): void => {
    assert.ok(from >= 0 && from <= to && to <= text.length, `${from}–${to} in ${text.length}`);
  };
  const told = (problem: Problem): void => {
    inside(problem.range);
    assert.ok(problem.message.length < 700 && !/NaN|undefined|Infinity/.test(problem.message), problem.message);
    for (const { range } of problem.related ?? []) inside(range);
    for (const { edits } of problem.repairs ?? []) for (const edit of edits) inside(edit);
  };
  for (const problem of analysed.problems) told(problem);
  for (const hint of hints(analysed, { from: 0, to: text.length })) inside({ from: hint.at, to: hint.at });
  for (let at = 0; at < text.length; at += 37) {
    const found = hover(analysed, at);
    if (found) inside(found.range);
  }
  symbols(analysed);
  report(analysed);
}

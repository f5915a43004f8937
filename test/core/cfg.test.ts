import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  type Cfg,
  type CfgSection,
  cfgItems,
  parseCfg,
  placedSection,
  sectionsOf,
} from '../../server/src/core/syntax/cfg.ts';
import type { Range } from '../../server/src/core/text/range.ts';
import { frozen } from '../support/frozen.ts';

/** A text with its sections where they are. */
function parsed(text: string, earlier?: Cfg): Cfg & { readonly sections: readonly CfgSection[] } {
  const cfg = parseCfg(text, earlier);
  return { ...cfg, sections: cfg.chunks.map(placedSection) };
}

describe('cfg', () => {
  it('has sections in order, with their options', () => {
    const { sections, before } = parsed('[net]\nwidth=4\n\n# a comment\n[route]\nlayers=-1\n[route]\n');
    assert.deepEqual(
      sections.map(({ type, options }) => [type, options.map(({ key, value }) => `${key}=${value}`)]),
      [
        ['net', ['width=4']],
        ['route', ['layers=-1']],
        ['route', []],
      ],
    );
    assert.deepEqual([before.options, before.strays], [[], []]);
  });

  it('drops white space anywhere, as Darknet does, and keeps the places of what is written', () => {
    const text = ' [ con v ]\t\r\n\tbatch _ normalize = 1 0 # so\r\n';
    const [section] = parsed(text).sections;
    const [option] = section!.options;
    const at = ({ from, to }: Range): string => text.slice(from, to);
    assert.deepEqual([section!.type, at(section!.header), at(section!.typeRange)], ['conv', '[ con v ]', 'con v']);
    assert.deepEqual([option!.key, option!.value, option!.comment], ['batch_normalize', '10', '# so']);
    assert.deepEqual(
      [at(option!.range), at(option!.keyRange), at(option!.valueRange)],
      ['batch _ normalize = 1 0', 'batch _ normalize', '1 0'],
    );
    assert.equal(at(section!.range), '[ con v ]\t\r\n\tbatch _ normalize = 1 0 # so');
  });

  it('splits at the first =', () => {
    const [option] = parsed('[net]\na=b=c').sections[0]!.options;
    assert.deepEqual([option!.key, option!.value], ['a', 'b=c']);
  });

  it('sets lines apart that say nothing to Darknet', () => {
    const { sections, before } = parsed('width=3\nnonsense\n[net]\nkey=\nword\n=3\n;key=1\n #key=2');
    assert.deepEqual(
      [before.options.map(({ key }) => key), before.strays.map(({ text }) => text)],
      [['width'], ['nonsense']],
    );
    assert.deepEqual(
      sections[0]!.strays.map(({ text, hasKey }) => [text, hasKey]),
      [
        ['key', true],
        ['word', false],
      ],
    );
    assert.deepEqual(
      sections[0]!.options.map(({ key, value }) => [key, value]),
      [['', '3']],
    );
  });

  it('a header is plain where nothing stands behind it', () => {
    const plain = ['[net]', '[net] # c', '[net', '[net]x', ' [net] '].map(text => parsed(text).sections[0]!.isPlain);
    assert.deepEqual(plain, [true, false, false, false, true]);
  });

  it('lists have an item for each comma and one more', () => {
    const text = '[yolo]\nmask = 1, 2 ,,3,# none';
    const items = cfgItems(parsed(text).sections[0]!.options[0]!);
    assert.deepEqual(
      items.map(item => [item.text, text.slice(item.range.from, item.range.to)]),
      [
        ['1', '1'],
        ['2', '2'],
        ['', ''],
        ['3', '3'],
        ['', ''],
      ],
    );
  });

  it('a key without a value hides what lines below give it, and one that ends in = does not', () => {
    const { options } = parsed('[net]\nwidth=1\nwidth\nheight\nheight=2\nchannels=\nchannels=3').sections[0]!;
    assert.deepEqual(
      options.map(({ key, hiddenBy }) => [key, hiddenBy?.text]),
      [
        ['width', undefined],
        ['height', 'height'],
        ['channels', undefined],
      ],
    );
  });

  it('lines end at line feeds alone', () => {
    const [section] = parsed('[net]\r\nwid\rth=1\r2\r\n').sections;
    assert.deepEqual(
      section!.options.map(({ key, value }) => [key, value]),
      [['width', '12']],
    );
  });

  it('every range lies inside the text, inside its section, in order', () => {
    const piece = fc.constantFrom(
      '[',
      ']',
      'net',
      '=',
      '#',
      ';',
      ',',
      ' ',
      '\t',
      '\n',
      '\r',
      '\r\n',
      'a',
      '1',
      '\ufeff',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), pieces => {
        const text = pieces.join('');
        const { sections, before } = parsed(text);
        let at = 0;
        const inside = ({ from, to }: Range, within: Range): void => {
          assert.ok(within.from <= from && from <= to && to <= within.to, JSON.stringify(text));
        };
        for (const { range } of [...before.options, ...before.strays]) inside(range, { from: 0, to: text.length });
        for (const section of sections) {
          inside(section.range, { from: at, to: text.length });
          inside(section.header, section.range);
          inside(section.typeRange, section.header);
          for (const option of section.options) {
            inside(option.range, section.range);
            inside(option.keyRange, option.range);
            inside(option.valueRange, option.range);
            assert.equal(text.slice(option.valueRange.from, option.valueRange.to), option.text);
            for (const item of cfgItems(option)) inside(item.range, option.valueRange);
          }
          for (const { range } of section.strays) inside(range, section.range);
          at = section.range.to;
        }
      }),
      { numRuns: 3000 },
    );
  });

  const pieces = ['[', ']', '[net]', '\n[conv]\n', '=', 'a=1\n', '#', ';', ' ', '\t', '\n', '\r\n', 'a', '\ufeff', ''];
  const edits = fc.array(fc.record({ at: fc.nat(200), length: fc.nat(8), text: fc.constantFrom(...pieces) }), {
    minLength: 1,
    maxLength: 6,
  });

  it('a sequence of edits gives the sections of a fresh parse, and leaves the texts before as they were', () => {
    const start = '# c\n[net]\nwidth=4\n\n# 0\n[conv]\nsize=3\n[conv]\nsize=3 # x\nsize\n[route]\nlayers=-1,\n 0\n';
    fc.assert(
      fc.property(edits, list => {
        const held = [frozen(parsed(start))];
        for (const { at, length, text } of list) {
          const last = held.at(-1)!;
          const from = at % (last.text.length + 1);
          const next = last.text.slice(0, from) + text + last.text.slice(from + length);
          const edited = frozen(parsed(next, last));
          assert.deepEqual(edited, parsed(next));
          assert.deepEqual(
            [...sectionsOf(next)],
            edited.chunks.map(({ chunk }) => chunk.node),
          );
          held.push(edited);
        }
        for (const each of held) assert.deepEqual(each, parsed(each.text));
      }),
      { numRuns: 1000 },
    );
  });

  it('an edit of one section leaves the others what they are', () => {
    const before = parsed('[net]\nwidth=4\n[conv]\nsize=3\n[route]\nlayers=-1\n');
    const after = parsed(before.text.replace('size=3', 'size=15'), before);
    assert.deepEqual(
      after.chunks.map(({ chunk }, at) => chunk === before.chunks[at]!.chunk),
      [true, false, true],
    );
  });
});

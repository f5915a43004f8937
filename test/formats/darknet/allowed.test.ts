// What may be written for a key, as the notes say, is what the reader accepts.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { keyOf, sectionOf, sectionTypes } from '../../../server/src/core/formats/darknet/words.ts';
import type { Note } from '../../../server/src/core/graph/graph.ts';
import { type Analysed, defaultSettings, open, price } from '../../../server/src/core/index.ts';

const fixtures = new URL('./fixtures/', import.meta.url);

describe('Darknet cfg, what may be written', () => {
  for (const file of readdirSync(fixtures).filter(name => name.endsWith('.cfg'))) {
    it(`is known at each key of ${file}`, () => {
      const text = readFileSync(new URL(file, fixtures), 'utf8');
      const notes = notesOf(priced(text));
      assert.ok(notes.length > 0);
      for (const { range, allowed } of notes) assert.ok(allowed, text.slice(range.from, range.to));
    });
  }

  for (const type of sectionTypes) {
    const kind = sectionOf(type)!;
    const keys = Object.keys(kind.keys).filter(name => keyOf(kind, name)!.min !== undefined);
    for (const key of kind.name === 'net' ? [] : keys) {
      it(`\`${key}\` of [${type}] has its limit`, () => {
        const { min, only } = keyOf(kind, key)!;
        const text = (value: number) => specOf(type, key, value);
        const dialect = only ?? kind.only;
        const found = (value: number) => priced(text(value), dialect).problems.filter(isOutOfRange(text(value), key));
        assert.equal(found(min!).length, 0);
        assert.equal(found(min! - 1).length, 1);
        const place = text(min!).lastIndexOf(`${key}=`) + key.length + 1;
        const note = notesOf(priced(text(min!), dialect)).find(({ range }) => range.from === place);
        assert.deepEqual(note?.allowed, { kind: 'integer', min, max: 2 ** 31 - 1 });
      });
    }
  }

  it('is a name of the dialect for an activation', () => {
    const text = (name: string) => `[net]\nwidth=8\nheight=8\nchannels=3\n[conv]\nactivation=${name}\n`;
    const choices = notesOf(priced(text('leaky'))).flatMap(({ allowed }) =>
      allowed?.kind === 'choice' ? allowed.choices() : [],
    );
    assert.ok(choices.length > 20);
    for (const name of choices) assert.deepEqual(priced(text(name)).problems, [], name);
    assert.equal(priced(text('silu')).problems[0]?.code, 'unknown-activation');
  });

  it('is a layer for a key that names layers', () => {
    const text = '[net]\nwidth=8\nheight=8\nchannels=3\n[conv]\n[conv]\n[route]\nlayers=-1, 0\n';
    const places = notesOf(priced(text))
      .filter(({ allowed }) => allowed?.kind === 'reference')
      .map(({ range }) => text.slice(range.from, range.to));
    assert.deepEqual(places, ['-1, 0', '-1', '0']);
  });
});

/** A network with one section that has a value for a key, among values with which Darknet reads that key. */
function specOf(type: string, key: string, value: number): string {
  const context = ['size=3', 'layers=0', ...(key === 'out_channels' ? ['maxpool_depth=1'] : [])];
  const lines = [...context.filter(line => !line.startsWith(`${key}=`)), `${key}=${value}`];
  return `[net]\nwidth=16\nheight=16\nchannels=4\n[conv]\nfilters=4\n[${type}]\n${lines.join('\n')}\n`;
}

const isOutOfRange =
  (text: string, key: string) =>
  ({ code, range }: { readonly code: string; readonly range: { readonly from: number } }): boolean =>
    code === 'value-out-of-range' && text.slice(0, range.from).endsWith(`${key}=`);

function notesOf(analysed: Analysed): readonly Note[] {
  return analysed.spec.graph.root.children.flatMap(({ notes }) => notes);
}

function priced(text: string, dialect?: string): Analysed {
  const settings = { ...defaultSettings, dialect };
  return price(open({ name: 'a.cfg', text }, settings)!, settings)!;
}

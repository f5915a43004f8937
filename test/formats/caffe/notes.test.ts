// What may be written at a place, as data: all of it is accepted there, and nothing else.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Allowed, Frame, Note } from '../../../server/src/core/graph/graph.ts';
import { defaultSettings, open, type Problem, price } from '../../../server/src/core/index.ts';

const text = `layer {
  name: "data"
  type: "Input"
  top: "data"
  input_param { shape { dim: 1 dim: 3 dim: 8 dim: 8 } }
}
layer {
  name: "conv"
  type: "Convolution"
  bottom: "data"
  top: "conv"
  include { phase: TEST }
  param { name: "w" lr_mult: 1 }
  convolution_param { num_output: 6 kernel_size: 3 stride: 1 pad: 1 group: 3 dilation: 1 axis: 1 bias_term: true engine: CAFFE weight_filler { type: "xavier" } }
}
layer {
  name: "pool"
  type: "Pooling"
  bottom: "conv"
  top: "pool"
  pooling_param { pool: AVE kernel_size: 2 round_mode: FLOOR }
}
layer {
  name: "drop"
  type: "Dropout"
  bottom: "pool"
  top: "drop"
  dropout_param { dropout_ratio: 0.5 }
}
`;

function analysed(content: string): { readonly notes: readonly Note[]; readonly problems: readonly Problem[] } {
  const { spec, problems } = price(open({ name: 'x.prototxt', text: content }, defaultSettings)!, defaultSettings)!;
  const notesOf = (frame: Frame): readonly Note[] => [...frame.notes, ...frame.children.flatMap(notesOf)];
  return { notes: spec.graph.root.children.flatMap(notesOf), problems };
}

/** The text with another value, or with another key in a message, and where that is. */
function changed(
  { range }: Note,
  value: string,
): { readonly content: string; readonly from: number; readonly to: number } {
  const [whole, head] = /^(\w+\s*:?\s*)(?:"[^"]*"|[\w.-]+|\{)/.exec(text.slice(range.from))!;
  const isMessage = whole!.endsWith('{');
  const from = range.from + (isMessage ? whole! : head!).length;
  const content = text.slice(0, from) + (isMessage ? ` ${value}: 1 ` : value) + text.slice(range.from + whole!.length);
  return { content, from, to: from + value.length + (isMessage ? 1 : 0) };
}

/** The problems of fields and names at a changed value; what the layer makes of the value is another matter. */
function reported(note: Note, value: string): readonly string[] {
  const { content, from, to } = changed(note, value);
  return analysed(content)
    .problems.filter(({ range }) => range.from < to && range.to > from)
    .map(({ code }) => code);
}

const invalid = new Set([
  ...['unknown-field', 'unknown-choice', 'unknown-type', 'unknown-bottom', 'not-a-boolean', 'not-a-number'],
  ...['not-a-whole-number', 'not-a-string', 'value-below-minimum', 'missing-value', 'missing-colon'],
]);

/** Values that are allowed, and one that is not. */
function examples(allowed: Allowed): { readonly good: readonly string[]; readonly bad: readonly string[] } {
  switch (allowed.kind) {
    case 'operator':
      return { good: allowed.choices().map(choice => `"${choice}"`), bad: ['"Nonsense"'] };
    case 'choice':
      return { good: allowed.choices(), bad: ['NONSENSE'] };
    case 'key':
      return { good: [], bad: ['nonsense'] };
    case 'integer': {
      const { min, max } = allowed;
      const below = min === undefined ? [] : [String(min - 1)];
      return {
        good: [String(min ?? -1)],
        bad: [...below, ...(max === undefined ? [] : [String(max + 1)]), '1.5', 'x'],
      };
    }
    case 'number':
      return { good: ['0.25', '1', '1e-3'], bad: ['x'] };
    case 'boolean':
      return { good: ['true', 'false'], bad: ['maybe'] };
    case 'reference':
      return { good: ['"data"'], bad: ['"nonsense"'] };
    case 'name':
      return { good: ['"other"'], bad: ['7'] };
  }
}

describe('Caffe, what may be written at a place', () => {
  const { notes } = analysed(text);
  it('is said of every place', () => {
    assert.ok(notes.length > 30);
    const kinds = new Set(notes.map(({ allowed }) => allowed!.kind));
    assert.deepEqual([...kinds].sort(), [
      ...['boolean', 'choice', 'integer', 'key', 'name', 'number', 'operator', 'reference'],
    ]);
  });

  for (const note of notes) {
    const { allowed, range } = note;
    it(`${text.slice(range.from, range.to)} at ${range.from}`, () => {
      const { good, bad } = examples(allowed!);
      for (const value of good) {
        assert.deepEqual(
          reported(note, value).filter(code => invalid.has(code)),
          [],
          value,
        );
      }
      for (const value of bad)
        assert.ok(
          reported(note, value).some(code => invalid.has(code)),
          value,
        );
    });
  }
});

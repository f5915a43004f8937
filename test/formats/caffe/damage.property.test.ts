// One damaged line: where Caffe still reads the text, totals are those of its reading; where it refuses, they are not
// complete, or those of the only repair. Rows above never change.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  defaultSettings,
  type FileReport,
  open,
  price,
  problems as problemsOf,
  report,
} from '../../../server/src/core/index.ts';
import { applyEdits, type TextEdit } from '../../../server/src/core/text/edit.ts';
import { type Costs, strictCosts } from './strict.ts';

const name = 'damaged.prototxt';

function read(text: string): FileReport | undefined {
  const document = open({ name, text }, defaultSettings);
  return document && report(price(document, defaultSettings)!);
}

/** A network of layers that the naive reader knows, as text in one of several hands. */
const spec = fc
  .record({
    hand: fc.constantFrom('wide', 'narrow', 'flat'),
    size: fc.constantFrom(12, 17),
    filters: fc.array(fc.constantFrom(4, 6, 8), { minLength: 1, maxLength: 3 }),
    isResidual: fc.boolean(),
    isPooled: fc.boolean(),
    isNormed: fc.boolean(),
    isInput: fc.boolean(),
  })
  .map(({ hand, size, filters, isResidual, isPooled, isNormed, isInput }) => {
    const layers: string[][] = [];
    const head = isInput
      ? ['name: "net"', 'input: "data"', `input_shape { dim: 1 dim: 3 dim: ${size} dim: ${size} }`]
      : ['name: "net"'];
    if (!isInput) {
      const shape = `shape { dim: 1 dim: 3 dim: ${size} dim: ${size} }`;
      layers.push(['name: "data"', 'type: "Input"', 'top: "data"', `input_param { ${shape} }`]);
    }
    let last = 'data';
    filters.forEach((filter, at) => {
      const own = `conv${at}`;
      const filler = 'weight_filler { type: "xavier" }';
      layers.push([
        `name: "${own}"`,
        'type: "Convolution"',
        `bottom: "${last}"`,
        `top: "${own}"`,
        'param { lr_mult: 1 decay_mult: 1 }',
        'convolution_param {',
        `  num_output: ${filter}`,
        '  kernel_size: 3',
        `  pad: 1${at === 1 ? ' group: 2' : ''}`,
        `  ${filler}`,
        '}',
      ]);
      if (isNormed) layers.push([`name: "bn${at}"`, 'type: "BatchNorm"', `bottom: "${own}"`, `top: "${own}"`]);
      layers.push([`name: "relu${at}"`, 'type: "ReLU"', `bottom: "${own}"`, `top: "${own}"`]);
      last = own;
    });
    if (isResidual) {
      const sum = 'eltwise_param { operation: SUM }';
      layers.push(['name: "sum"', 'type: "Eltwise"', `bottom: "${last}"`, `bottom: "${last}"`, 'top: "sum"', sum]);
      last = 'sum';
    }
    if (isPooled) {
      const pooling = 'pooling_param { pool: MAX kernel_size: 2 stride: 2 }';
      layers.push(['name: "pool"', 'type: "Pooling"', `bottom: "${last}"`, 'top: "pool"', pooling]);
      last = 'pool';
    }
    layers.push([
      'name: "fc"',
      'type: "InnerProduct"',
      `bottom: "${last}"`,
      'top: "fc"',
      'inner_product_param { num_output: 10 }',
    ]);
    const written = layers.map(fields => {
      if (hand === 'flat') return ['layer {', ...fields.map(field => field.trim()), '}'].join('\n');
      return hand === 'wide'
        ? ['layer {', ...fields.map(field => `  ${field}`), '}'].join('\n')
        : `layer { ${fields.map(field => field.trim()).join(' ')} }`;
    });
    return [...head, ...written].join('\n');
  });

const damage = fc.record({
  line: fc.nat(),
  at: fc.nat(),
  how: fc.oneof(
    fc.constantFrom('drop the line', 'double the line', 'indent', 'break the line'),
    fc.constantFrom(...'{}:"').map(sign => ({ drop: sign })),
    fc.constantFrom(...'{}:"').map(sign => ({ put: sign })),
    fc.record({ cut: fc.integer({ min: 1, max: 4 }) }),
  ),
});

interface Damaged {
  readonly text: string;
  /** The line that is changed, 0-based. */
  readonly line: number;
}

function damaged(
  text: string,
  { line: wanted, at, how }: typeof damage extends fc.Arbitrary<infer T> ? T : never,
): Damaged {
  const lines = text.split('\n');
  const line = wanted % lines.length;
  const old = lines[line]!;
  const place = at % (old.length + 1);
  const nth = (sign: string): number => {
    const places = [...old].flatMap((letter, index) => (letter === sign ? [index] : []));
    return places.length > 0 ? places[at % places.length]! : -1;
  };
  let fresh: readonly string[];
  if (how === 'drop the line') fresh = [];
  else if (how === 'double the line') fresh = [old, old];
  else if (how === 'indent') fresh = [` ${old}`];
  else if (how === 'break the line') fresh = [old.slice(0, place), old.slice(place)];
  else if ('put' in how) fresh = [old.slice(0, place) + how.put + old.slice(place)];
  else if ('cut' in how) fresh = [old.slice(0, place) + old.slice(place + how.cut)];
  else {
    const found = nth(how.drop);
    fresh = [found < 0 ? old : old.slice(0, found) + old.slice(found + 1)];
  }
  lines.splice(line, 1, ...fresh);
  return { text: lines.join('\n'), line };
}

/** The edits that the errors of a text propose. */
function fixes(text: string): readonly TextEdit[] {
  const analysed = price(open({ name, text }, defaultSettings)!, defaultSettings)!;
  return problemsOf(analysed).flatMap(({ severity, repairs }) =>
    severity === 'error' ? (repairs?.[0]?.edits ?? []) : [],
  );
}

const costs = ({ params, macs }: FileReport['totals']): Costs | undefined =>
  params === null || macs === null ? undefined : { params, macs };

describe('Caffe prototxt with one damaged line', () => {
  it('correct specs cost what the naive reader says', () => {
    fc.assert(
      fc.property(spec, text => {
        const { totals, problems } = read(text)!;
        assert.deepEqual(
          problems.filter(({ severity }) => severity === 'error'),
          [],
          text,
        );
        assert.deepEqual(
          { complete: totals.complete, ...costs(totals) },
          { complete: true, ...strictCosts(text) },
          text,
        );
      }),
      { numRuns: 60 },
    );
  });

  it('what Caffe accepts is read as Caffe does; what it refuses is not complete, or repaired', () => {
    fc.assert(
      fc.property(spec, damage, (whole, change) => {
        const { text, line } = damaged(whole, change);
        if (text === whole) return;
        const strict = strictCosts(text);
        const found = read(text);
        const where = `line ${line + 1}, ${JSON.stringify(change.how)} of\n${whole}\n→\n${text}`;
        // Without a layer and without an input it is no network.
        if (!found) return assert.ok(strict === undefined || strict.params === 0, where);
        const { totals, layers, problems } = found;
        const isRepaired = layers.some(({ repaired }) => repaired);
        const errors = problems.filter(({ severity }) => severity === 'error');
        if (strict) {
          assert.deepEqual({ complete: totals.complete, ...costs(totals) }, { complete: true, ...strict }, where);
          assert.ok(!isRepaired && errors.length === 0, `${errors[0]?.message} ${where}`);
        } else {
          assert.ok(!totals.complete || isRepaired, `refused but complete: ${where}`);
          if (!totals.complete) return;
          // What it is read as is what the fix makes of it, and Caffe reads that.
          const mended = applyEdits(text, fixes(text));
          assert.deepEqual(costs(totals), strictCosts(mended), `${where}\n→\n${mended}`);
          const isSign = typeof change.how === 'object' && ('drop' in change.how || 'put' in change.how);
          if (isSign) assert.deepEqual(costs(totals), strictCosts(whole), where);
        }
      }),
      { numRuns: 1500 },
    );
  });

  it('rows above the damage stay as they are', () => {
    fc.assert(
      fc.property(spec, damage, (whole, change) => {
        const { text, line } = damaged(whole, change);
        // The lines of the layer that is damaged are its own.
        const start = whole.split('\n').findLastIndex((content, at) => at <= line && /^(?:layer|input:)/.test(content));
        const above = (from: FileReport | undefined): unknown[] =>
          (from?.layers ?? [])
            .filter(row => row.line !== null && row.line - 1 < start)
            .map(({ name: label, outputs, params, macs, complete }) => ({ label, outputs, params, macs, complete }));
        const found = read(text);
        if (found) assert.deepEqual(above(found), above(read(whole)), `line ${line + 1} of\n${text}`);
      }),
      { numRuns: 600 },
    );
  });
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { differences } from '../../server/src/core/features/differences.ts';
import { totalsMarkdown } from '../../server/src/core/features/totals.ts';
import { defaultSettings, open, price } from '../../server/src/core/index.ts';

function analysed(text: string, name = 'x.net.yaml') {
  return price(open({ name, text }, defaultSettings)!, defaultSettings)!;
}

const small = `name: Small
input: [3, 32, 32]
layers:
  - conv: {out: 8, kernel: 3, padding: same, bias: true}
  - batchnorm
  - relu
  - maxpool: 2
  - flatten
  - linear: {out: 10, bias: false}
`;

/** What a convention counts otherwise than the multiply-accumulates of 221,184 + 20,480. */
function checkDifferences(convention: Parameters<ReturnType<typeof analysed>['model']['under']>[0], wanted: object) {
  const { model } = analysed(small);
  const other = model.under(convention);
  const found = differences(other, other.graph.nodes);
  assert.deepEqual(Object.fromEntries(found.map(({ words, delta }) => [words, delta])), wanted);
  // They explain the whole difference.
  const base = convention === 'thop' || convention === 'fvcore' ? 1 : 2;
  const sum = found.reduce((total, { delta }) => total + delta, 0);
  assert.equal(other.totals.value.value, base * 241_664 + sum);
}

test('A convention says what it counts otherwise, and that adds up to its total', () => {
  checkDifferences('flops', {});
  checkDifferences('thop', { 'batch norm 4 an element': 4 * 8192 });
  checkDifferences('fvcore', { 'batch norm 2 an element': 2 * 8192 });
  checkDifferences('darknet', { 'linear unseen': -2 * 20_480, 'max pool 1 an element': 8192 });
  checkDifferences('all-ops', {
    'batch norm 2 an element': 2 * 8192,
    'conv biases': 8192,
    'relu 1 an element': 8192,
    'max pool 3 an output element': 3 * 2048,
  });
});

test('The totals show every convention with what makes it up in this network', () => {
  const text = totalsMarkdown(analysed(small));
  for (const row of [
    '| **macs** | **242 kMACs** | Multiply-accumulates of convolutions',
    '| flops | 483 kFLOPs | 2 for each MAC |',
    '| thop | 274 kMACs | batch norm 4 an element: +32.8k |',
    '| darknet | 451 kFLOPs | 2 for each MAC; linear unseen: −41k; max pool 1 an element: +8.19k |',
  ])
    assert.ok(text.includes(row), `“${row}” is not in\n${text}`);
});

test('A batch that the file writes is told of, and changes no number', () => {
  const plain = analysed(small);
  const batched = { ...plain, spec: { ...plain.spec, batch: 64 } };
  assert.match(totalsMarkdown(batched), /The file writes a batch of 64; work is reported for one sample/);
  assert.equal(totalsMarkdown(batched).replace(/\n\nThe file writes.*/, ''), totalsMarkdown(plain));
});

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
  assert.deepEqual(Object.fromEntries(found.map(({ op, way, delta }) => [op, [way, delta]])), wanted);
  // They explain the whole difference.
  const base = convention === 'thop' || convention === 'fvcore' ? 1 : 2;
  const sum = found.reduce((total, { delta }) => total + delta, 0);
  assert.equal(other.totals.value.value, base * 241_664 + sum);
}

test('A convention says what it counts otherwise, and that adds up to its total', () => {
  checkDifferences('flops', {});
  checkDifferences('thop', { batchNorm: [{ per: 'input', count: 4 }, 4 * 8192] });
  checkDifferences('fvcore', { batchNorm: [{ per: 'input', count: 2 }, 2 * 8192] });
  checkDifferences('darknet', { linear: ['ignored', -2 * 20_480], maxPool: [{ per: 'input', count: 1 }, 8192] });
  checkDifferences('all-ops', {
    batchNorm: [{ per: 'input', count: 2 }, 2 * 8192],
    conv: ['biases', 8192],
    relu: [{ per: 'input', count: 1 }, 8192],
    maxPool: [{ per: 'output', count: 3 }, 3 * 2048],
  });
});

test('The totals show every convention with what makes it up in this network', () => {
  const text = totalsMarkdown(analysed(small));
  for (const row of [
    '| **macs** | **242k MACs** | Multiply-accumulates of convolutions',
    '| flops | 483k FLOPs | 2 per MAC |',
    '| thop | 274k MACs | +32.8k batch norm (4 per element) |',
    '| darknet | 451k FLOPs | 2 per MAC; −41.0k linear (not counted); +8.19k max pool (1 per element) |',
  ])
    assert.ok(text.includes(row), `“${row}” is not in\n${text}`);
});

test('A batch that the file writes is told of, and changes no number', () => {
  const plain = analysed(small);
  const batched = { ...plain, spec: { ...plain.spec, batch: 64 } };
  assert.match(totalsMarkdown(batched), /The file sets a batch size of 64\. Costs are for one sample/);
  assert.equal(totalsMarkdown(batched).replace(/\n\nThe file sets a batch size.*/, ''), totalsMarkdown(plain));
});

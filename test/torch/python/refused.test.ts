// What PyTorch refuses is refused, and what it takes is taken (scripts/oracles/refused.py).
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { Builder } from '../../../server/src/core/graph/builder.ts';
import { Unknown } from '../../../server/src/core/python/objects.ts';
import { worldOf } from '../../../server/src/core/torch/python/recording.ts';
import { PyTensor } from '../../../server/src/core/torch/python/tensor.ts';
import { Session } from './pricing.ts';

interface Answer {
  readonly expression: string;
  /** `(2, 3) float32`, `raises RuntimeError`; empty for what is no tensor. */
  readonly said: string;
}

const table = JSON.parse(readFileSync(new URL('fixtures/refused.json', import.meta.url), 'utf8')) as {
  readonly torch: string;
  readonly expressions: readonly Answer[];
};

function started(): Session {
  const session = new Session(
    'i = torch.ones(2, 3, dtype=torch.long)\nb = torch.ones(2, 3) > 0\nx = torch.randn(2, 3)',
  );
  worldOf(session.machine).record(new Builder());
  return session;
}

let session = started();

function answer(expression: string): string {
  const world = worldOf(session.machine);
  let result: unknown;
  try {
    result = session.evaluate(expression);
  } catch {
    return 'raises';
  }
  if (world.problems.some(({ severity }) => severity === 'error')) {
    // The same problem is told once in a session.
    session = started();
    return 'raises';
  }
  if (!(result instanceof PyTensor)) return '';
  const { shape = [], dtype } = result;
  return `(${shape.join(', ')}${shape.length === 1 ? ',' : ''}) ${dtype}`;
}

describe(`expressions beside PyTorch ${table.torch}`, () => {
  it('are refused where PyTorch refuses them, and have its shapes and types elsewhere', () => {
    const differing = table.expressions.flatMap(({ expression, said }) => {
      const own = answer(expression);
      return own === (said.startsWith('raises') ? 'raises' : said) ? [] : [`${expression}: ${said} | ${own}`];
    });
    assert.deepEqual(differing, []);
    assert.ok(table.expressions.length > 300);
  });

  it('a module whose __init__ was not called cannot be called', () => {
    const own = new Session(
      'class Net(nn.Module):\n  def __init__(self):\n    self.n = 3\n  def forward(self, x):\n    return x\n',
    );
    assert.throws(() => own.evaluate('Net()(torch.zeros(3))'), /'Net' object has no attribute '_backward_hooks'/);
  });

  it('methods that PyTorch has and Flopline does not know give what is unknown; others are nobody’s', () => {
    const own = started();
    const made = own.evaluate('x.logdet()');
    assert.ok(made instanceof Unknown);
    assert.match(made.reason.message, /^Flopline does not know Tensor\.logdet\.$/);
    assert.equal(own.evaluate('hasattr(x, "logdet")'), true);
    assert.throws(() => own.evaluate('x.logdett()'), /'Tensor' object has no attribute 'logdett'/);
  });

  it('names of torch.nn that PyTorch has and Flopline does not know are unknown; others are nobody’s', () => {
    const own = started();
    const names = ['nn.AdaptiveLogSoftmaxWithLoss', 'nn.qat', 'F.pdist', 'F.conv_tbc', 'F._pair', 'nn.utils.stateless'];
    for (const name of names) {
      const found = own.evaluate(name);
      assert.ok(found instanceof Unknown, name);
      assert.match(found.reason.message, /^Flopline does not know torch\.nn\./);
      assert.equal(
        own.evaluate(`hasattr(${name.split('.').slice(0, -1).join('.')}, "${name.split('.').at(-1)}")`),
        true,
      );
    }
    assert.throws(() => own.evaluate('nn.Conv2D'), /module 'torch\.nn' has no attribute 'Conv2D'/);
    assert.throws(() => own.evaluate('F.relu7'), /module 'torch\.nn\.functional' has no attribute 'relu7'/);
    assert.equal(own.evaluate('nn.modules.conv.Conv2d is nn.Conv2d and nn.modules.utils._pair(3) == (3, 3)'), true);
  });
});

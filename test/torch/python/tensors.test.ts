// Tensors as a program sees them, and what the graph is told of it.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PyTensor } from '../../../server/src/core/torch/python/tensor.ts';
import { counted, plainly, ran, shapeOf } from './running.ts';

/** What the last name of a text holds. */
function held(text: string): unknown {
  const run = ran(text, false);
  assert.equal(run.raised, undefined, text);
  assert.deepEqual(
    run.problems.map(({ message }) => message),
    [],
    text,
  );
  return plainly(run.get('y'));
}

describe('values that decide something', () => {
  it('are computed through views that share memory', () => {
    assert.deepEqual(
      held(`
ys, xs = torch.meshgrid(torch.arange(2), torch.arange(2), indexing='ij')
coords = torch.stack([ys, xs]).flatten(1)
relative = (coords[:, :, None] - coords[:, None, :]).permute(1, 2, 0).contiguous()
relative[:, :, 0] += 1
relative[:, :, 1] += 1
relative[:, :, 0] *= 3
y = relative.sum(-1).tolist()
`),
      [
        [4, 3, 1, 0],
        [5, 4, 2, 1],
        [7, 6, 4, 3],
        [8, 7, 5, 4],
      ],
    );
  });

  it('are each table’s own, however alike tables are made', () => {
    // As PyTorch 1.13 prints it.
    const expected = [
      [
        [
          [3, 0],
          [3, -1],
          [0, 0],
          [0, -1],
        ],
        [
          [3, 1],
          [3, 0],
          [0, 1],
          [0, 0],
        ],
        [
          [6, 0],
          [6, -1],
          [3, 0],
          [3, -1],
        ],
        [
          [6, 1],
          [6, 0],
          [3, 1],
          [3, 0],
        ],
      ],
      [
        [
          [3, 7],
          [3, -1],
          [0, 0],
          [0, -1],
        ],
        [
          [3, 1],
          [3, 0],
          [0, 1],
          [0, 0],
        ],
        [
          [6, 0],
          [6, -1],
          [3, 0],
          [3, -1],
        ],
        [
          [6, 1],
          [6, 0],
          [3, 1],
          [3, 0],
        ],
      ],
      [
        [
          [4, 1],
          [4, 0],
          [1, 1],
          [1, 0],
        ],
        [
          [4, 2],
          [4, 1],
          [1, 2],
          [1, 1],
        ],
        [
          [7, 1],
          [7, 0],
          [4, 1],
          [4, 0],
        ],
        [
          [7, 2],
          [7, 1],
          [4, 2],
          [4, 1],
        ],
      ],
      [
        [3, 2, 0, -1],
        [4, 3, 1, 0],
        [6, 5, 3, 2],
        [7, 6, 4, 3],
      ],
      [
        [-4, -4, -4, -4],
        [4, 3, 1, 0],
        [6, 5, 3, 2],
        [7, 6, 4, 3],
      ],
      [3, 0],
      [0, 0],
      [1, 2],
      [1, 7],
      [0, 1, 9],
      [0, 1, 2],
      [[0], [1], [9]],
      [2.5, 2.5],
      [5, 5],
      [-0],
      [
        [
          [3, 0],
          [3, -1],
          [0, 0],
          [0, -1],
        ],
        [
          [3, 1],
          [3, 0],
          [0, 1],
          [0, 0],
        ],
        [
          [6, 0],
          [6, -1],
          [3, 0],
          [3, -1],
        ],
        [
          [6, 1],
          [6, 0],
          [3, 1],
          [3, 0],
        ],
      ],
      [810, 0],
    ];
    assert.deepEqual(
      held(`
def table(n):
    h = torch.arange(n)
    grid = torch.stack(torch.meshgrid(h, h, indexing='ij')).flatten(1)
    r = (grid[:, :, None] - grid[:, None, :]).permute(1, 2, 0).contiguous()
    r[:, :, 0] += n - 1
    r[:, :, 0] *= 2 * n - 1
    return r

a, b, c = table(2), table(2), table(2)
b[0, 0, 1] = 7
c.add_(1)
e, f, g = torch.zeros(2), torch.zeros(2), torch.tensor([1, 2])
e[0] = 3
h = torch.tensor([1, 2])
h[1] += 5
i, j = torch.arange(3), torch.arange(3)
k = i.view(3, 1)
k[2] = 9
l = -torch.zeros(1)
d = table(2).sum(-1)
d2 = table(2).sum(-1)
d2[0] = -4
m = torch.full((2,), 2.5); m2 = torch.full((2,), 2.5); m2 *= 2
y = [t.tolist() for t in (a, b, c, d, d2, e, f, g, h, i, j, k, m, m2, l, table(2), table(3).sum((0, 1)))]
`),
      expected,
    );
  });

  it('of complex numbers are two parts, which are attributes', () => {
    assert.deepEqual(
      held(`
z = torch.complex(torch.zeros(2, 3), torch.ones(2, 3)) * torch.ones(3)
score = z.real + 1.5 * z.imag
y = [list(score.shape), str(score.dtype), list(torch.imag(z).shape), list(torch.ones(4).real.shape)]
`),
      [[2, 3], 'torch.float32', [2, 3], [4]],
    );
  });

  it('that are not known may be a list: nothing is known of their shape, and nothing is wrong with it', () => {
    const text = 'from missing import filters\ny = torch.tensor(filters.low[::-1], dtype=torch.float).unsqueeze(1)';
    const run = ran(text, false);
    assert.deepEqual([run.raised, run.problems], [undefined, []]);
    const y = run.get('y');
    assert.ok(y instanceof PyTensor);
    assert.deepEqual([y.shape, y.why?.message], [undefined, '“missing” cannot be found']);
  });

  it('may be those of another tensor, or let go', () => {
    const text =
      'a = torch.zeros(2, 3)\nb = torch.ones(4)\na.set_(b)\nb.data.set_()\ny = [list(a.shape), list(b.shape), a.sum().item()]';
    assert.deepEqual(held(text), [[4], [4], 4]);
    assert.deepEqual(held('b = torch.ones(4)\nb.set_()\ny = list(b.shape)'), [0]);
  });

  it('become numbers of Python', () => {
    assert.deepEqual(held('y = [x.item() for x in torch.linspace(0, 1, 3)]'), [0, 0.5, 1]);
    assert.deepEqual(held('y = int(torch.tensor([3]) * 2) + len(torch.zeros(4, 2))'), 10);
    assert.deepEqual(held('y = "big" if torch.arange(4).max() > 2 else "small"'), 'big');
    assert.deepEqual(held('y = tuple(torch.zeros(1, 2, 3).shape[1:])'), [2, 3]);
    assert.deepEqual(held('y = [h * w for h, w in torch.tensor([[2, 3], [4, 5]]).tolist()]'), [6, 20]);
  });

  it('keep the class of sizes in a slice', () => {
    assert.equal(held('y = torch.zeros(2, 3, 4).shape[-2:].numel()'), 12);
    assert.equal(held('y = str(torch.zeros(2, 3, 4).size()[1:])'), 'torch.Size([3, 4])');
    assert.equal(held('y = type((1, 2, 3)[1:]).__name__'), 'tuple');
  });

  it('are places where a condition stands alone', () => {
    assert.deepEqual(held('y = [p.tolist() for p in torch.where(torch.tensor([[True, False], [False, True]]))]'), [
      [0, 1],
      [0, 1],
    ]);
  });

  it('are a range whose end is named', () => {
    assert.deepEqual(held('y = torch.arange(end=3).tolist()'), [0, 1, 2]);
    assert.deepEqual(held('y = torch.arange(start=2, end=4).tolist()'), [2, 3]);
    assert.match(String(ran('y = torch.arange()', false).get('y')), /./);
  });

  it('are checked by torch._assert', () => {
    assert.equal(held('torch._assert(torch.zeros(2, 3).dim() == 2, "two")\ny = 1'), 1);
    assert.equal(ran('torch._assert(torch.zeros(2).dim() == 2, "two")').raised, 'AssertionError: two');
  });

  it('are those of the array of a tensor', () => {
    assert.deepEqual(held('y = (torch.arange(6).reshape(2, 3).t().numpy() + 1).tolist()'), [
      [1, 4],
      [2, 5],
      [3, 6],
    ]);
    assert.match(String(plainly(ran('y = torch.rand(3).numpy()', false).get('y'))), /^unknown: the values of a tensor/);
  });

  it('decide how many elements a mask takes', () => {
    assert.equal(shapeOf(ran('y = torch.arange(10)[torch.arange(10) % 3 == 0]').get('y')), '4');
    assert.equal(shapeOf(ran('y = (torch.arange(6).reshape(2, 3) > 3).nonzero()').get('y')), '2×2');
    assert.equal(shapeOf(ran('x = torch.randn(4, 5)\ny = x[x > 0]').get('y')), '?');
    assert.equal(shapeOf(ran('x = torch.randn(4, 5)\ny = (x > 0).nonzero()').get('y')), '?×2');
  });

  it('are looked at when they are asked for, as they were then', () => {
    assert.deepEqual(held('a = torch.zeros(2)\ny = a + 1\na.fill_(5)\ny = y.tolist()'), [1, 1]);
    assert.deepEqual(
      held('a = torch.zeros(2, 1)\nb = a * 2 + 1\nb.squeeze_()\na.unsqueeze_(0)\ny = b.tolist()'),
      [1, 1],
    );
    assert.deepEqual(
      held('a = torch.zeros(3)\nfor i in range(3000): a[i % 3] += 1\ny = a.tolist()'),
      [1000, 1000, 1000],
    );
  });

  it('are not known where a program draws them, and say why', () => {
    const run = ran('x = torch.rand(3)\ny = x.sum().item()\nz = x.shape[0]\nw = torch.zeros(int(y), 2)');
    assert.match(String(plainly(run.get('y'))), /^unknown: the value of a tensor is not known/);
    assert.equal(run.get('z'), 3);
    assert.equal(shapeOf(run.get('w')), '?×2');
  });
});

describe('spectra of frames and singular values', () => {
  // As PyTorch 1.13 gave them.
  for (const [text, shape] of [
    ['torch.stft(torch.rand(2, 400), 64, return_complex=True)', '2×33×26'],
    ['torch.stft(torch.rand(2, 400), 64, 20, return_complex=False)', '2×33×21×2'],
    ['torch.rand(400).stft(64, center=False, return_complex=True)', '33×22'],
    ['torch.stft(torch.rand(2, 400), n_fft=64, onesided=False, return_complex=True)', '2×64×26'],
    ['torch.stft(torch.rand(2, 400), 65, 10, 40, return_complex=True)', '2×33×40'],
    ['torch.istft(torch.stft(torch.rand(2, 400), 65, 10, return_complex=True), 65, 10)', '2×391'],
    ['torch.istft(torch.stft(torch.rand(2, 400), 64, return_complex=True), 64, length=390)', '2×390'],
    ['torch.svd(torch.rand(3, 4))[2]', '4×3'],
    ['torch.svd(torch.rand(2, 5, 4), some=False).U', '2×5×5'],
  ] as const) {
    it(text, () => assert.equal(shapeOf(ran(`y = ${text}`).get('y')), shape));
  }
});

describe('types', () => {
  for (const [text, dtype] of [
    ['torch.arange(3) / 2', 'float32'],
    ['torch.arange(3) * 0.5', 'float32'],
    ['torch.zeros(2, dtype=torch.float16) * 2.0', 'float16'],
    ['torch.zeros(2, dtype=torch.float16) + torch.zeros(2)', 'float32'],
    ['torch.zeros(2, dtype=torch.float16) + torch.tensor(1.0)', 'float16'],
    ['torch.zeros(2, dtype=torch.int8) + torch.zeros(2, dtype=torch.uint8)', 'int16'],
    ['torch.ones(2, dtype=torch.bool).sum()', 'int64'],
    ['torch.ones(2).type(torch.LongTensor)', 'int64'],
    ["torch.ones(2).type('torch.HalfTensor')", 'float16'],
    ['torch.ones(2).to(torch.ones(1).long())', 'int64'],
    ['torch.fft.rfft2(torch.ones(4, 4))', 'complex64'],
    ['torch.view_as_complex(torch.ones(4, 2, dtype=torch.float64))', 'complex128'],
    ['torch.LongTensor([1, 2])', 'int64'],
    ['torch.tensor([1, 2.0])', 'float32'],
    ['torch.tensor([True, False])', 'bool'],
  ] as const) {
    it(text, () => assert.equal((held(`y = ${text}`) as { dtype: string }).dtype, dtype));
  }
});

describe('multiply-accumulates', () => {
  for (const [text, macs] of [
    ['torch.rand(2, 3) @ torch.rand(3, 4)', 24],
    ['torch.rand(5, 2, 3) @ torch.rand(3)', 30],
    ['torch.mv(torch.rand(2, 3), torch.rand(3))', 6],
    ['torch.dot(torch.rand(7), torch.rand(7))', 7],
    ['torch.addmm(torch.rand(4), torch.rand(2, 3), torch.rand(3, 4))', 24],
    ['torch.baddbmm(torch.rand(2, 3, 5), torch.rand(2, 3, 4), torch.rand(2, 4, 5))', 120],
    ["torch.einsum('bhid,bhjd->bhij', torch.rand(1, 2, 3, 4), torch.rand(1, 2, 5, 4))", 120],
    // No axis is summed in pairs: it is no matrix product.
    ["torch.einsum('i,j->ij', torch.rand(3), torch.rand(4))", 0],
    ["torch.einsum('bij,bij->bij', torch.rand(2, 3, 4), torch.rand(2, 3, 4))", 0],
    ["torch.einsum('bi,i->b', torch.rand(2, 1), torch.rand(1))", 0],
    // Two by two from the left: (2·3·4) and then (2·4·5).
    ["torch.einsum('ab,bc,cd->ad', torch.rand(2, 3), torch.rand(3, 4), torch.rand(4, 5))", 64],
    ['torch.tensordot(torch.rand(2, 3, 4), torch.rand(3, 4, 5), 2)', 120],
    ['torch.linalg.multi_dot([torch.rand(10, 2), torch.rand(2, 10), torch.rand(10, 1)])', 40],
    ['torch.view_as_complex(torch.rand(3, 4, 2)) @ torch.view_as_complex(torch.rand(4, 5, 2))', 60],
    ['torch.fft.fft2(torch.rand(4, 4)) * torch.rand(4, 4)', 0],
    ['torch.outer(torch.rand(3), torch.rand(4)).softmax(-1)', 0],
  ] as const) {
    it(text, () => assert.equal(counted(ran(`y = ${text}`).graph).macs, macs));
  }

  it('of tables that a constructor computes are none of the network', () => {
    assert.equal(counted(ran('y = torch.rand(2, 3) @ torch.rand(3, 4)', false).graph).macs, 0);
  });
});

describe('contexts, decorators and what is handed through', () => {
  it('change nothing', () => {
    const run = ran(`
@torch.no_grad()
def a(x): return x.unsqueeze(0)
@torch.no_grad
def b(x): return x.unsqueeze(0)
@torch.jit.ignore
def c(x): return x.unsqueeze(0)
@torch.jit.script
def d(x): return x.unsqueeze(0)
@torch.compile(mode='max-autotune')
def e(x): return x.unsqueeze(0)
class F(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, times):
        ctx.save_for_backward(x)
        return x.repeat(times)
with torch.inference_mode(), torch.autocast('cuda', dtype=torch.float16):
    y = e(d(c(b(a(torch.rand(3))))))
z = F.apply(torch.rand(2), 3)
w = torch.utils.checkpoint.checkpoint(a, torch.rand(4), use_reentrant=False)
v = torch.cuda.is_available() or torch.jit.is_scripting() or torch.is_grad_enabled()
device = torch.device('cuda' if torch.cuda.is_available() else 'cpu')
same = torch.rand(1).to(device).device == device
`);
    assert.equal(run.raised, undefined);
    assert.equal(shapeOf(run.get('y')), '1×1×1×1×1×3');
    assert.equal(shapeOf(run.get('z')), '6');
    assert.equal(shapeOf(run.get('w')), '1×4');
    assert.equal(run.get('v'), false);
    assert.equal(run.get('same'), true);
  });
});

describe('arguments', () => {
  it('have the names of PyTorch', () => {
    assert.deepEqual(
      held('y = [t.shape[1] for t in torch.tensor_split(torch.rand(2, 5), indices=(1,), dim=1)]'),
      [1, 4],
    );
    assert.deepEqual(held('y = tuple(torch.max(input=torch.rand(2, 5), dim=-1, keepdim=True).values.shape)'), [2, 1]);
    assert.deepEqual(held('y = tuple(torch.sum(torch.rand(2, 5), axis=1, keepdims=True).shape)'), [2, 1]);
  });

  it('may be arrays of NumPy', () => {
    assert.deepEqual(held('import numpy as np\ny = torch.from_numpy(np.arange(4)).reshape(2, 2).T.tolist()'), [
      [0, 2],
      [1, 3],
    ]);
    assert.deepEqual(
      held('import numpy as np\ny = torch.FloatTensor(np.array([[1, 2], [3, 4]])).dtype == torch.float32'),
      true,
    );
  });
});

describe('what is not known', () => {
  it('is an opaque node that says what is missing', () => {
    const run = ran('x = torch.rand(2, 3)\ny = torch.renorm(x, 1, 0, 5)\nz = torch.softmax(x, 0, foo=1)\nw = z + 1');
    assert.match(String(plainly(run.get('y'))), /^unknown: .*torch\.renorm/);
    assert.equal(shapeOf(run.get('w')), 'none');
    assert.ok(run.graph.nodes.some(({ op, why }) => op.name === 'unknown' && /foo/.test(why?.message ?? '')));
  });

  it('is no tensor where a function gives several', () => {
    const run = ran('x = torch.rand(2, 5)\na, b = x.split(2, dim=7)\nc, *d = x.unbind(0, foo=1)\n');
    assert.equal(run.raised, undefined);
    assert.equal(shapeOf(run.get('a')), 'unknown');
    assert.equal(shapeOf(run.get('c')), 'unknown');
    assert.deepEqual(
      run.problems.map(({ code }) => code),
      ['axis-out-of-range'],
    );
  });

  it('stays in sizes, as far as it must', () => {
    const run = ran(
      'import missing\nn = missing.size()\nx = torch.rand(2, 3, 4)\ny = torch.rand(n, 3)\nz = y.reshape(-1)\nw = torch.cat([x, x.new_zeros(2, n, 4)], 1)',
    );
    assert.equal(shapeOf(run.get('y')), '?×3');
    assert.equal(shapeOf(run.get('z')), '?');
    assert.equal(shapeOf(run.get('w')), '2×?×4');
    assert.deepEqual(run.problems, []);
  });
});

describe('problems', () => {
  it('stand at the call, with the calls that led there', () => {
    const text =
      'def inner(a, b):\n    return a @ b\ndef outer(x):\n    y = inner(x, x)\n    return y\nz = outer(torch.rand(2, 3))\n';
    const run = ran(text);
    assert.equal(run.problems.length, 1);
    const [problem] = run.problems;
    const at = ({ from, to }: { from: number; to: number }): string => run.text.slice(from, to);
    assert.match(at(problem!.range), /a @ b/);
    assert.deepEqual(
      problem!.related?.map(({ range }) => at(range)),
      ['inner(x, x)', 'outer(torch.rand(2, 3))'],
    );
    assert.match(problem!.message, /2×3.*2×3.*3 and 2/);
    // What is known of the result is known, and the program goes on.
    assert.equal(shapeOf(run.get('z')), '2×3');
  });

  it('of a loop are told once', () => {
    assert.equal(ran('x = torch.rand(2, 3)\nfor i in range(4):\n    y = x + torch.rand(4)\n').problems.length, 1);
  });

  it('of memory are told only where its order is certain', () => {
    const codes = (text: string): string[] => ran(text).problems.map(({ code }) => code);
    assert.deepEqual(codes('y = torch.rand(2, 3, 4).transpose(1, 2).view(2, 12)'), ['view-of-scattered-memory']);
    assert.deepEqual(codes('y = torch.rand(2, 3, 4).transpose(1, 2).contiguous().view(2, 12)'), []);
    assert.deepEqual(codes('y = torch.rand(2, 3, 4).transpose(0, 1).view(3, 2, 2, 2)'), []);
    // Element-wise work keeps the order of its input; layers need not.
    assert.deepEqual(codes('y = torch.rand(2, 3, 4).transpose(1, 2).relu().view(2, 12)'), ['view-of-scattered-memory']);
  });
});

describe('the graph', () => {
  const names = (text: string): string[] => ran(text).graph.nodes.map(({ op }) => op.name);

  it('has constants where they are read, once', () => {
    assert.deepEqual(names('a = torch.arange(4)\nb = a + 1\nx = torch.rand(4)\ny = x * b\nz = x - b'), [
      'constant',
      'constant',
      'mul',
      'sub',
    ]);
  });

  it('sees what is written into a tensor, also through a view', () => {
    const { graph } = ran('x = torch.rand(2, 3)\nx[:, 0] = torch.rand(2)\ny = x.relu()');
    assert.deepEqual(
      graph.nodes.map(({ op }) => op.name),
      ['constant', 'constant', 'rearrange', 'relu'],
    );
    assert.equal(graph.nodes[3]!.inputs[0]!.node, graph.nodes[2]);
    const through = ran('x = torch.rand(2, 3).exp()\nv = x[0]\nv.mul_(2)\ny = x.relu()').graph;
    assert.equal(through.nodes.at(-1)!.inputs[0]!.node.op.name, 'written');
  });

  it('has a frame for each call and each statement, with their places', () => {
    const run = ran('def f(x):\n    x = x.relu()\n    return x.exp()\ny = f(torch.rand(2))\n');
    const relu = run.graph.nodes.find(({ op }) => op.name === 'relu')!;
    const path: string[] = [];
    for (let frame: typeof relu.frame | undefined = relu.frame; frame?.parent; frame = frame.parent) {
      const [site] = frame.sites;
      path.unshift(`${frame.type} ${site!.role} ${run.text.slice(site!.range.from, site!.range.to)}`);
    }
    assert.deepEqual(path, [
      'statement call y = f(torch.rand(2))',
      'function definition def f(x):',
      'statement call x = x.relu()',
    ]);
    assert.deepEqual(relu.frame.outputs, relu.outputs);
  });
});

describe('work', () => {
  it('is bounded', () => {
    for (const text of [
      'x = torch.zeros(1000000)\nfor i in range(10**7):\n    x = x + 1\n    y = x.sum().item()\n',
      'y = torch.ones(10**12).split(1)',
      'y = list(torch.ones(10**9))',
      'y = torch.tril_indices(10**6, 10**6)',
    ]) {
      assert.match(ran(text).raised ?? '', /too much/, text);
    }
    assert.equal(shapeOf(ran('y = torch.arange(10**15).view(-1, 10)').get('y')), '100000000000000×10');
  });

  it('of long chains of values is no deep recursion', () => {
    assert.deepEqual(held('x = torch.zeros(2)\nfor i in range(20000): x = x + 1\ny = x.tolist()'), [20000, 20000]);
  });
});

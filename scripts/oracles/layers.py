"""Makes test/torch/python/layers.json: what PyTorch gives for random layers and functions (shapes, parameters,
multiply-accumulates), with its version. Run it with a Python that has PyTorch; the project runs none.

    python3 scripts/oracles/layers.py test/torch/python/layers.json [seed [count]]
"""
import json
import random
import sys
import warnings

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils._python_dispatch import TorchDispatchMode
warnings.filterwarnings('ignore')
random.seed(int(sys.argv[2]) if len(sys.argv) > 2 else 0)
N = int(sys.argv[3]) if len(sys.argv) > 3 else 300
def prod(x):
    r = 1
    for v in x: r *= v
    return r
class Counter(TorchDispatchMode):
    def __init__(self): super().__init__(); self.macs = 0
    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        out = func(*args, **(kwargs or {}))
        n = func._schema.name.split('::')[1]
        if n in ('convolution', '_convolution', 'convolution_overrideable'):
            x, w, transposed = args[0], args[1], args[6]
            if transposed: self.macs += x.numel() * w.shape[1] * prod(w.shape[2:])
            else: self.macs += out.numel() * w.shape[1] * prod(w.shape[2:])
        elif n == 'mm': self.macs += args[0].shape[0]*args[0].shape[1]*args[1].shape[1]
        elif n == 'addmm': self.macs += args[1].shape[0]*args[1].shape[1]*args[2].shape[1]
        elif n == 'bmm': self.macs += args[0].shape[0]*args[0].shape[1]*args[0].shape[2]*args[1].shape[2]
        elif n == 'baddbmm': self.macs += args[1].shape[0]*args[1].shape[1]*args[1].shape[2]*args[2].shape[2]
        elif n in ('mv',): self.macs += args[0].numel()
        elif n in ('dot','vdot'): self.macs += args[0].numel()
        return out
R = random.randint
C = random.choice
def flat(x):
    if isinstance(x, torch.Tensor): return [list(x.shape)]
    if isinstance(x, dict): return [s for v in x.values() for s in flat(v)]
    if isinstance(x, (list, tuple)): return [s for v in x for s in flat(v)]
    return []
def sp(rank, lo=3, hi=14): return [R(lo, hi) for _ in range(rank)]
def z(shape, kind='randn'):
    return f"torch.zeros({', '.join(map(str, shape))})" if shape else "torch.zeros(())"
def tup(vals): return str(tuple(vals)) if len(vals) > 1 else f"({vals[0]},)"
def dims(rank, lo, hi): return C([str(R(lo, hi)), tup([R(lo, hi) for _ in range(rank)])])
def conv(fn=False):
    rank = R(1, 3); g = C([1,1,1,2,4]); i, o = g*R(1,4), g*R(1,4)
    tr = random.random() < .35
    batch = C([[1],[2],[]])
    x = batch + [i] + sp(rank, 6, 12)
    bias = C([True, False])
    k = dims(rank, 1, 4); s = dims(rank, 1, 3); p = dims(rank, 0, 2); d = dims(rank, 1, 2)
    if tr:
        op = C(['0', '0', '1'])
        return f"nn.ConvTranspose{rank}d({i}, {o}, {k}, stride={s}, padding={p}, output_padding={op}, groups={g}, bias={bias}, dilation={d})", z(x)
    mode = C(["zeros"]*4 + ["reflect", "replicate", "circular"])
    if random.random() < .15: return f"nn.Conv{rank}d({i}, {o}, {k}, padding='same', dilation={d}, groups={g}, bias={bias})", z(x)
    if random.random() < .05: return f"nn.Conv{rank}d({i}, {o}, {k}, {s}, 'valid', {d}, {g}, {bias})", z(x)
    return f"nn.Conv{rank}d({i}, {o}, {k}, stride={s}, padding={p}, dilation={d}, groups={g}, bias={bias}, padding_mode='{mode}')", z(x)
def lin():
    i, o = R(1, 9), R(1, 9)
    return f"nn.Linear({i}, {o}, bias={C([True, False])})", z([R(1, 4) for _ in range(R(0, 3))] + [i])
def norm():
    c = R(1, 4)*2
    k = R(0, 7)
    if k == 0: return f"nn.BatchNorm1d({c}, affine={C([True,False])}, track_running_stats={C([True, False])})", z([2, c] + C([[], [5]]))
    if k == 1: return f"nn.BatchNorm2d({c})", z([1, c] + sp(2))
    if k == 2: return f"nn.BatchNorm3d({c})", z([1, c] + sp(3))
    if k == 3:
        r = R(1, 3)
        return f"nn.InstanceNorm{r}d({c}, affine={C([True, False])})", z(C([[1],[2],[]]) + [c] + sp(r))
    if k == 4: return f"nn.GroupNorm({C([1, 2, c])}, {c}, affine={C([True, False])})", z([2, c] + sp(R(0, 3)))
    if k == 5:
        n = R(1, 3); s = sp(n, 1, 5)
        return f"nn.LayerNorm({C([s, tuple(s)]) if n > 1 else C([s[0], s])}, elementwise_affine={C([True, False])})", z([R(1, 3) for _ in range(R(0, 2))] + s)
    if k == 6: return f"nn.LocalResponseNorm({R(1, 5)})", z([1, 6] + sp(2))
    return f"nn.BatchNorm2d({c}, momentum=None)", z([1, c] + sp(2))
def act():
    n = C(['ReLU()', 'ReLU(inplace=True)', 'ReLU6()', 'ELU()', 'SELU()', 'CELU(1.5)', 'Softplus()', 'SiLU()', 'GELU()', "GELU(approximate='tanh')", 'Sigmoid()', 'Tanh()', 'Hardswish()', 'Hardsigmoid()', 'Mish()', 'LogSigmoid()', 'Softsign()', 'Hardtanh(-2, 2)', 'LeakyReLU(0.2)', 'RReLU()', 'Hardshrink()', 'Softshrink()', 'Threshold(0.1, 20)', 'Tanhshrink()', 'Softmax(dim=-1)', 'LogSoftmax(1)', 'Softmin(0)', 'Dropout(0.5)', 'AlphaDropout()', 'Identity(3, a=4)', 'PReLU()', 'Softmax()'])
    return 'nn.' + n, z([R(1, 4) for _ in range(R(2, 5))])
def act2():
    c = R(1, 4)*2
    n, x = C([(f'nn.PReLU({c})', [1, c] + sp(R(0, 3))), (f'nn.GLU(1)', [1, c] + sp(2)), ('nn.GLU()', [1, 3, c]), ('nn.Softmax2d()', [1, c, 3, 4]), (f'nn.PixelShuffle(2)', [1, 4*c, 3, 4]), ('nn.PixelUnshuffle(2)', [1, c, 4, 6]), (f'nn.ChannelShuffle(2)', [1, c, 4, 6]), ('nn.Dropout2d()', [1, c, 4, 6]), ('nn.Dropout3d()', [1, c, 4, 6, 3]), ('nn.Flatten()', [2, c, 4, 6]), ('nn.Flatten(0, 1)', [2, c, 4, 6]), ('nn.Flatten(-2)', [2, c, 4, 6]), (f'nn.Unflatten(1, (2, {c//2}))', [2, c, 4]), (f'nn.Unflatten(-1, (2, -1))', [2, c]), ('nn.PixelShuffle(2)', [4*c, 3, 3])])
    return n, z(x)
def pool():
    r = R(1, 3); b = C([[1], [2], []]); x = b + [3] + sp(r, 8, 14)
    k = R(0, 6)
    ks = [R(2, 4) for _ in range(r)]
    kk = C([str(ks[0]), tup(ks)])
    pad = C(['0', '1']); st = C(['None', '1', '2', '3', tup([R(1, 3) for _ in range(r)])]); cm = C([True, False])
    if k == 0: return f"nn.MaxPool{r}d({kk}, {st}, {pad}, dilation={C([1, 2])}, ceil_mode={cm}, return_indices={C([True, False])})", z(x)
    if k == 1: return f"nn.AvgPool{r}d({kk}, stride={st}, padding={pad}, ceil_mode={cm}, count_include_pad={C([True, False])})", z(x)
    if k == 2: return f"nn.AdaptiveAvgPool{r}d({C([str(R(1, 9)), tup([C([None, R(1, 9)]) for _ in range(r)])]) if r > 1 else R(1, 9)})", z(x)
    if k == 3: return f"nn.AdaptiveMaxPool{r}d({C([str(R(1, 9)), tup([R(1, 9) for _ in range(r)])])}, return_indices={C([True, False])})", z(x)
    if k == 4 and r < 3: return f"nn.LPPool{r}d(2, {kk if r == 2 else ks[0]}, stride={C(['None', '2'])}, ceil_mode={cm})", z([1, 3] + sp(r, 8, 14))
    if k == 5 and r == 2: return f"nn.FractionalMaxPool2d(3, {C(['output_size=(4, 5)', 'output_ratio=(0.5, 0.6)', 'output_size=4'])}, return_indices={C([True, False])})", z([1, 3] + sp(2, 8, 14))
    return f"nn.MaxPool{r}d({kk})", z(x)
def padl():
    r = R(1, 3); kind = C(['ReflectionPad', 'ReplicationPad', 'ConstantPad', 'ZeroPad2d'])
    p = C([str(R(0, 2)), str(tuple(R(0, 2) for _ in range(2*r)))])
    if kind == 'ZeroPad2d': return f"nn.ZeroPad2d({C(['1', '(1, 0, 2, 1)', '(-1, 2, 0, 0)'])})", z(C([[1], []]) + [3] + sp(2, 5, 8))
    if kind == 'ConstantPad': return f"nn.ConstantPad{r}d({p}, 3.5)", z([1, 3] + sp(r, 4, 8))
    return f"nn.{kind}{r}d({p})", z(C([[1], []]) + [3] + sp(r, 4, 8))
def up():
    r = R(1, 3); x = [1, 3] + sp(r)
    modes = {1: ['nearest', 'linear'], 2: ['nearest', 'bilinear', 'bicubic'], 3: ['nearest', 'trilinear']}[r]
    s = C([f"scale_factor={C([2, 1.5, 0.5, 3.0, 0.7])}", f"size={R(3, 20)}", f"size={tup([R(3, 20) for _ in range(r)])}", f"scale_factor={tup([C([2, 1.5, 0.5, 2.7]) for _ in range(r)])}"])
    if random.random() < .1 and r == 2: return f"nn.{C(['UpsamplingNearest2d', 'UpsamplingBilinear2d'])}(scale_factor=2)", z(x)
    return f"nn.Upsample({s}, mode='{C(modes)}')", z(x)
def rnn():
    i, h, l = R(1, 6), R(2, 6), R(1, 3); n = C(['LSTM', 'GRU', 'RNN']); bf, bi = C([True, False]), C([True, False])
    pr = f", proj_size={R(1, h-1)}" if n == 'LSTM' and h > 2 and random.random() < .3 else ''
    x = C([[R(1, 4), R(1, 5), i], [R(1, 5), i]])
    return f"nn.{n}({i}, {h}, {l}, batch_first={bf}, bidirectional={bi}, bias={C([True, False])}{pr})", z(x)
def cell():
    i, h = R(1, 6), R(2, 6); n = C(['LSTMCell', 'GRUCell', 'RNNCell'])
    x = C([[R(1, 4), i], [i]])
    return f"nn.{n}({i}, {h}, bias={C([True, False])})", z(x)
def emb():
    n, d = R(3, 20), R(1, 8)
    k = R(0, 2)
    if k == 0: return f"nn.Embedding({n}, {d}, padding_idx=0)", f"torch.zeros({R(1, 4)}, {R(1, 5)}, dtype=torch.long)"
    if k == 1: return f"nn.EmbeddingBag({n}, {d}, mode='{C(['sum', 'mean', 'max'])}')", f"torch.zeros({R(1, 4)}, {R(1, 5)}, dtype=torch.long)"
    return f"nn.Embedding.from_pretrained(torch.zeros({n}, {d}))", f"torch.zeros({R(1, 4)}, dtype=torch.long)"
def mha():
    h = C([1, 2, 4]); e = h*R(1, 4); bf = C([True, False]); l, s, n = R(1, 6), R(1, 6), R(1, 3)
    def sq(length, f): return [n, length, f] if bf else [length, n, f]
    extra = C(['', '', ', add_zero_attn=True', ', add_bias_kv=True']) 
    k = R(0, 2)
    if k == 0: return f"nn.MultiheadAttention({e}, {h}, batch_first={bf}, bias={C([True, False])}{extra})", ('SELF', z(sq(l, e)))
    if k == 1: return f"nn.MultiheadAttention({e}, {h}, batch_first={bf}{extra})", z(sq(l, e)) + ', ' + z(sq(s, e)) + ', ' + z(sq(s, e))
    kd, vd = R(1, 7), R(1, 7)
    return f"nn.MultiheadAttention({e}, {h}, kdim={kd}, vdim={vd}, batch_first={bf})", z(sq(l, e)) + ', ' + z(sq(s, kd)) + ', ' + z(sq(s, vd))
def trans():
    h = C([1, 2, 4]); e = h*R(1, 4); f = R(2, 9); bf = C([True, False]); n = R(1, 3)
    def sq(length): return [n, length, e] if bf else [length, n, e]
    kw = f"dim_feedforward={f}, batch_first={bf}, norm_first={C([True, False])}, activation={C(['F.relu', repr('gelu'), repr('relu'), 'F.gelu'])}"
    k = R(0, 4)
    if k == 0: return f"nn.TransformerEncoderLayer({e}, {h}, {kw})", z(sq(R(1, 5)))
    if k == 1: return f"nn.TransformerDecoderLayer({e}, {h}, {kw})", z(sq(R(1, 5))) + ', ' + z(sq(R(1, 5)))
    if k == 2: return f"nn.TransformerEncoder(nn.TransformerEncoderLayer({e}, {h}, {kw}), {R(1, 3)}, norm={C(['None', f'nn.LayerNorm({e})'])}, enable_nested_tensor=False)", z(sq(R(1, 5)))
    if k == 3: return f"nn.TransformerDecoder(nn.TransformerDecoderLayer({e}, {h}, {kw}), {R(1, 3)})", z(sq(R(1, 5))) + ', ' + z(sq(R(1, 5)))
    return f"nn.Transformer({e}, {h}, {R(1, 2)}, {R(1, 2)}, {kw})", z(sq(R(1, 5))) + ', ' + z(sq(R(1, 5)))
def fold():
    k = [R(1, 3), R(1, 3)]; h, w = R(5, 9), R(5, 9); pd, st, dl = R(0, 1), R(1, 2), R(1, 2)
    if R(0, 1): return f"nn.Unfold({tup(k)}, dilation={dl}, padding={pd}, stride={st})", z([R(1, 2), 3, h, w])
    try:
        y = nn.Unfold(tuple(k), dilation=dl, padding=pd, stride=st)(torch.zeros(1, 3, h, w))
    except Exception: return lin()
    return f"nn.Fold(({h}, {w}), {tup(k)}, dilation={dl}, padding={pd}, stride={st})", z(list(y.shape))
def util():
    i, o = R(2, 5), R(2, 5); x = z([1, i, 6, 6])
    k = R(0, 6)
    if k == 0: return f"nn.utils.weight_norm(nn.Conv2d({i}, {o}, 3))", x
    if k == 1: return f"nn.utils.spectral_norm(nn.Conv2d({i}, {o}, 3, bias={C([True, False])}))", x
    if k == 2: return f"nn.utils.spectral_norm(nn.ConvTranspose2d({i}, {o}, 3))", x
    if k == 3: return f"nn.utils.parametrizations.spectral_norm(nn.Linear({i}, {o}))", z([2, i])
    if k == 4: return f"nn.utils.weight_norm(nn.Linear({i}, {o}), dim=None)", z([2, i])
    if k == 5: return f"nn.utils.parametrizations.spectral_norm(nn.Conv2d({i}, {o}, 3))", x
    return f"nn.utils.weight_norm(nn.ConvTranspose2d({i}, {o}, 3), 'weight', 1)", x
def misc():
    k = R(0, 3); d = R(2, 5)
    if k == 0: return f"nn.CosineSimilarity(dim={C([0, 1, -1])})", z([3, d]) + ', ' + z([3, d])
    if k == 1: return f"nn.PairwiseDistance(keepdim={C([True, False])})", z([3, d]) + ', ' + z([3, d])
    if k == 2: return f"nn.{C(['MSELoss', 'L1Loss', 'SmoothL1Loss', 'BCEWithLogitsLoss'])}(reduction='{C(['mean', 'none', 'sum'])}')", z([3, d]) + ', ' + z([3, d])
    return f"nn.CrossEntropyLoss(reduction='{C(['mean', 'none', 'sum'])}')", z([3, d]) + ', torch.zeros(3, dtype=torch.long)'
def lazy():
    i, o = R(1, 5), R(1, 5)
    return C([(f"nn.LazyLinear({o})", z([2, i])), (f"nn.LazyConv2d({o}, 3, bias=False)", z([1, i, 5, 5])), (f"nn.LazyBatchNorm2d()", z([1, i, 5, 5])), (f"nn.LazyConvTranspose1d({o}, 3, 2)", z([1, i, 5]))])
def fun():
    i, o = R(1, 4)*2, R(1, 4)*2; h, w = R(5, 9), R(5, 9)
    x = z([1, i, h, w])
    e = C([f"F.conv2d(x, torch.zeros({o}, {i}, 3, 3), padding=1)", f"F.conv2d(x, torch.zeros({i}, 1, 3, 3), None, 2, groups={i})", f"F.conv_transpose2d(x, torch.zeros({i}, {o}, 3, 3), stride=2)", f"F.linear(x, torch.zeros({o}, {w}))", f"F.linear(x, torch.zeros({w}))",
      f"F.pad(x, ({R(-1, 2)}, {R(0, 2)}))", f"F.pad(x, (1, 1, 0, 2, 0, 3))", f"F.pad(x, (1, 1, 0, 2), mode='reflect')", f"F.pad(x, (0, 0, 0, 0, 1, 1, 2, 0), value=1.0)", f"F.interpolate(x, scale_factor={C([2, 0.5, 1.3])}, mode='{C(['nearest', 'bilinear', 'area', 'bicubic', 'nearest-exact'])}')", f"F.interpolate(x, size=({R(2, 9)}, {R(2, 9)}), mode='area')",
      f"F.unfold(x, 3, padding=1)", f"F.grid_sample(x, torch.zeros(1, {R(2, 5)}, {R(2, 5)}, 2))", f"F.affine_grid(torch.zeros(2, 2, 3), (2, 3, 4, 5))", f"F.normalize(x, dim={C([0, 1, -1])})", "F.softmax(x, dim=1)", "F.gelu(x)", "F.glu(x, 1)", "F.leaky_relu(x, 0.1, True)", f"F.max_pool2d(x, 2, return_indices=True)", f"F.max_pool2d(x, {C([2, (2, 1)])}, stride={C([1, 2])})", "F.avg_pool2d(x, 3, 1, 1)", f"F.adaptive_avg_pool2d(x, (1, None))", "F.dropout(x, 0.5, False)", "F.layer_norm(x, x.shape[-1:])", f"F.layer_norm(x, ({h}, {w}))", f"F.group_norm(x, 2)", "F.instance_norm(x)", f"F.batch_norm(x, torch.zeros({i}), torch.ones({i}))", f"F.one_hot(torch.zeros(3, 4, dtype=torch.long), {R(1, 6)})", f"F.embedding(torch.zeros(3, 4, dtype=torch.long), torch.zeros(7, {o}))", "F.pixel_shuffle(torch.zeros(1, 8, 3, 3), 2)", "F.channel_shuffle(x, 2)", "F.logsigmoid(x)", f"F.prelu(x, torch.zeros({i}))", "F.lp_pool2d(x, 2, 2)", f"F.max_unpool2d(*F.max_pool2d(x[:, :, :4, :4], 2, return_indices=True), 2)", "F.cosine_similarity(x, x, dim=1)", "F.mse_loss(x, x)", f"F.conv1d(torch.zeros(1, {i}, 9), torch.zeros({o}, {i}, 3), padding='same')", "F.relu_(x)", "F.hardtanh(x)", "F.softplus(x)", "F.threshold(x, 0.1, 2)", "F.celu(x)", "F.upsample(x, scale_factor=2)", "F.local_response_norm(x, 2)", f"F.multi_head_attention_forward(x[0].permute(2,1,0), x[0].permute(2,1,0), x[0].permute(2,1,0), {i}, 2, torch.zeros({3*i}, {i}), torch.zeros({3*i}), None, None, False, 0.0, torch.zeros({o}, {i}), torch.zeros({o}))[0]"])
    return f"lambda x: {e}", x
kinds = [conv, conv, conv, lin, norm, norm, act, act2, pool, pool, padl, up, rnn, cell, emb, mha, trans, fold, util, misc, lazy, fun, fun, fun]
out = []
for n in range(N):
    k = kinds[n % len(kinds)]
    entry, x = k()
    if isinstance(x, tuple): inputs = f"*([{x[1]}] * 3)"
    else: inputs = x
    try:
        m = eval(entry, globals())
        if isinstance(m, nn.Module): m.eval()
        args = eval(f"({inputs},)", globals())
        with torch.no_grad() if k not in (trans, mha) else torch.enable_grad():
            with Counter() as c:
                y = m(*args)
        params = sum(p.numel() for p in m.parameters()) if isinstance(m, nn.Module) else 0
        out.append(dict(kind=k.__name__, entry=entry, inputs=inputs, params=params, macs=c.macs, shapes=flat(y)))
    except Exception:
        # What this version refuses, others take.
        continue
with open(sys.argv[1], 'w') as file:
    file.write('{\n  "torch": ' + json.dumps(torch.__version__) + ',\n  "cases": [\n')
    file.write(',\n'.join('    ' + json.dumps(case) for case in out))
    file.write('\n  ]\n}\n')
print(len(out))

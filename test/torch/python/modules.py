# What torch.nn does with modules: each line holds in Python with PyTorch 1.13, too (run this file to see it).
import torch
import torch.nn as nn
import torch.nn.functional as F
import copy
from collections import OrderedDict


got = []
wanted = []


def same(want, *values):
    wanted.append(want)
    got.append(' '.join(str(value) for value in values))


def shapes(m): return [(n, tuple(p.shape)) for n, p in m.named_parameters()]
class Block(nn.Module):
    scale = 2
    def __init__(self, c, k=3):
        super().__init__()
        self.conv = nn.Conv2d(c, c, k, padding=k // 2)
        self.norm = nn.BatchNorm2d(c)
        self.register_buffer('index', torch.arange(4))
        self.gamma = nn.Parameter(torch.ones(c, 1, 1))
        self.act = None
        self.register_parameter('none', None)
    def forward(self, x):
        return self.norm(self.conv(x)) * self.gamma + x
b = Block(4)
same("['conv', 'norm'] ['', 'conv', 'norm']", [n for n, _ in b.named_children()], [n for n, _ in b.named_modules()])
same("[('gamma', (4, 1, 1)), ('conv.weight', (4, 4, 3, 3)), ('conv.bias', (4,)), ('norm.weight', (4,)), ('norm.bias', (4,))] ['index', 'norm.running_mean', 'norm.running_var', 'norm.num_batches_tracked'] ['gamma', 'index', 'conv.weight', 'conv.bias', 'norm.weight', 'norm.bias', 'norm.running_mean', 'norm.running_var', 'norm.num_batches_tracked']", shapes(b), [n for n, _ in b.named_buffers()], list(b.state_dict().keys()))
same('True True False False True', b.training, b.eval() is b, b.training, b.norm.training, b.train().training)
same('None None 2 False True True True', b.none, b.act, b.scale, hasattr(b, 'foo'), hasattr(b, 'conv'), isinstance(b.conv, nn.Conv2d), isinstance(b, nn.Module))
b.act = nn.ReLU()
same("['conv', 'norm', 'act']", [n for n, _ in b.named_children()])
del b.act
same("['conv', 'norm'] False", [n for n, _ in b.named_children()], hasattr(b, 'act'))
b.conv = nn.Identity()
same("['conv', 'norm'] [('gamma', (4, 1, 1)), ('norm.weight', (4,)), ('norm.bias', (4,))]", [n for n, _ in b.named_children()], shapes(b))
try:
    b.norm = 3
except TypeError as e: same("TypeError cannot assign 'int' as child module 'norm' (torch.nn.Module or None expected)", 'TypeError', e)
try:
    b.gamma = torch.ones(3)
except TypeError as e: same("TypeError cannot assign 'torch.FloatTensor' as parameter 'gamma' (torch.nn.Parameter or None expected)", 'TypeError', e)
try:
    b.missing
except AttributeError as e: same("AttributeError 'Block' object has no attribute 'missing'", 'AttributeError', e)
class Bad(nn.Module):
    def __init__(self):
        self.conv = nn.Linear(2, 2)
try: Bad()
except AttributeError as e: same('cannot assign module before Module.__init__() call', e)
s = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 4))
same("3 3 4 ['ReLU', 'Linear'] Sequential ['1', '2']", len(s), s[0].out_features, s[-1].out_features, [type(m).__name__ for m in s[1:]], type(s[:2]).__name__, [n for n, _ in s[1:].named_children()])
s.append(nn.Tanh()); s.add_module('last', nn.Sigmoid())
same("['0', '1', '2', '3', 'last'] 5", [n for n, _ in s.named_children()], len(s))
s[1] = nn.GELU(); del s[0]
same("[('0', 'GELU'), ('1', 'Linear'), ('2', 'Tanh'), ('3', 'Sigmoid')]", [(n, type(m).__name__) for n, m in s.named_children()])
s.insert(0, nn.Linear(5, 5)); same("[('0', 'Linear'), ('1', 'GELU'), ('2', 'Linear'), ('3', 'Tanh'), ('4', 'Sigmoid')]", [(n, type(m).__name__) for n, m in s.named_children()])
try: s[10]
except IndexError as e: same('IndexError index 10 is out of range', 'IndexError', e)
o = nn.Sequential(OrderedDict([('a', nn.Linear(1, 2)), ('b', nn.Linear(2, 3))]))
same("['', 'a', 'b'] 1 ['a', 'b'] ['a', 'b']", [n for n, _ in o.named_modules()], o.a.in_features, list(o._modules.keys()), [k for k in o._modules])
l = nn.ModuleList([nn.Linear(i + 1, 2) for i in range(4)])
l.append(nn.Linear(9, 9)); l.extend([nn.Linear(7, 7)]); l += [nn.Linear(8, 8)]
same('7 [1, 2, 3, 4, 9, 7, 8] 3 8 [2, 3] ModuleList', len(l), [m.in_features for m in l], l[2].in_features, l[-1].in_features, [m.in_features for m in l[1:3]], type(l[1:3]).__name__)
l.insert(1, nn.Linear(6, 6)); same("[1, 6, 2, 3, 4, 9, 7, 8] ['0', '1', '2', '3', '4', '5', '6', '7']", [m.in_features for m in l], [n for n, _ in l.named_children()])
l[0] = nn.Identity(); del l[1]; same("['Identity', 'Linear', 'Linear', 'Linear', 'Linear', 'Linear', 'Linear'] True", [type(m).__name__ for m in l], nn.Linear in [type(m) for m in l])
for i, m in enumerate(l): l[i] = m
same('7', len(l))
d = nn.ModuleDict({'x': nn.Linear(1, 1), 'y': nn.ReLU()})
d['z'] = nn.Tanh(); d.update({'w': nn.Sigmoid()}); d.update([['v', nn.ELU()]])
same("['x', 'y', 'z', 'w', 'v'] True False 5 ['Linear', 'ReLU', 'Tanh', 'Sigmoid', 'ELU'] ['x', 'y', 'z', 'w', 'v'] 1 ['x', 'y', 'z', 'w', 'v']", list(d.keys()), 'x' in d, 'q' in d, len(d), [type(v).__name__ for v in d.values()], [k for k, v in d.items()], d['x'].in_features, [k for k in d])
del d['y']; p = d.pop('z'); same("['x', 'w', 'v'] Tanh", list(d), type(p).__name__)
try: d['nope']
except KeyError as e: same("KeyError 'nope'", 'KeyError', e)
pl = nn.ParameterList([nn.Parameter(torch.zeros(i + 1)) for i in range(3)])
pl.append(nn.Parameter(torch.zeros(7))); same("4 [(1,), (2,), (3,), (7,)] (7,) [('0', (1,)), ('1', (2,)), ('2', (3,)), ('3', (7,))]", len(pl), [tuple(q.shape) for q in pl], tuple(pl[-1].shape), shapes(pl))
pd = nn.ParameterDict({'a': nn.Parameter(torch.zeros(2)), 'b': nn.Parameter(torch.zeros(3))})
same("['a', 'b'] (3,) True 2", list(pd.keys()), tuple(pd['b'].shape), 'a' in pd, len(pd))
class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb = nn.Embedding(10, 4)
        self.fc = nn.Linear(4, 10, bias=False)
        self.fc.weight = self.emb.weight
        self.again = self.emb
    def forward(self, x): return self.fc(self.emb(x))
t = Tied()
same("[('emb.weight', (10, 4))] ['', 'emb', 'fc'] 1 40 ['emb.weight', 'fc.weight', 'again.weight']", shapes(t), [n for n, _ in t.named_modules()], len(list(t.parameters())), sum(q.numel() for q in t.parameters()), list(t.state_dict().keys()))
c = copy.deepcopy(t)
same("False True False True [('emb.weight', (10, 4))]", c is t, c.fc.weight is c.emb.weight, c.fc.weight is t.fc.weight, c.again is c.emb, shapes(c))
ls = copy.deepcopy([t, t.emb]); same('True False', ls[0].emb is ls[1], ls[1] is t.emb)
def init(m):
    if isinstance(m, (nn.Linear, nn.Embedding)): nn.init.normal_(m.weight, std=0.02)
    if isinstance(m, nn.Linear) and m.bias is not None: nn.init.zeros_(m.bias)
same('True True True True True True [False]', t.apply(init) is t, t.to('cpu') is t, t.half() is t, t.float() is t, t.cuda is not None, t.requires_grad_(False) is t, [q.requires_grad for q in t.parameters()])
same('True True', t.get_submodule('emb') is t.emb, t.get_parameter('fc.weight') is t.fc.weight)
class Sub(nn.Conv2d):
    def __init__(self, i, o):
        super().__init__(i, o, kernel_size=3, stride=2, padding=1, bias=False)
        self.extra = nn.Parameter(torch.zeros(1))
    def forward(self, x):
        return F.conv2d(x, self.weight * self.extra, self.bias, self.stride, self.padding, self.dilation, self.groups)
u = Sub(2, 4)
same("[('weight', (4, 2, 3, 3)), ('extra', (1,))] (3, 3) (2, 2) (1, 1) (1, 1) 1 None False (0, 0) zeros 2 (1, 4, 4, 4)", shapes(u), u.kernel_size, u.stride, u.padding, u.dilation, u.groups, u.bias, u.transposed, u.output_padding, u.padding_mode, u.in_channels, tuple(u(torch.zeros(1, 2, 8, 8)).shape))
class Seq(nn.Sequential):
    def __init__(self, a, b): super().__init__(nn.Linear(a, b), nn.ReLU())
q = Seq(2, 3); same("2 [('0.weight', (3, 2)), ('0.bias', (3,))] (1, 3) True", len(q), shapes(q), tuple(q(torch.zeros(1, 2)).shape), isinstance(q, nn.Sequential))
class Proxy(nn.Module):
    def __init__(self, m):
        super().__init__()
        self.m = m
    def __getattr__(self, name):
        try: return super().__getattr__(name)
        except AttributeError: return getattr(self.m, name)
pr = Proxy(nn.Linear(3, 4)); same('3 4 False', pr.in_features, pr.m.out_features, hasattr(pr, 'nothing'))
class Prop(nn.Module):
    def __init__(self):
        super().__init__()
        self._v = 1
    @property
    def v(self): return self._v
    @v.setter
    def v(self, x): self._v = x * 2
pp = Prop(); pp.v = 5; same('10 True', pp.v, '_v' in pp.__dict__)
h = []
lin = nn.Linear(2, 2)
hk = lin.register_forward_hook(lambda m, i, o: h.append(tuple(o.shape)))
lin.register_forward_pre_hook(lambda m, i: h.append('pre'))
lin(torch.zeros(1, 2)); hk.remove(); lin(torch.zeros(1, 2)); same("['pre', (1, 2), 'pre']", h)
same('(3, 2) (5,) (2, 3) 2 (2, 3) 2 (3,)', tuple(nn.Linear(2, 3).weight.shape), nn.LayerNorm(5).normalized_shape, nn.LayerNorm([2, 3]).normalized_shape, nn.MaxPool2d(2).stride, nn.MaxPool2d((2, 3)).kernel_size, nn.AvgPool2d(3, 2).stride, nn.AvgPool1d(3).kernel_size)
same('3 1e-05 1 0.3 0.2 same 2.0 (1, 1, 1, 1)', nn.BatchNorm2d(3).num_features, nn.BatchNorm2d(3).eps, nn.GroupNorm(1, 4).num_groups, nn.Dropout(0.3).p, nn.LeakyReLU(0.2).negative_slope, nn.Conv1d(1, 1, 3, padding='same').padding, nn.Upsample(scale_factor=2).scale_factor, nn.ZeroPad2d(1).padding)
from torch.nn.modules.utils import _pair, _single, _triple
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.modules.conv import _ConvNd
same('(3, 3) (1, 2) (1,) (2, 2, 2) True True True', _pair(3), _pair((1, 2)), _single(1), _triple(2), isinstance(nn.BatchNorm1d(2), _BatchNorm), isinstance(nn.Conv3d(1, 1, 1), _ConvNd), issubclass(nn.Conv2d, nn.Module))
same("3 ['weight_ih_l0', 'weight_hh_l0', 'bias_ih_l0', 'bias_hh_l0', 'weight_ih_l0_reverse', 'weight_hh_l0_reverse', 'bias_ih_l0_reverse', 'bias_hh_l0_reverse'] 4", nn.LSTM(2, 3, 2, bidirectional=True).hidden_size, [n for n, _ in nn.LSTM(2, 3, bidirectional=True).named_parameters()], len(nn.GRU(2, 3).all_weights[0]))
m = nn.MultiheadAttention(8, 2); same("8 4 [('in_proj_weight', (24, 8)), ('in_proj_bias', (24,)), ('out_proj.weight', (8, 8)), ('out_proj.bias', (8,))] 8 False", m.embed_dim, m.head_dim, shapes(m), m.kdim, m.batch_first)
same("['', 'self_attn', 'self_attn.out_proj', 'linear1', 'dropout', 'linear2', 'norm1', 'norm2', 'dropout1', 'dropout2'] ['self_attn', 'multihead_attn', 'linear1', 'dropout', 'linear2', 'norm1', 'norm2', 'norm3', 'dropout1', 'dropout2', 'dropout3']", [n for n, _ in nn.TransformerEncoderLayer(4, 2).named_modules()], [n for n, _ in nn.TransformerDecoderLayer(4, 2).named_children()])
same("['', 'encoder', 'encoder.layers', 'encoder.layers.0', 'encoder.layers.0.self_attn', 'encoder.layers.0.self_attn.out_proj', 'encoder.layers.0.linear1', 'encoder.layers.0.dropout']", [n for n, _ in nn.Transformer(4, 2, 1, 1).named_modules()][:8])
w = nn.utils.weight_norm(nn.Conv1d(2, 3, 3)); same("[('bias', (3,)), ('weight_g', (3, 1, 1)), ('weight_v', (3, 2, 3))] (3, 2, 3) False", shapes(w), tuple(w.weight.shape), isinstance(w.weight, nn.Parameter))
sn = nn.utils.spectral_norm(nn.Conv2d(2, 3, 3)); same("[('bias', (3,)), ('weight_orig', (3, 2, 3, 3))] ['weight_u', 'weight_v']", shapes(sn), [n for n, _ in sn.named_buffers()])
sp = nn.utils.parametrizations.spectral_norm(nn.Linear(2, 3)); same("[('bias', (3,)), ('parametrizations.weight.original', (3, 2))] ['', 'parametrizations', 'parametrizations.weight', 'parametrizations.weight.0'] (3, 2) ParametrizedLinear", shapes(sp), [n for n, _ in sp.named_modules()], tuple(sp.weight.shape), type(sp).__name__)
nn.utils.remove_weight_norm(w); same("[('bias', (3,)), ('weight', (3, 2, 3))]", shapes(w))
x = nn.Parameter(torch.zeros(2, 3)); same('True (2, 3) True True 6 (2, 3) False', x.requires_grad, tuple(x.shape), isinstance(x, torch.Tensor), isinstance(x, nn.Parameter), x.numel(), tuple(x.data.shape), isinstance(x.data, nn.Parameter))
same('1.4142135623730951 (12, 16)', nn.init.calculate_gain('relu'), nn.init._calculate_fan_in_and_fan_out(torch.zeros(4, 3, 2, 2)))
try: nn.Conv2d(3, 4, 3, groups=2)
except ValueError as e: same('in_channels must be divisible by groups', e)
try: nn.init.xavier_uniform_(torch.zeros(3))
except ValueError as e: same('Fan in and fan out can not be computed for tensor with fewer than 2 dimensions', e)
try: nn.Linear(2)
except TypeError as e: same('TypeError', 'TypeError')
try: nn.MultiheadAttention(5, 2)
except AssertionError as e: same('AssertionError embed_dim must be divisible by num_heads', 'AssertionError', e)
class NoF(nn.Module): pass
try: NoF()(1)
except NotImplementedError as e: same('Module [NoF] is missing the required "forward" function', e)
same('ReLU ReLU Conv2d Conv2d', type(nn.ReLU()).__name__, nn.ReLU.__name__, nn.Conv2d(1, 1, 1).__class__.__name__, nn.Conv2d(1, 1, 1)._get_name())
fs = {'relu': nn.ReLU, 'gelu': nn.GELU}; same('GELU SiLU (2,) True', type(fs['gelu']()).__name__, getattr(nn, 'SiLU').__name__, tuple(getattr(F, 'relu')(torch.zeros(2)).shape), callable(F.gelu))
for n, child in b.named_children():
    if isinstance(child, nn.BatchNorm2d): setattr(b, n, nn.GroupNorm(2, child.num_features))
same("[('conv', 'Identity'), ('norm', 'GroupNorm')]", [(n, type(k).__name__) for n, k in b.named_children()])
b._modules['norm'] = nn.Identity(); same('Identity', type(b.norm).__name__)
same("['gamma'] 2 cpu torch.float32", list(dict(b.named_parameters()).keys()), len(list(b.children())), next(b.parameters()).device.type, next(b.parameters()).dtype)
seqs = nn.Sequential(*[nn.Linear(2, 2)] * 3); same('2 2 3', len(list(seqs.parameters())), len(list(seqs.modules())), len(seqs))
same('True False True', nn.Sequential(nn.Linear(1, 1)) is not None, bool(nn.ModuleList()), not nn.Sequential())
r = nn.utils.rnn.pack_padded_sequence(torch.zeros(2, 5, 3), [5, 3], batch_first=True); y, (hn, cn) = nn.LSTM(3, 4, batch_first=True)(r)
yy, ln = nn.utils.rnn.pad_packed_sequence(y, batch_first=True); same('(8, 3) (8, 3) (8, 4) (1, 2, 4) (2, 5, 4) [5, 3]', tuple(r.data.shape), tuple(r[0].shape), tuple(y.data.shape), tuple(hn.shape), tuple(yy.shape), ln.tolist())
same('(2, 5, 2)', tuple(nn.utils.rnn.pad_sequence([torch.zeros(3, 2), torch.zeros(5, 2)], batch_first=True).shape))
ct = nn.ConvTranspose2d(2, 3, 3, stride=2, padding=1); same('(1, 3, 10, 10) (1, 3, 9, 9)', tuple(ct(torch.zeros(1, 2, 5, 5), output_size=(10, 10)).shape), tuple(ct(torch.zeros(1, 2, 5, 5)).shape))

class Scaled(nn.Linear):
    def reset_parameters(self):
        super().reset_parameters()
        nn.init.zeros_(self.bias)
def activation(cls):
    try: return cls(inplace=True).inplace
    except TypeError: return 'none'
sc = Scaled(2, 3); sc.reset_parameters(); nn.BatchNorm2d(3).reset_running_stats(); same('(3, 2)', tuple(sc.weight.shape))
same("[True, 'none', 'none', True]", [activation(cls) for cls in (nn.SiLU, nn.GELU, nn.Sigmoid, nn.Dropout)])

if __name__ == '__main__':
    for want, have in zip(wanted, got):
        assert want == have, f'{have}\n{want}'

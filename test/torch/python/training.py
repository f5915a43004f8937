"""Networks in which not everything is trained, or not through everything. Each class is called with its `sizes`."""
import torch
import torch.nn as nn
import torch.nn.functional as F


class Plain(nn.Module):
    """The first layer needs no gradient of its input."""
    sizes = '2,3,16,16'

    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(3, 8, 3, padding=1)
        self.b = nn.Conv2d(8, 8, 3, stride=2, padding=1, groups=4)
        self.up = nn.ConvTranspose2d(8, 4, 2, stride=2)
        self.fc = nn.Linear(4 * 16 * 16, 10)

    def forward(self, x):
        return self.fc(self.up(F.relu(self.b(self.a(x)))).flatten(1))


class TransposedFirst(nn.Module):
    sizes = '2,3,5,5'

    def __init__(self):
        super().__init__()
        self.up = nn.ConvTranspose2d(3, 6, 3, stride=2, padding=1, output_padding=1, groups=3)
        self.up1 = nn.ConvTranspose1d(6, 4, 4)

    def forward(self, x):
        return self.up1(self.up(x).flatten(2))


class Frozen(nn.Module):
    """A frozen beginning, and a frozen layer through which gradients pass."""
    sizes = '2,3,16,16'

    def __init__(self):
        super().__init__()
        self.backbone = nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.Conv2d(8, 8, 3))
        self.backbone.requires_grad_(False)
        self.neck = nn.Conv2d(8, 8, 3)
        self.fixed = nn.Conv2d(8, 4, 1, bias=False)
        self.fixed.weight.requires_grad = False
        self.head = nn.Conv2d(4, 2, 1)

    def forward(self, x):
        return self.head(self.fixed(self.neck(self.backbone(x))))


class BiasesOnly(nn.Module):
    sizes = '2,6'

    def __init__(self):
        super().__init__()
        self.a = nn.Linear(6, 5)
        self.b = nn.Linear(5, 4)
        self.a.weight.requires_grad_(False)
        self.b.weight.requires_grad_(False)

    def forward(self, x):
        return self.b(torch.tanh(self.a(x)))


class LowRank(nn.Module):
    """LoRA: the layer is frozen, what is added to it is not."""
    sizes = '2,7,6'

    def __init__(self):
        super().__init__()
        self.before = nn.Linear(6, 6)
        self.layer = nn.Linear(6, 9)
        for parameter in [*self.before.parameters(), *self.layer.parameters()]:
            parameter.requires_grad = False
        self.down = nn.Linear(6, 2, bias=False)
        self.up = nn.Linear(2, 9, bias=False)

    def forward(self, x):
        x = self.before(x)
        return self.layer(x) + self.up(self.down(x))


class Detached(nn.Module):
    sizes = '2,3,12,12'

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 4, 3)
        self.many = nn.Conv2d(4, 5, 3)
        self.one = nn.Conv2d(4, 5, 3)
        self.last = nn.Conv2d(5, 2, 1)

    def forward(self, x):
        x = self.stem(x)
        return self.many(x), self.last(self.one(x.detach()))


class NoGradient(nn.Module):
    sizes = '2,3,12,12'

    def __init__(self):
        super().__init__()
        self.teacher = nn.Conv2d(3, 4, 3)
        self.stem = nn.Conv2d(3, 4, 3)
        self.head = nn.Conv2d(4, 4, 3)

    @torch.no_grad()
    def target(self, x):
        return self.head(self.teacher(x))

    def forward(self, x):
        with torch.no_grad():
            mean = self.stem(x).mean()
        torch.set_grad_enabled(False)
        scale = self.stem(x).mean()
        torch.set_grad_enabled(True)
        return self.head(self.stem(x)) * mean * scale - self.target(x)


class Unused(nn.Module):
    """What no output depends on has no backward pass."""
    sizes = '2,6'

    def __init__(self):
        super().__init__()
        self.a = nn.Linear(6, 6)
        self.b = nn.Linear(6, 6)
        self.c = nn.Linear(6, 6)

    def forward(self, x):
        x = self.a(x)
        best = self.b(x).argmax(1, keepdim=True)
        self.c(x)
        values, places = self.c(x).topk(2, dim=1)
        return values, best, x.gather(1, places)


class Tied(nn.Module):
    """Two uses of one layer, and a matrix that is an embedding and a classifier."""
    sizes = '2,5:int64'

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(11, 6)
        self.layer = nn.Linear(6, 6)
        self.head = nn.Linear(6, 11, bias=False)
        self.head.weight = self.embedding.weight

    def forward(self, x):
        x = self.embedding(x)
        return self.head(self.layer(F.gelu(self.layer(x))))


class GivenWeights(nn.Module):
    """Kernels that are a buffer, a parameter, or computed of parameters."""
    sizes = '2,3,10,10'

    def __init__(self):
        super().__init__()
        self.register_buffer('blur', torch.ones(3, 1, 3, 3) / 9)
        self.kernel = nn.Parameter(torch.zeros(4, 3, 3, 3))
        self.scale = nn.Parameter(torch.zeros(5, 1, 1, 1))
        self.direction = nn.Parameter(torch.zeros(5, 4, 3, 3), requires_grad=False)
        self.frozen = nn.Parameter(torch.zeros(5, 5), requires_grad=False)
        self.normed = nn.utils.weight_norm(nn.Conv2d(5, 5, 1))

    def forward(self, x):
        x = F.conv2d(x, self.blur, groups=3)
        x = F.conv2d(x, self.kernel)
        x = F.conv2d(x, self.scale * self.direction)
        x = self.normed(x)
        x = F.conv2d(x, torch.ones(5, 1, 1, 1), groups=5)
        return F.linear(x.mean((2, 3)), self.frozen) @ self.frozen


class Products(nn.Module):
    sizes = '2,6,8'

    def __init__(self):
        super().__init__()
        self.q = nn.Linear(8, 8)
        self.v = nn.Linear(8, 8)

    def forward(self, x):
        q = self.q(x)
        scores = torch.einsum('bid,bjd->bij', q, x)
        scores = scores + torch.bmm(x, q.transpose(1, 2)) + x @ x.transpose(1, 2)
        return torch.matmul(scores.softmax(-1), self.v(x)), torch.baddbmm(q, scores, x)


class Recurrent(nn.Module):
    sizes = '2,7,6'

    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(6, 5, num_layers=2, bidirectional=True, batch_first=True)
        self.gru = nn.GRU(10, 4, batch_first=True)
        self.rnn = nn.RNN(4, 3, batch_first=True, bias=False)
        self.head = nn.Linear(3, 2)

    def forward(self, x):
        x, _ = self.lstm(x)
        x, h = self.gru(x)
        x, _ = self.rnn(x)
        return self.head(x[:, -1])


class Stateful(nn.Module):
    """The state before the first step is a parameter, or comes from another layer."""
    sizes = '2,7,6'

    def __init__(self):
        super().__init__()
        self.start = nn.Parameter(torch.zeros(1, 2, 5))
        self.gru = nn.GRU(6, 5, batch_first=True)
        self.cell = nn.LSTMCell(5, 4)
        self.next = nn.GRU(6, 5, batch_first=True)

    def forward(self, x):
        y, h = self.gru(x, self.start)
        z, _ = self.next(x, h)
        state = None
        for t in range(3):
            state = self.cell(y[:, t], state)
        return z, state[0]


class FrozenRecurrent(nn.Module):
    sizes = '2,7,6'

    def __init__(self):
        super().__init__()
        self.before = nn.Linear(6, 6)
        self.lstm = nn.LSTM(6, 5, batch_first=True)
        self.lstm.requires_grad_(False)

    def forward(self, x):
        return self.lstm(self.before(x))[0]


class Projected(nn.Module):
    sizes = '2,7,6'

    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(6, 5, num_layers=2, batch_first=True, proj_size=3)

    def forward(self, x):
        return self.lstm(x)[0]


class SelfAttention(nn.Module):
    sizes = '2,7,8'

    def __init__(self):
        super().__init__()
        self.first = nn.MultiheadAttention(8, 2, batch_first=True)
        self.layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)

    def forward(self, x):
        x, _ = self.first(x, x, x)
        return self.layer(x)


class CrossAttention(nn.Module):
    """Queries are learned, keys and values are the input."""
    sizes = '2,7,8'

    def __init__(self):
        super().__init__()
        self.queries = nn.Parameter(torch.zeros(3, 8))
        self.attention = nn.MultiheadAttention(8, 2, batch_first=True)
        self.frozen = nn.MultiheadAttention(8, 4, batch_first=True, bias=False)
        self.frozen.requires_grad_(False)

    def forward(self, x):
        q = self.queries.expand(len(x), -1, -1)
        y, _ = self.attention(q, x, x)
        return self.frozen(x, y, y, need_weights=False)[0]


class TrainingOnly(nn.Module):
    """A head that only training runs, and one that only evaluation runs."""
    sizes = '2,3,12,12'

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 4, 3)
        self.main = nn.Conv2d(4, 2, 3)
        self.extra = nn.Conv2d(4, 6, 3)
        self.decode = nn.Conv2d(2, 1, 1)

    def forward(self, x):
        x = self.stem(x)
        if self.training:
            return self.main(x), self.extra(x)
        return self.decode(self.main(x))


class Cast(nn.Module):
    """Gradients do not pass whole numbers, and pass what is cast to halves."""
    sizes = '2,6'

    def __init__(self):
        super().__init__()
        self.a = nn.Linear(6, 6)
        self.b = nn.Linear(6, 4)
        self.c = nn.Linear(6, 4)

    def forward(self, x):
        x = self.a(x)
        return self.b(x.double().float()), self.c(x.long().float())


class WrittenInto(nn.Module):
    sizes = '2,6'

    def __init__(self):
        super().__init__()
        self.a = nn.Linear(6, 6)
        self.b = nn.Linear(8, 4)

    def forward(self, x):
        y = torch.zeros(2, 8)
        y[:, :6] = self.a(x)
        return self.b(y)

import torch
from torch import nn


class Encoder(nn.Module):
    def __init__(self, vocab, dim, hidden, layers=2, bidirectional=True):
        super().__init__()
        self.embed = nn.Embedding(vocab, dim, padding_idx=0)
        self.rnn = nn.LSTM(dim, hidden, num_layers=layers, batch_first=True, bidirectional=bidirectional)
        self.hidden = hidden * (2 if bidirectional else 1)
        self.drop = nn.Dropout(p=0.3)

    def forward(self, words):
        x = self.drop(self.embed(words))
        y, (h, c) = self.rnn(x)
        return y, torch.cat((h[-2], h[-1]), dim=1)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = Encoder(30, 6, 5)
        self.gru = nn.GRUCell(self.encoder.hidden, 7)
        self.attn = nn.MultiheadAttention(self.encoder.hidden, 2, batch_first=True)
        self.query = nn.Linear(7, self.encoder.hidden)
        layer = nn.TransformerEncoderLayer(d_model=self.encoder.hidden, nhead=2, dim_feedforward=12, batch_first=True)
        self.mix = nn.TransformerEncoder(layer, num_layers=2)
        self.out = nn.Linear(7, 30)
        self.init = nn.Parameter(torch.zeros(7))

    def forward(self, words):
        memory, last = self.encoder(words)
        memory = self.mix(memory)
        state = self.init.expand(words.shape[0], -1)
        outs = []
        for step in range(4):
            q = self.query(state).unsqueeze(1)
            context, weights = self.attn(q, memory, memory)
            state = self.gru(context.squeeze(1) + last, state)
            outs.append(self.out(state))
        return torch.stack(outs, dim=1), weights

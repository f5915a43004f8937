"""A tagger of words: an embedding, a bidirectional LSTM of two layers, a linear layer for each word."""
# flopline: Tagger() input=1,64:int64
from torch import nn


class Tagger(nn.Module):
    def __init__(self, words=20000, tags=17, dim=128, hidden=256):
        super().__init__()
        self.embed = nn.Embedding(words, dim, padding_idx=0)
        self.lstm = nn.LSTM(dim, hidden, num_layers=2, bidirectional=True, batch_first=True, dropout=0.3)
        self.drop = nn.Dropout(0.3)
        self.tag = nn.Linear(2 * hidden, tags)

    def forward(self, words):
        x, (h, c) = self.lstm(self.embed(words))
        return self.tag(self.drop(x)).log_softmax(dim=-1)

"""A convolutional autoencoder, whose decoder mirrors its encoder."""
from torch import nn


class AutoEncoder(nn.Module):
    def __init__(self, widths=(3, 32, 64, 128), code=64, size=64):
        super().__init__()
        down, up = [], []
        for a, b in zip(widths, widths[1:]):
            down += [nn.Conv2d(a, b, 4, stride=2, padding=1), nn.LeakyReLU(0.2)]
            up = [nn.ConvTranspose2d(b, a, 4, stride=2, padding=1), nn.ReLU(), *up]
        # The last layer gives a picture.
        up[-1] = nn.Sigmoid()
        side = size // 2 ** (len(widths) - 1)
        self.encoder = nn.Sequential(*down, nn.Flatten(), nn.Linear(widths[-1] * side * side, code))
        self.decoder = nn.Sequential(
            nn.Linear(code, widths[-1] * side * side),
            nn.Unflatten(1, (widths[-1], side, side)),
            *up,
        )

    def forward(self, x):
        return self.decoder(self.encoder(x))


def test():
    import torch

    y = AutoEncoder()(torch.rand(1, 3, 64, 64))
    assert y.shape == (1, 3, 64, 64)

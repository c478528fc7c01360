"""The AT-BSN network in PyTorch, written from the paper (arXiv 2303.16783), for comparison only.

Blindspot itself does not use PyTorch. This file exists so that its numbers and its speed can be held
against an independent implementation: check_golden.py proves that it computes what the published
network computes, bench.py measures how fast PyTorch runs it.

Values are gamma-encoded RGB, float32, 0..255, N x C x H x W, H and W multiples of 32. Tensor names are
those of the published checkpoints, so state dictionaries load in both directions.
"""

import torch
from torch import nn
from torch.nn import functional as F

HOLES = (0, 1, 3, 5, 7, 9, 11)
SLOPE = 0.1


class Conv(nn.Module):
    """A 3x3 convolution with LeakyReLU. A blind one sees input rows y-2, y-1 and y only."""

    def __init__(self, inputs, outputs, blind):
        super().__init__()
        self.blind = blind
        self.conv = nn.Conv2d(inputs, outputs, 3, padding=0 if blind else 1)

    def forward(self, x):
        if self.blind:
            x = F.pad(x, (1, 1, 2, 0))
        return F.leaky_relu_(self.conv(x), SLOPE)


class Encoder(nn.Module):
    """One convolution, then a 2x2 maximum. The blind pool looks at rows 2y-1 and 2y; row -1 is zeros."""

    def __init__(self, width, blind, pool=True):
        super().__init__()
        self.blind, self.pool = blind, pool
        self.conv1 = Conv(width, width, blind)

    def forward(self, x):
        x = self.conv1(x)
        if not self.pool:
            return x
        if self.blind:
            x = F.pad(x, (0, 0, 1, -1))
        return F.max_pool2d(x, 2)


class Decoder(nn.Module):
    """Concatenation with the skip, then two convolutions."""

    def __init__(self, inputs, middle, outputs, blind):
        super().__init__()
        self.conv1 = Conv(inputs, middle, blind)
        self.conv2 = Conv(middle, outputs, blind)

    def forward(self, x, skip):
        return self.conv2(self.conv1(torch.cat((x, skip), 1)))


class UNet(nn.Module):
    """The trunk: five pools down, five nearest-neighbour doublings up. Blind for the teacher."""

    def __init__(self, channels, outputs, width, blind):
        super().__init__()
        self.intro = Conv(channels, width, blind)
        for level in range(1, 6):
            setattr(self, f"enc{level}", Encoder(width, blind))
        self.enc6 = Encoder(width, blind, pool=False)
        double = 2 * width
        self.dec5 = Decoder(double, double, double, blind)
        for level in (4, 3, 2):
            setattr(self, f"dec{level}", Decoder(double + width, double, double, blind))
        self.dec1 = Decoder(double + channels, double, outputs, blind)

    def forward(self, x):
        skips = [x]
        y = self.intro(x)
        for level in range(1, 6):
            y = getattr(self, f"enc{level}")(y)
            skips.append(y)
        skips.pop()  # the deepest map goes on through enc6, not over a skip
        y = self.enc6(y)
        for level in (5, 4, 3, 2, 1):
            y = F.interpolate(y, scale_factor=2, mode="nearest")
            y = getattr(self, f"dec{level}")(y, skips.pop())
        return y


def pointwise(inputs, outputs):
    """A 1x1 convolution.

    Dilation changes nothing about a single tap, but it makes PyTorch choose oneDNN. Without it, and with one
    thread, PyTorch takes a routine over BLAS that is 50 times slower where BLAS is the reference one, as on a
    plain Debian.
    """
    return nn.Conv2d(inputs, outputs, 1, dilation=2)


def turn_square(x):
    """The four rotations of a square batch, one after another along N."""
    return torch.cat([torch.rot90(x, -turns, (2, 3)) for turns in range(4)])


class Teacher(nn.Module):
    """The blind-spot network. hole is odd or 0; the trunk does not depend on it."""

    def __init__(self, width=48, channels=3):
        super().__init__()
        double = 2 * width
        self.unet = UNet(channels, double, width, blind=True)
        self.nin_A = pointwise(4 * double, 4 * double)
        self.nin_B = pointwise(4 * double, double)
        self.nin_C = pointwise(double, channels)

    def features(self, x):
        """The trunk's four maps, each still in its own rotation."""
        if x.shape[2] == x.shape[3]:
            return list(self.unet(turn_square(x)).chunk(4))
        return [self.unet(torch.rot90(x, -turns, (2, 3))) for turns in range(4)]

    def head(self, features, hole):
        """Shift by (hole+1)/2 rows, turn back, concatenate, three 1x1 layers."""
        rows = (hole + 1) // 2
        back = [
            torch.rot90(F.pad(f, (0, 0, rows, -rows)), turns, (2, 3))
            for turns, f in enumerate(features)
        ]
        y = F.leaky_relu_(self.nin_A(torch.cat(back, 1)), SLOPE)
        y = F.leaky_relu_(self.nin_B(y), SLOPE)
        return self.nin_C(y)

    def forward(self, x, hole):
        return self.head(self.features(x), hole)


class Student(nn.Module):
    """The light network: the same U-Net with ordinary convolutions, one pass, any detail it likes to see."""

    def __init__(self, width=48, channels=3):
        super().__init__()
        self.unet = UNet(channels, channels, width, blind=False)

    def forward(self, x):
        return self.unet(x)


def initialise(network, seed):
    """Kaiming normal with slope 0.1 (linear gain for the teacher's last layer), biases zero."""
    torch.manual_seed(seed)
    for name, module in network.named_modules():
        if isinstance(module, nn.Conv2d):
            linear = name == "nin_C"
            nn.init.kaiming_normal_(module.weight, SLOPE, nonlinearity="linear" if linear else "leaky_relu")
            nn.init.zeros_(module.bias)
    return network

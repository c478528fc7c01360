"""Pairs to train the student on, as core/train makes them: see core/train/README.md, "Pairs".

What core/noise and core/kernel compute of a photo at a time, for a batch of crops on a GPU. Pictures are
N x 3 x H x W, values 0..255, H and W multiples of 8.
"""

import math

import torch
from torch.nn import functional as F

ALPHA = 0.7  # what the student sees has 1 + ALPHA^2 times the variance of the photo's noise
COARSE = 1.7  # threshold for means of 8x8 pixels
BLOCK, STEP, WINDOW = 8, 4, 7

COSINE = torch.tensor(
    [[math.sqrt((1 if u == 0 else 2) / 8) * math.cos(math.pi * (2 * x + 1) * u / 16) for x in range(8)] for u in range(8)]
)
DCT = torch.kron(COSINE, COSINE)  # of a block's 64 values, row by row
LAPS = torch.sin(math.pi * (torch.arange(8) + 0.5) / 8)
LAP = torch.outer(LAPS, LAPS).reshape(64)
AXES = torch.tensor(  # opponent axes of colour, orthonormal
    [
        [1 / math.sqrt(3)] * 3,
        [1 / math.sqrt(2), 0, -1 / math.sqrt(2)],
        [1 / math.sqrt(6), -2 / math.sqrt(6), 1 / math.sqrt(6)],
    ]
)


class Noise:
    """The noise of each crop of a batch: variance and shift N x 3 x bins, spectra N x 3 x 64, grain N."""

    def __init__(self, variance, shift, spectra, grain):
        self.variance, self.shift, self.spectra, self.grain = variance, shift, spectra, grain


def constants(like):
    return (c.to(like.device) for c in (DCT, LAP, AXES))


def at(curves, brightness):
    """curves N x 3 x bins at brightness N x 3 x ...: linear between the middles of the bins."""
    n, channels, bins = curves.shape
    place = (brightness * (bins / 256) - 0.5).clamp(0, bins - 1).flatten(2)
    low = place.floor().clamp(max=bins - 2)
    index = low.long()
    left, right = curves.gather(2, index), curves.gather(2, index + 1)
    return (left + (place - low) * (right - left)).reshape(brightness.shape)


def drawn(noise, picture, generator=None):
    """Gaussian noise as noise.Model.Draw makes it."""
    dct, lap, axes = constants(picture)
    n, channels, h, w = picture.shape
    blocks = ((h + 8) // STEP - 1) * ((w + 8) // STEP - 1)  # the picture with half a block around
    waves = torch.randn(n, 3, 64, blocks, device=picture.device, generator=generator) * noise.spectra.sqrt()[..., None]
    waves = (dct.T @ waves) * lap[:, None]
    field = F.fold(waves.flatten(0, 1), (h + 8, w + 8), 8, stride=STEP)[:, 0, 4:-4, 4:-4].reshape(n, 3, h, w)
    field = torch.einsum("oc,nohw->nchw", axes, field)
    level = at(noise.variance, F.avg_pool2d(picture, 8)).mean(1, keepdim=True).sqrt()
    return field * F.interpolate(level, scale_factor=8, mode="nearest")


def level_of(picture, base, curves, spectra, threshold):
    """base with what stands out of the noise between it and the picture: texture_level of core/kernel."""
    dct, _, axes = constants(picture)
    n, channels, h, w = picture.shape
    down, across = (h - 8) // STEP + 1, (w - 8) // STEP + 1
    variance = at(curves, F.avg_pool2d(base, 8, STEP)).mean(1)[:, None, None]  # N x 1 x 1 x blocks
    difference = torch.einsum("oc,nchw->nohw", axes, picture - base).reshape(n * 3, 1, h, w)
    waves = dct @ F.unfold(difference, 8, stride=STEP)
    waves = waves.reshape(n, 3, 64, down, across)
    excess = waves.square() / (variance * spectra[..., None, None])
    mean = F.avg_pool2d(excess.flatten(0, 1), WINDOW, 1, WINDOW // 2, count_include_pad=False).reshape(waves.shape)
    gain = (1 - (threshold.reshape(n, 1, 1, 1, 1) / mean.clamp(min=1e-20)).square()).clamp(min=0)
    share = (spectra / spectra.sum(2, keepdim=True))[..., None, None]
    trust = 1 / (0.02 + (gain.square() * share).sum(2, keepdim=True))
    back = dct.T @ (gain * waves).flatten(3)
    trust = trust.flatten(3)
    total = F.fold((back * trust).flatten(0, 1), (h, w), 8, stride=STEP)
    weight = F.fold(trust.expand_as(back).flatten(0, 1), (h, w), 8, stride=STEP)
    kept = (total / weight).reshape(n, 3, h, w)
    return base + torch.einsum("oc,nohw->nchw", axes, kept)


def enriched(noise, guess, other, fine, coarse):
    """The guess with texture of the pair's other half: enrich of core/train, kernel.Texture.

    fine and coarse are the thresholds for noise of fine and of coarse grain.
    """
    curves = noise.variance * (1 + 1 / ALPHA**2)
    threshold = coarse + (fine - coarse) * noise.grain
    other = other - at(noise.shift, guess)
    out = level_of(other, guess, curves, noise.spectra, threshold)
    few, estimate = F.avg_pool2d(other, 8), F.avg_pool2d(out, 8)
    flat = (noise.spectra[:, :, :1] / 64).expand_as(noise.spectra)
    better = level_of(few, estimate, curves, flat, torch.full_like(threshold, COARSE))
    return out + F.interpolate(better - estimate, scale_factor=8, mode="bilinear", align_corners=False)

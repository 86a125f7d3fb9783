"""Random augmentation of training batches, by whole batches on raw inputs.

What happens to a sample is a function of (seed, epoch, its index): never of the batch it is in,
of threads, or of the process that prepares it. So everything here works element by element; where
all that is asked for are mirrorings and shifts, pixels are moved and not computed.
"""

from __future__ import annotations

import math
from enum import IntEnum
from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.nn import functional

from engine.training.draws import normals, streams, uniforms

if TYPE_CHECKING:
    from engine.datasets.preprocess import Preprocess
    from engine.recipe import Recipe
    from engine.regularization.augmentation import Augmentation

_ANGLES = 4097
"""Rotations to draw from, both ends and none among them."""

_NOISE = 64
"""The first draw for noise; the few numbers that a whole sample needs come before."""


class _Draw(IntEnum):
    """Which of a sample's random numbers decides what: fixed, so that options do not disturb
    each other."""

    FLIP = 0
    FLIP_VERTICAL = 1
    SHIFT_X = 2
    SHIFT_Y = 3
    ROTATE = 4
    ZOOM = 5
    BRIGHTNESS = 6
    CONTRAST = 7
    ERASE_AREA = 8
    ERASE_SHAPE = 9
    ERASE_X = 10
    ERASE_Y = 11


class Augment:
    """Changes batches of images (N, C, H, W) or tables (N, F) as an `Augmentation` says.

    `preprocess` gives the scale of the inputs: noise is in units of its deviation, contrast
    stretches about its mean.
    """

    def __init__(self, options: Augmentation, preprocess: Preprocess, seed: int) -> None:
        self._options = options
        self._seed = seed
        self._mean = preprocess.mean.detach().cpu()
        self._std = preprocess.std.detach().cpu()
        self._turns = _turns(options.rotate)

    @classmethod
    def of(cls, recipe: Recipe, preprocess: Preprocess) -> Augment | None:
        """What a recipe asks for; None if that is nothing."""
        options = recipe.regularization.augmentation
        if options is None or not options.chosen():
            return None
        return cls(options, preprocess, recipe.training.seed)

    def __call__(self, inputs: Tensor, samples: Tensor, epoch: int) -> Tensor:
        """The raw inputs (N, ...) of these samples (N,) as they are in this epoch.

        Float32, or the type of `inputs` when pixels are only moved.
        """
        options, own = self._options, streams(self._seed, epoch, samples)
        draws = uniforms(own, len(_Draw))
        if options.rotate or options.zoom:
            inputs = self._resampled(inputs.float(), draws)
        elif options.flip or options.flip_vertical or options.shift:
            inputs = self._moved(inputs, draws)
        if options.brightness or options.contrast:
            inputs = self._relit(inputs, draws)
        if options.noise:
            inputs = self._noisy(inputs, own)
        if options.erase:
            inputs = self._erased(inputs, draws)
        return inputs

    # --- Where pixels are ---------------------------------------------------------------------

    def _flips(self, draws: Tensor) -> tuple[Tensor, Tensor]:
        """Which samples are mirrored left to right and which top to bottom: (N,) bool each."""
        none = torch.zeros(len(draws), dtype=torch.bool, device=draws.device)
        across = draws[:, _Draw.FLIP] < 0.5 if self._options.flip else none
        down = draws[:, _Draw.FLIP_VERTICAL] < 0.5 if self._options.flip_vertical else none
        return across, down

    def _shifts(self, draws: Tensor) -> tuple[Tensor, Tensor]:
        """Pixels to the right and down: (N,) int64 each."""
        most = self._options.shift
        shifts = (draws[:, _Draw.SHIFT_X : _Draw.SHIFT_Y + 1] * (2 * most + 1)).long() - most
        return shifts[:, 0], shifts[:, 1]

    def _moved(self, images: Tensor, draws: Tensor) -> Tensor:
        """Mirrored, then shifted, by gathering every pixel from the image with a border of 0."""
        count, channels, height, width = images.shape
        border = self._options.shift
        across, down = self._flips(draws)
        right, below = self._shifts(draws)
        columns = _sources(width, border, right, across)
        rows = _sources(height, border, below, down)
        wide = width + 2 * border
        places = (rows[:, :, None] * wide + columns[:, None, :]).view(count, 1, -1)
        bordered = functional.pad(images, (border,) * 4).flatten(2)
        return bordered.gather(2, places.expand(-1, channels, -1)).view_as(images)

    def _resampled(self, images: Tensor, draws: Tensor) -> Tensor:
        """Mirrored, zoomed and turned about the middle, then shifted: one bilinear reading."""
        height, width = images.shape[2:]
        right, below = self._shifts(draws)
        x = torch.arange(width, device=images.device) - (width - 1) / 2 - right[:, None]
        y = torch.arange(height, device=images.device) - (height - 1) / 2 - below[:, None]
        cos, sin = self._inverse(draws)
        across, down = (1 - 2 * flip.double() for flip in self._flips(draws))
        # grid_sample counts from -1 to 1 over the whole image
        to_x = _plane(across * cos * (2 / width), x, across * sin * (2 / width), y)
        to_y = _plane(-down * sin * (2 / height), x, down * cos * (2 / height), y)
        grid = torch.stack([to_x, to_y], dim=3)
        return functional.grid_sample(images, grid, padding_mode="zeros", align_corners=False)

    def _inverse(self, draws: Tensor) -> tuple[Tensor, Tensor]:
        """Cosine and sine of each sample's angle over its zoom: (N,) float64 each."""
        turns = self._turns.to(draws.device)
        chosen = turns.index_select(1, (draws[:, _Draw.ROTATE] * _ANGLES).long())
        cos, sin = chosen / _factor(draws, _Draw.ZOOM, self._options.zoom)
        return cos, sin

    # --- What pixels say ----------------------------------------------------------------------

    def _relit(self, images: Tensor, draws: Tensor) -> Tensor:
        """Brightness multiplies; contrast stretches about the mean of the training split."""
        brightness = _factor(draws, _Draw.BRIGHTNESS, self._options.brightness)
        contrast = _factor(draws, _Draw.CONTRAST, self._options.contrast)
        scale = _each(brightness * contrast)
        return images * scale + self._mean.to(images.device) * _each(1 - contrast)

    def _noisy(self, inputs: Tensor, own: Tensor) -> Tensor:
        """Noise in units of the normalised input, brought to the scale of the raw one."""
        count = math.prod(inputs.shape[1:])
        noise = normals(own, _NOISE, count).view_as(inputs)
        return inputs + noise * (self._std * self._options.noise).to(inputs.device)

    def _erased(self, images: Tensor, draws: Tensor) -> Tensor:
        """A rectangle anywhere, its sides at most as 1 to 2, becomes the training split's mean
        (random erasing, Zhong et al. 2020)."""
        height, width = images.shape[2:]
        area = draws[:, _Draw.ERASE_AREA] * (self._options.erase * height * width)
        shape = draws[:, _Draw.ERASE_SHAPE] * 2 - 1
        ratio = torch.where(shape < 0, 1 / (1 - shape), 1 + shape)
        rows = _within(height, (area * ratio).sqrt(), draws[:, _Draw.ERASE_Y])
        columns = _within(width, (area / ratio).sqrt(), draws[:, _Draw.ERASE_X])
        hidden = (rows[:, :, None] & columns[:, None, :])[:, None]
        return torch.where(hidden, self._mean.to(images.device), images)


def _turns(degrees: float) -> Tensor:
    """Cosines and sines (2, angles) float64 of evenly spaced angles up to `degrees` either way."""
    most, middle = math.radians(degrees), _ANGLES // 2
    angles = [most * (step - middle) / middle for step in range(_ANGLES)]
    table = [[math.cos(angle) for angle in angles], [math.sin(angle) for angle in angles]]
    return torch.tensor(table, dtype=torch.float64)


def _sources(size: int, border: int, shift: Tensor, mirrored: Tensor) -> Tensor:
    """Where along one axis each pixel comes from, in the bordered image: (N, size) int64."""
    places = torch.arange(border, size + border, device=shift.device) - shift[:, None]
    last = size + 2 * border - 1
    return torch.where(mirrored[:, None], last - places, places)


def _plane(a: Tensor, x: Tensor, b: Tensor, y: Tensor) -> Tensor:
    """a x + b y at every pixel: (N, H, W) float32 from (N,), (N, W), (N,) and (N, H)."""
    along, down = (a[:, None] * x).float(), (b[:, None] * y).float()
    return along[:, None, :] + down[:, :, None]


def _within(size: int, side: Tensor, place: Tensor) -> Tensor:
    """Which of `size` pixels are inside a span of length `side`, placed at random: (N, size)."""
    length = side.round().long().clamp(max=size)
    start = (place * (size - length + 1)).long()
    pixels = torch.arange(size, device=side.device)
    return (pixels >= start[:, None]) & (pixels < (start + length)[:, None])


def _factor(draws: Tensor, draw: _Draw, part: float) -> Tensor:
    """One random factor a sample, from 1 - part to 1 + part: (N,) float64."""
    return 1 + part * (2 * draws[:, draw] - 1)


def _each(factors: Tensor) -> Tensor:
    """One factor a sample as (N, 1, 1, 1) float32."""
    return factors.float()[:, None, None, None]

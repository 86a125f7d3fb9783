"""The layers that architectures share."""

from __future__ import annotations

from typing import get_args

import pytest
import torch

from engine.architectures.base import Activation, Norm
from engine.architectures.layers import activation, groups_for, norm_1d, norm_2d


@pytest.mark.parametrize("name", get_args(Activation))
def test_every_activation_is_a_fresh_nonlinearity(name):
    layer = activation(name)
    assert layer is not activation(name)
    points = layer(torch.tensor([-2.0, 0.0, 2.0]))
    assert points[0] + points[2] != 2 * points[1] or name in ("tanh", "sigmoid")
    assert not torch.equal(points, torch.tensor([-2.0, 0.0, 2.0]))


@pytest.mark.parametrize("channels", range(1, 70))
def test_groups_divide_the_channels_and_are_not_too_small(channels):
    groups = groups_for(channels)
    assert channels % groups == 0
    assert groups == 1 or channels // groups >= 4


@pytest.mark.parametrize("name", get_args(Norm))
@pytest.mark.parametrize("features", [2, 3, 8, 64])
def test_norms_keep_the_shape_and_normalise(name, features):
    rows, images = torch.randn(16, features) * 9 + 5, torch.randn(16, features, 5, 5) * 9 + 5
    for layers, batch in ((norm_1d(name, features), rows), (norm_2d(name, features), images)):
        assert len(layers) == (name != "none")
        for layer in layers:
            normalised = layer(batch)
            assert normalised.shape == batch.shape
            assert abs(float(normalised.detach().mean())) < 1e-4
            assert float(normalised.detach().var()) == pytest.approx(1, abs=0.1)

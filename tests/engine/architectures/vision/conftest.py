"""Big networks in small tests: one thread, and first weights that cost nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch
from torch import Tensor, nn

_DRAWS = ("kaiming_normal_", "kaiming_uniform_", "normal_", "trunc_normal_", "uniform_",
          "xavier_normal_", "xavier_uniform_")  # fmt: skip


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    """Threads that wait for one another cost more than such small images."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """On the meta device, where there are no numbers, drawing them is most of the work."""

    def unchanged(tensor: Tensor, *_: object, **__: object) -> Tensor:
        assert tensor.is_meta
        return tensor

    for name in _DRAWS:
        monkeypatch.setattr(nn.init, name, unchanged)

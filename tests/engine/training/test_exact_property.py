"""Whatever happens to a drawn training, it ends with the bits of the undisturbed one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.engine.training.ordeal import Ordeal

SEEDS = range(24)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_drawn_training_survives_everything(seed: int, tmp_path: Path) -> None:
    assert Ordeal(seed, tmp_path).run() == []

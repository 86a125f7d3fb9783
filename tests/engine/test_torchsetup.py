"""The mend of torchvision, proven in fresh processes: it imports, whatever is imported first."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

PROGRAMS = {
    "torchvision": "import torchvision; torchvision.models.resnet18()",
    "lightning": "import lightning.pytorch",
    "torchmetrics": "import torchmetrics",
    "transforms": "from torchvision.transforms import v2; v2.RandomCrop(2)",
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_imports_after_the_mend(name: str) -> None:
    program = f"from engine import torchsetup\n{PROGRAMS[name]}"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_mend_can_be_asked_for_twice_and_declares_the_operators() -> None:
    import torch

    from engine import torchsetup

    torchsetup.mend_torchvision()
    torchsetup.mend_torchvision()
    assert torch.ops.torchvision.nms is not None


POLICY = "import os; from engine import torchsetup; " + (
    "print(os.environ['OMP_WAIT_POLICY'], os.environ.get('GOMP_SPINCOUNT'))"
)


@pytest.mark.parametrize(
    ("given", "wanted"), [({}, "PASSIVE 7000"), ({"OMP_WAIT_POLICY": "ACTIVE"}, "ACTIVE None")]
)
def test_idle_threads_soon_sleep_unless_somebody_wants_them_otherwise(
    given: dict[str, str], wanted: str
) -> None:
    mine = ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT")
    environment = {name: value for name, value in os.environ.items() if name not in mine} | given
    done = subprocess.run(
        [sys.executable, "-c", POLICY], env=environment, capture_output=True, text=True
    )
    assert done.stdout.strip() == wanted, done.stderr

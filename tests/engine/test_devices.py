"""The devices of this machine, and what they cannot do."""

from __future__ import annotations

import pytest
import torch

from engine import devices


class Properties:
    name = "Test GPU"
    total_memory = 8_000_000_000


@pytest.fixture
def two_gpus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda _: Properties)
    monkeypatch.setattr(
        torch.cuda, "get_device_capability", lambda name: (7, 5) if name[-1] == "0" else (9, 0)
    )


def test_the_cpu_is_always_there_with_name_and_memory() -> None:
    cpu = devices.list_devices()[0]
    assert cpu.name == "cpu"
    assert "cores)" in cpu.title
    assert cpu.memory > 1e8
    assert cpu.as_json()["unsupported"]["16-mixed"] == "16-mixed needs a GPU"
    assert "32" not in cpu.as_json()["unsupported"]


def test_every_cuda_device_is_listed(two_gpus: None) -> None:
    named = {device.name: str(device) for device in devices.list_devices()}
    assert named["cuda:1"] == "cuda:1: Test GPU, 8 GB"
    assert "mps" not in named or torch.backends.mps.is_available()


def test_tf32_came_with_ampere(two_gpus: None) -> None:
    assert devices.unsupported("cuda:0") == {"tf32": "This GPU has no TF32; that came with Ampere"}
    assert devices.unsupported("cuda:1") == {}


def test_a_cpu_without_bfloat16_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "_cpu_has_bf16", lambda: False)
    assert "no bfloat16" in devices.why_not("bf16-mixed", "cpu")
    monkeypatch.setattr(devices, "_cpu_has_bf16", lambda: True)
    assert devices.why_not("bf16-mixed", "cpu") == ""

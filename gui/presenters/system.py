"""What the process uses: processor, memory, and the GPU's memory where torch has one in use."""

from __future__ import annotations

import sys
from typing import Any

import psutil

from gui import texts


class SystemReader:
    """Reads the process's own use; cheap enough for once a second."""

    def __init__(self) -> None:
        self._process = psutil.Process()
        self._process.cpu_percent()  # the first reading only starts the clock

    def read(self) -> str:
        """`CPU 61 %  1.2 GB`, with `GPU 0.8 GB` where there is one."""
        cpu = self._process.cpu_percent() / (psutil.cpu_count() or 1)
        parts = [f"CPU {cpu:.0f} %", texts.size(self._process.memory_info().rss)]
        return "   ".join(parts + _gpu())


def _gpu() -> list[str]:
    """Memory on the GPU, asked of torch only if it is loaded and has begun to use one."""
    torch: Any = sys.modules.get("torch")
    cuda = getattr(torch, "cuda", None)
    if cuda is None or not hasattr(cuda, "is_initialized") or not cuda.is_initialized():
        return []
    return [f"GPU {texts.size(cuda.memory_allocated())}"]

"""Freed memory is kept for the next step, and given back after the training."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="only GNU's allocator is told what to keep"
)

PIECE, TIMES = 32 << 20, 10
FAULTS = f"""
import resource, threading
from engine import heap
{{first}}

def work():
    for _ in range({TIMES}):
        bytearray({PIECE})

def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

before, thread = faults(), threading.Thread(target=work)
thread.start()
thread.join()
print(faults() - before)
"""
RESIDENT = """
import psutil
from engine import heap
heap.keep()
pieces = [bytearray(1 << 20) for _ in range(200)]
del pieces
kept = psutil.Process().memory_info().rss
heap.give_back()
print(kept - psutil.Process().memory_info().rss)
"""


def printed(program: str, **more: str) -> int:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MALLOC_")} | more
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


PAGES = PIECE // os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 1


def test_a_piece_is_asked_of_the_system_once() -> None:
    assert printed(FAULTS.format(first="")) > (TIMES - 1) * PAGES
    assert printed(FAULTS.format(first="heap.keep()")) < 2 * PAGES


def test_parameters_that_somebody_chose_are_left_alone() -> None:
    chosen = {"MALLOC_MMAP_THRESHOLD_": "100000"}
    assert printed(FAULTS.format(first="heap.keep()"), **chosen) > (TIMES - 1) * PAGES


def test_what_is_free_can_be_given_back() -> None:
    assert printed(RESIDENT) > 150 << 20

"""What keeping freed memory gives a convolutional network: `python -m benchmarks.freed`.

Two processes in turns, one with the allocator left as it is; steps on a thread, as in a run.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import threading
import time

from benchmarks.harness import ROOT

WAYS = {"given back": {"MALLOC_ARENA_MAX": "64"}, "kept": {}}
"""With any such variable in the environment `engine.heap` leaves the allocator alone."""
CHANNELS = ((32, 64), (64, 128, 256))
ROUNDS, STEPS = 9, 2


def serve() -> None:
    """A number of a network a line; the seconds of a step for each."""
    from engine import torchsetup
    import torch  # isort: skip
    from torch import nn

    def network(channels: tuple[int, ...]) -> nn.Module:
        layers: list[nn.Module] = []
        for before, after in zip((3, *channels), channels, strict=False):
            layers += [nn.Conv2d(before, after, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)]
        return nn.Sequential(*layers, nn.Flatten(), nn.LazyLinear(10))

    def work() -> None:
        torchsetup.use_threads(os.cpu_count() or 1)
        inputs, targets = torch.randn(128, 3, 32, 32), torch.zeros(128, dtype=torch.int64)
        networks = [network(channels) for channels in CHANNELS]
        for line in sys.stdin:
            for steps in (1, STEPS):
                start = time.perf_counter()
                for _ in range(steps):
                    networks[int(line)].zero_grad()
                    loss = nn.functional.cross_entropy(networks[int(line)](inputs), targets)
                    loss.backward()  # type: ignore[no-untyped-call]
            print((time.perf_counter() - start) / STEPS, flush=True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def main() -> int:
    """Prints the medians."""
    command = [sys.executable, "-m", "benchmarks.freed", "--child"]
    processes = {
        way: subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **more}, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )
        for way, more in WAYS.items()
    }  # fmt: skip
    for number, channels in enumerate(CHANNELS):
        found: dict[str, list[float]] = {way: [] for way in WAYS}
        for _ in range(ROUNDS):
            for way, process in processes.items():
                assert process.stdin is not None
                assert process.stdout is not None
                print(number, file=process.stdin, flush=True)
                found[way].append(float(process.stdout.readline()))
        medians = {way: f"{1e3 * statistics.median(times):.1f} ms" for way, times in found.items()}
        print(channels, medians)
    for process in processes.values():
        process.terminate()
    return 0


if __name__ == "__main__":
    if "--child" in sys.argv:
        serve()
    else:
        sys.exit(main())

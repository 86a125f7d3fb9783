"""Many drawn trainings through everything that can happen to them:
`python -m tests.soak.soak_property --first 0 --count 1000`. Prints the seeds that end otherwise.
"""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
import traceback
from pathlib import Path

from tests.engine.training.ordeal import Ordeal


def main() -> int:
    """The exit status: 1 when a seed failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first", type=int, default=0, help="The first seed.")
    parser.add_argument("--count", type=int, default=1000, help="How many seeds.")
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    failed = 0
    for seed in range(options.first, options.first + options.count):
        with tempfile.TemporaryDirectory() as folder:
            try:
                wrong = Ordeal(seed, Path(folder)).run()
            except Exception:
                wrong = [traceback.format_exc()]
        failed += bool(wrong)
        for sentence in wrong:
            print(f"{seed}: {sentence}", flush=True)
    print(f"{options.count - failed} of {options.count} drawn trainings ended with the same bits")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

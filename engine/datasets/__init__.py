"""Dataset components, one a file; importing this package makes them known."""

from engine.datasets import digits as digits

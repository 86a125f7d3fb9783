"""Architecture components, one a file; importing this package makes them known."""

from engine.architectures import mlp as mlp

"""Architecture components, one a file; importing this package makes them known."""
# ruff: noqa: I001  the order of the imports is the order in which they are offered

from engine.architectures import mlp as mlp
from engine.architectures import cnn as cnn
from engine.architectures import rnn as rnn
from engine.architectures import linear as linear

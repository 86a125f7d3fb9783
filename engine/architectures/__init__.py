"""Architecture components, one a file; importing this package makes them known."""
# ruff: noqa: I001  the order of the imports is the order in which they are offered

from engine.architectures import mlp as mlp
from engine.architectures import cnn as cnn
from engine.architectures import rnn as rnn
from engine.architectures import bag as bag
from engine.architectures import text_cnn as text_cnn
from engine.architectures import transformer as transformer
from engine.architectures import gpt as gpt
from engine.architectures import tcn as tcn
from engine.architectures import nlinear as nlinear
from engine.architectures import dlinear as dlinear
from engine.architectures import nbeats as nbeats
from engine.architectures import tabular as tabular
from engine.architectures import ft_transformer as ft_transformer
from engine.architectures import linear as linear
from engine.architectures import vision as vision
from engine.architectures import encoder as encoder
from engine.architectures import own as own

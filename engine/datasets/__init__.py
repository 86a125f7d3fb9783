"""Dataset components, a family a file; importing this package makes them known."""
# ruff: noqa: I001  the order of the imports is the order in which the datasets are offered

from engine.datasets import digits as digits
from engine.datasets import mnist as mnist
from engine.datasets import emnist as emnist
from engine.datasets import cifar as cifar
from engine.datasets import svhn as svhn
from engine.datasets import stl10 as stl10
from engine.datasets import pictures as pictures
from engine.datasets import tables as tables
from engine.datasets import image_folder as image_folder
from engine.datasets import table as table
from engine.datasets import python as python
from engine.datasets import series as series
from engine.datasets import text as text

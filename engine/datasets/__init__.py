"""Dataset components, a family a file; importing this package makes them known."""
# ruff: noqa: I001  the order of the imports is the order in which the datasets are offered

from engine.datasets import digits as digits
from engine.datasets import mnist as mnist
from engine.datasets import cifar as cifar
from engine.datasets import tables as tables
from engine.datasets import image_folder as image_folder
from engine.datasets import table as table

"""Networks for images that other libraries build, with the weights that belong to them."""

from engine.architectures.vision import component as component
from engine.architectures.vision import timm_models as timm_models

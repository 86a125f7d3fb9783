"""Pretrained networks for texts, as the package transformers builds them."""

from engine.architectures.encoder import component as component

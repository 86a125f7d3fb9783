"""Files of own code for tests, and recipes that train them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from engine import consent
from engine.recipe import Recipe
from tests.engine.training.helpers import small

NET = '''
import random
import numpy as np
import torch
from torch import nn

class Net(nn.Module):
    """Draws from all three global sources while it learns."""

    def __init__(self, outputs: int, hidden: tuple[int, ...] = (16,), noise: float = 0.1):
        super().__init__()
        self.noise = noise
        layers, size = [nn.Flatten()], 64
        for width in hidden:
            layers += [nn.Linear(size, width), nn.ReLU()]
            size = width
        self.layers = nn.Sequential(*layers, nn.Linear(size, outputs))

    def forward(self, x):
        drawn = random.random() + np.random.rand()  # while it is measured, too
        if self.training:
            x = x * (1 + self.noise * drawn)
            x = x + self.noise * torch.randn_like(x)
        return self.layers(x)
'''

LIT = """
import random
import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
import lightning.pytorch as pl

class Lit(pl.LightningModule):
    def __init__(self, outputs: int, width: int = 16, lr: float = 0.05, dropout: float = 0.0):
        super().__init__()
        self.save_hyperparameters()
        self.seen = 0
        self.layers = nn.Sequential(nn.Flatten(), nn.Linear(64, width), nn.ReLU(),
                                    nn.Dropout(dropout), nn.Dropout(0.1), nn.Linear(width, outputs))

    def forward(self, x):
        return self.layers(x)

    def training_step(self, batch, batch_idx):
        x, y = batch
        self.seen += len(x)
        x = x + 0.1 * (torch.randn_like(x) + random.random() + np.random.rand())
        loss = F.cross_entropy(self(x), y) * (1 + self.seen / 1e6)
        self.log("train_loss", loss)
        return loss

    def configure_optimizers(self):
        optimizer = torch.optim.SGD(self.parameters(), lr=self.hparams.lr, momentum=0.9)
        return [optimizer], [torch.optim.lr_scheduler.StepLR(optimizer, 1, 0.5)]

    def on_save_checkpoint(self, checkpoint):
        checkpoint["seen"] = self.seen

    def on_load_checkpoint(self, checkpoint):
        self.seen = checkpoint["seen"]
"""


def allowed(path: Path, content: str) -> Path:
    """The file with this content, which may run."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    consent.allow(path, consent.read(path, "x").sha256)
    return path


def own(path: Path, **options: Any) -> dict[str, Any]:
    """The architecture's options for a file."""
    return {"name": "custom", "path": str(path), **options}


def training(path: Path, architecture: dict[str, Any] | None = None, **sections: Any) -> Recipe:
    """The small recipe with the network of a file."""
    return small(**{"architecture": own(path, **(architecture or {})), **sections})

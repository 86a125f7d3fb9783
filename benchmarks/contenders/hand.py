"""A loop written by hand over tensors in memory: what the hardware and torch allow."""

from __future__ import annotations

from benchmarks.contenders.base import Speed, StopWatch, Task


def run(task: Task) -> Speed:
    """Shuffle by index, normalise, forward, backward, step; the losses are kept, not printed."""
    import torch

    from engine import torchsetup

    torchsetup.use_threads(task.threads)
    recipe, batch_size = task.recipe, task.recipe.training.batch_size
    splits = recipe.dataset.build(task.data_dir)
    facts, inputs, targets = splits.facts, splits.train.inputs, splits.train.targets
    torch.manual_seed(0)
    network = recipe.architecture.build(facts, recipe.loss.outputs(facts), 0.0)
    criterion = recipe.loss.build(facts, None)
    optimizer = recipe.optimizer.build([{"params": list(network.parameters())}])
    total = task.warm_up + task.batches
    losses = torch.zeros(total)
    watch, done = StopWatch(task.warm_up), 0
    while done < total:
        order = torch.randperm(len(targets))
        for part in torch.split(order, batch_size)[: total - done]:
            outputs = network(splits.preprocess(inputs[part]))
            loss = criterion(outputs, targets[part])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses[done] = loss.detach()
            done += 1
            watch.tick(len(part))
    return watch.speed()

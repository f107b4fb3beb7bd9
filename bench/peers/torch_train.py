"""Training steps of a torchvision ResNet, every layer trainable, on pictures in memory.

Options: architecture, batch, size, layout (default | channels_last), precision.
"""

import resource

import torch
import torchvision

from rounds import repeated, serve, settings, torch_versions

asked = settings()
layout = torch.channels_last if asked["layout"] == "channels_last" else torch.contiguous_format
half = asked["precision"] == "bfloat16"
torch.manual_seed(0)

model = torchvision.models.get_model(asked["architecture"], weights=None)
model = model.to(memory_format=layout).train()
loss_of = torch.nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9, weight_decay=1e-4)
size, batch = asked["size"], asked["batch"]
pictures = torch.randn(batch, 3, size, size).to(memory_format=layout)
labels = torch.arange(batch) % 1000


def step():
    optimizer.zero_grad(set_to_none=True)
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=half):
        loss = loss_of(model(pictures), labels)
    loss.backward()
    optimizer.step()
    return loss.item()


def measure():
    result = repeated(batch, step)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return {**result, "peakBytes": peak}


step()
serve(torch_versions(), measure)

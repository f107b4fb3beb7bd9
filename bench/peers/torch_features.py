"""The features of a torchvision ResNet (what enters its last layer), frozen, pictures in memory.

Options: architecture, batch, size, layout (default | channels_last), precision.
"""

import torch
import torchvision

from rounds import repeated, serve, settings, torch_versions

asked = settings()
layout = torch.channels_last if asked["layout"] == "channels_last" else torch.contiguous_format
half = asked["precision"] == "bfloat16"
torch.manual_seed(0)

model = torchvision.models.get_model(asked["architecture"], weights=None)
model.fc = torch.nn.Identity()
model = model.to(memory_format=layout).eval()
size, batch = asked["size"], asked["batch"]
pictures = torch.randn(batch, 3, size, size).to(memory_format=layout)


def features():
    with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16, enabled=half):
        return model(pictures).sum().item()


features()
serve(torch_versions(), lambda: repeated(batch, features))

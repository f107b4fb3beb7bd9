"""A pre-activation ResNet-50 (He et al. 2016, figure 1b) from the stem to layer3, with the names of
resnet50v2-imagenet-to-layer3.safetensors, and a head of its own.
"""

import json

import numpy as np
import torch
from torch import nn


class Block(nn.Module):
    """y = F(relu(norm(x))) + shortcut; the stride sits in the 3 x 3 convolution."""

    def __init__(self, inputs, width, stride):
        super().__init__()
        outputs = 4 * width
        self.bn1 = nn.BatchNorm2d(inputs)
        self.conv1 = nn.Conv2d(inputs, width, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, stride, padding=1, bias=False)
        self.bn3 = nn.BatchNorm2d(width)
        self.conv3 = nn.Conv2d(width, outputs, 1, bias=False)
        self.relu = nn.ReLU(inplace=True)
        if stride > 1 or inputs != outputs:
            self.downsample = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False))
        else:
            self.downsample = None

    def forward(self, x):
        activated = self.relu(self.bn1(x))
        shortcut = x if self.downsample is None else self.downsample(activated)
        y = self.relu(self.bn2(self.conv1(activated)))
        y = self.relu(self.bn3(self.conv2(y)))
        return self.conv3(y) + shortcut


class PreActivation(nn.Module):
    """ResNet-50 v2 cut after layer3; `fc` sees 1,024 pooled features."""

    def __init__(self, classes):
        super().__init__()
        self.bn_data = nn.BatchNorm2d(3)
        self.conv1 = nn.Conv2d(3, 64, 7, 2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(3, 2, padding=1)
        inputs = 64
        for depth, blocks in enumerate((3, 4, 6)):
            width = 64 * 2**depth
            stage = []
            for i in range(blocks):
                stage.append(Block(inputs, width, 2 if i == 0 and depth > 0 else 1))
                inputs = 4 * width
            setattr(self, f"layer{depth + 1}", nn.Sequential(*stage))
        self.norm = nn.BatchNorm2d(inputs)
        self.fc = nn.Linear(inputs, classes)

    def forward(self, x):
        x = self.maxpool(self.relu(self.bn1(self.conv1(self.bn_data(x)))))
        x = self.layer3(self.layer2(self.layer1(x)))
        x = self.relu(self.norm(x)).mean((2, 3))
        return self.fc(x)


def read_safetensors(path):
    """name -> float32 tensor of a safetensors file of float32 and float16."""
    with open(path, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        body = file.read()
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        kind = {"F32": "<f4", "F16": "<f2"}.get(entry["dtype"])
        if kind is None:
            raise ValueError(f"{name} is {entry['dtype']}, not F32 or F16")
        begin, end = entry["data_offsets"]
        values = np.frombuffer(body[begin:end], dtype=kind).reshape(entry["shape"])
        tensors[name] = torch.from_numpy(values.astype(np.float32))
    return tensors


def pretrained(path, classes):
    """The network with the file's values; raises when a tensor below the head is missing or left."""
    model = PreActivation(classes)
    missing, unexpected = model.load_state_dict(read_safetensors(path), strict=False)
    counters = "num_batches_tracked"
    missing = [name for name in missing if not name.startswith("fc.") and counters not in name]
    if missing or unexpected:
        raise ValueError(f"missing {missing[:3]}, unexpected {unexpected[:3]}")
    return model

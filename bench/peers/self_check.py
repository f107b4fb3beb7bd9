"""The losses that main/engine/selfCheck.ts expects: three SGD steps of ResNet-20's stem, first stage
and head in PyTorch, with weights and pictures from the generator of golden/README.md (salt 0)."""

import numpy
import torch
from torch import nn


def fnv1a32(text):
    value = 0x811C9DC5
    for byte in text.encode():
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return value


def generate(name, count):
    a = (fnv1a32(name) + numpy.arange(1, count + 1, dtype=numpy.uint64) * 0x6D2B79F5) & 0xFFFFFFFF
    a = a.astype(numpy.uint32)
    t = (a ^ (a >> 15)) * (a | 1)
    t ^= t + (t ^ (t >> 7)) * (t | 61)
    return (t ^ (t >> 14)).astype(numpy.float64) / 2**31 - 1


def fill(name, tensor):
    values = generate(name, tensor.numel())
    if tensor.dim() == 4:
        values *= (6 / (tensor.shape[1] * tensor.shape[2] * tensor.shape[3])) ** 0.5
    elif name == "fc.weight":
        values *= (3 / tensor.shape[1]) ** 0.5
    elif name.endswith("running_var"):
        values = 1 + 0.2 * values
    elif "bn" in name and name.endswith(".weight"):
        values = (1 + 0.2 * values) * (0.25 if ".bn2." in name else 1)
    else:
        values *= 0.1
    tensor.copy_(torch.from_numpy(values.astype(numpy.float32)).view(tensor.shape))


class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.conv1 = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)

    def forward(self, x):
        y = torch.relu(self.bn1(self.conv1(x)))
        return torch.relu(x + self.bn2(self.conv2(y)))


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        self.layer1 = nn.Sequential(Block(16), Block(16), Block(16))
        self.fc = nn.Linear(16, 3)

    def forward(self, x):
        x = self.layer1(torch.relu(self.bn1(self.conv1(x))))
        return self.fc(x.mean((2, 3)))


network = Network()
with torch.no_grad():
    for name, tensor in network.state_dict().items():
        if not name.endswith("num_batches_tracked"):
            fill(name, tensor)
images = torch.from_numpy(generate("train-input", 4 * 3 * 32 * 32).astype(numpy.float32))
images, labels = images.view(4, 3, 32, 32), torch.tensor([0, 1, 2, 1])
optimizer = torch.optim.SGD(network.parameters(), lr=0.05, momentum=0.9, weight_decay=1e-4)
network.train()
for _ in range(3):
    loss = nn.functional.cross_entropy(network(images), labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    print(f"{loss.item():.7f}")

"""The loop of PyTorch's transfer-learning tutorial ("ConvNet as fixed feature extractor") in our own
words, on the pre-activation ResNet-50: frozen features are computed anew in every epoch, because
crops and flips are random. A round is one epoch: training, then validation.

Options: data (a folder with train/ and val/), weights.
"""

import os
import time

import torch
from torch import nn
from torch.optim import SGD
from torch.optim.lr_scheduler import StepLR
from torch.utils.data import DataLoader
from torchvision import transforms
from torchvision.datasets import ImageFolder

from preactivation import pretrained
from rounds import serve, settings, torch_versions

asked = settings()
torch.manual_seed(0)
normalise = transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
views = {
    "train": [transforms.RandomResizedCrop(224), transforms.RandomHorizontalFlip()],
    "val": [transforms.Resize(256), transforms.CenterCrop(224)],
}


def loader(side):
    transform = transforms.Compose([*views[side], transforms.ToTensor(), normalise])
    photos = ImageFolder(os.path.join(asked["data"], side), transform)
    return DataLoader(photos, batch_size=4, shuffle=True, num_workers=4)


loaders = {side: loader(side) for side in views}
model = pretrained(asked["weights"], len(loaders["train"].dataset.classes))
for name, parameter in model.named_parameters():
    parameter.requires_grad = name.startswith("fc.")
loss_of = nn.CrossEntropyLoss()
optimizer = SGD(model.fc.parameters(), lr=0.001, momentum=0.9)
schedule = StepLR(optimizer, step_size=7, gamma=0.1)
best = 0.0


def run(side):
    training = side == "train"
    model.train(training)
    correct = 0
    for pictures, labels in loaders[side]:
        optimizer.zero_grad()
        with torch.set_grad_enabled(training):
            logits = model(pictures)
            loss = loss_of(logits, labels)
            if training:
                loss.backward()
                optimizer.step()
        correct += (logits.argmax(1) == labels).sum().item()
    return correct / len(loaders[side].dataset)


def epoch():
    global best
    started = time.perf_counter()
    run("train")
    schedule.step()
    best = max(best, run("val"))
    return {"amount": 1, "seconds": time.perf_counter() - started, "bestAccuracy": best}


serve(torch_versions(), epoch)

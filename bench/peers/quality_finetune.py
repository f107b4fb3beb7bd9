"""Fine-tuning of fastai's kind (Howard and Gugger, fastai's `fine_tune`): the head alone under one cycle,
then everything under one cycle with rates that fall towards the stem; random resized crops, flips, AdamW.
It stops when its seconds are over: steps are timed first, and both cycles are laid out to fit.

Options: paths, weights (the starter or resnet50v2-imagenet-to-layer3). A question: taught, labels, held,
classes, seed, seconds.
"""

import time

import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.optim import AdamW
from torch.optim.lr_scheduler import OneCycleLR
from torchvision.models import resnet18
from torchvision.transforms import v2

from answers import options, serve
from preactivation import PreActivation, read_safetensors

asked = options()
tensors = read_safetensors(asked["weights"])
is_starter = "norm.weight" not in tensors
size, resize = (128, 146) if is_starter else (224, 256)
batch = 32
base_rate, freeze_share = 2e-3, 0.2
mean = torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1)
deviation = torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1)
crop = v2.RandomResizedCrop(size, scale=(0.35, 1.0), antialias=True)


def network(classes):
    """The backbone with its weights, and a head that standardises what it sees."""
    if is_starter:
        model = resnet18()
        model.layer4 = nn.Identity()
    else:
        model = PreActivation(classes)
    missing, left = model.load_state_dict(tensors, strict=False)
    unknown = [name for name in missing if not name.startswith("fc.") and "num_batches" not in name]
    if unknown or left:
        raise ValueError(f"missing {unknown[:3]}, unexpected {left[:3]}")
    columns = 256 if is_starter else 1024
    model.fc = nn.Sequential(nn.BatchNorm1d(columns), nn.Dropout(0.25), nn.Linear(columns, classes))
    return model


def stages(model):
    """From the stem to the head, each with its parameters."""
    names = ["layer1", "layer2", "layer3"]
    upper = list(model.fc.parameters()) + ([] if is_starter else list(model.norm.parameters()))
    above = {id(p) for name in names for p in getattr(model, name).parameters()} | {id(p) for p in upper}
    stem = [p for p in model.parameters() if id(p) not in above]
    return [stem, *(list(getattr(model, name).parameters()) for name in names), upper]


decoded = {}


def photo(row):
    """uint8 [3, height, width], the shorter side a little longer than the network's; kept in memory."""
    if row not in decoded:
        with Image.open(asked["paths"][row]) as picture:
            picture = picture.convert("RGB")
            scale = resize / min(picture.size)
            sides = [max(size, round(side * scale)) for side in picture.size]
            pixels = np.array(picture.resize(sides, Image.Resampling.BICUBIC))
        decoded[row] = torch.from_numpy(pixels).permute(2, 0, 1)
    return decoded[row]


def normalised(views):
    return (torch.stack(views).float() / 255 - mean) / deviation


def varied(row):
    view = crop(photo(row))
    return view.flip(2) if torch.rand(()) < 0.5 else view


def answer(question):
    taught, labels = question["taught"], torch.tensor(question["labels"])
    torch.manual_seed(question["seed"])
    for row in taught:
        photo(row)
    model = network(question["classes"])
    loss_of = nn.CrossEntropyLoss()
    began = time.perf_counter()

    def batches():
        while True:
            order = torch.randperm(len(taught))
            if len(order) < batch:
                order = torch.cat([order] * -(-batch // len(order)))
            for at in range(0, len(order) - batch + 1, batch):
                yield order[at : at + batch]

    drawn = batches()

    def cycle(steps, rates, pct_start):
        groups = stages(model)
        trained = [{"params": group, "lr": rate} for group, rate in zip(groups, rates) if rate]
        for group, rate in zip(groups, rates):
            for parameter in group:
                parameter.requires_grad = rate > 0
        optimizer = AdamW(trained, weight_decay=0.01)
        highest = [group["lr"] for group in trained]
        # A cycle of fewer steps has no room for its way up.
        schedule = OneCycleLR(optimizer, highest, total_steps=max(10, steps), pct_start=pct_start)
        model.train()
        for _ in range(steps):
            rows = next(drawn)
            optimizer.zero_grad()
            loss = loss_of(model(normalised([varied(taught[i]) for i in rows])), labels[rows])
            loss.backward()
            optimizer.step()
            schedule.step()

    def timed(rates):
        """Seconds of a step; the weights do not change."""
        kept = {name: value.clone() for name, value in model.state_dict().items()}
        cycle(1, rates, 0.5)
        started = time.perf_counter()
        cycle(2, rates, 0.5)
        model.load_state_dict(kept)
        return (time.perf_counter() - started) / 2

    head_alone = [0, 0, 0, 0, base_rate]
    # From a hundredth of the head's rate at the stem, in equal ratios.
    everything = [base_rate / 2 * 100 ** (i / 4 - 1) for i in range(5)]
    seconds_a_step = timed(head_alone), timed(everything)
    left = question["seconds"] - (time.perf_counter() - began)
    frozen = max(1, round(freeze_share * left / seconds_a_step[0]))
    left -= frozen * seconds_a_step[0]
    tuned = max(1, round(left / seconds_a_step[1]))
    cycle(frozen, head_alone, 0.9)
    cycle(tuned, everything, 0.3)
    seconds = time.perf_counter() - began
    model.eval()
    with torch.inference_mode():
        centre = v2.CenterCrop(size)
        rows = question["held"]
        parts = [rows[at : at + batch] for at in range(0, len(rows), batch)]
        logits = torch.cat([model(normalised([centre(photo(row)) for row in part])) for part in parts])
    epochs = tuned * batch / len(taught)
    return logits.softmax(1).tolist(), seconds, f"{frozen} + {tuned} steps, {epochs:.0f} epochs"


serve(answer)

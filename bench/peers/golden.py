"""Golden numbers from PyTorch: forward.json and train.json in the format of ../shared/golden, with
any salt. Weights and pictures come from the generator that golden/README.md describes, so that the
engine repeats them without a file of weights.

    python bench/peers/golden.py --salt 7 --out FOLDER
    npm run restage -- golden FOLDER --salt 7
"""

import argparse
import json
import os

import numpy as np
import torch
import torchvision

ARCHITECTURES = ("resnet18", "resnet34", "resnet50", "resnet101", "resnet152")
STAGES = ("stem", "layer1", "layer2", "layer3", "layer4", "head")
LABELS = [0, 1, 2, 0, 1, 2, 0, 1]
THROUGH_LAYER2 = ["stem", "layer1", "layer2"]
# name -> frozen stages, batch norm of the frozen stages, how much the learning rate is divided by
CASES = {
    "all-trainable": ([], "batch", 1),
    "freeze-through-layer2": (THROUGH_LAYER2, "moving", 1),
    "freeze-through-layer2-bn-batch": (THROUGH_LAYER2, "batch", 1),
    "head-only": (list(STAGES[:-1]), "moving", 10),
    "freeze-middle-layer2-layer3": (["layer2", "layer3"], "moving", 1),
}
RATES = {"resnet18": 0.01, "resnet50": 0.001}
# The tensors that a training case tells about.
SHOWN = (
    *("conv1.weight", "bn1.weight", "bn1.running_mean", "bn1.running_var"),
    *("layer1.0.conv1.weight", "layer2.0.downsample.0.weight", "layer2.0.bn1.running_mean"),
    *("layer3.0.conv1.weight", "layer3.1.bn2.running_var", "layer4.0.downsample.0.weight"),
    *("layer4.1.bn2.weight", "layer4.1.bn2.running_mean", "fc.weight", "fc.bias"),
)


def generated(name, count, salt):
    """`count` values in [-1, 1): mulberry32 addressed by counter, seeded by FNV-1a of the name."""
    seed = 2166136261
    for byte in name.encode():
        seed = ((seed ^ byte) * 16777619) & 0xFFFFFFFF
    # All in uint32: overflow wraps, as the generator wants.
    index = np.arange(1, count + 1, dtype=np.uint32)
    a = np.uint32((seed ^ salt) & 0xFFFFFFFF) + index * np.uint32(0x6D2B79F5)
    t = (a ^ (a >> np.uint32(15))) * (a | np.uint32(1))
    t ^= t + (t ^ (t >> np.uint32(7))) * (t | np.uint32(61))
    t ^= t >> np.uint32(14)
    return 2 * (t.astype(np.float64) / 2**32) - 1


def scaled(name, shape, values, last_norm):
    """README's table, in float64. `last_norm` names the last batch norm of a residual block."""
    if len(shape) == 4:
        return values * np.sqrt(6 / np.prod(shape[1:]))
    if name == "fc.weight":
        return values * np.sqrt(3 / shape[1])
    if name.endswith("running_var"):
        return 1 + 0.2 * values
    if name.endswith(".weight"):
        return (1 + 0.2 * values) * (0.25 if f".{last_norm}." in name else 1)
    return 0.1 * values


def network(architecture, classes, salt):
    model = torchvision.models.get_model(architecture, weights=None, num_classes=classes)
    last_norm = "bn2" if architecture in ("resnet18", "resnet34") else "bn3"
    state = model.state_dict()
    for name, tensor in state.items():
        if name.endswith("num_batches_tracked"):
            continue
        shape = tuple(tensor.shape)
        values = generated(name, int(np.prod(shape)), salt)
        values = scaled(name, shape, values, last_norm).astype(np.float32).reshape(shape)
        tensor.copy_(torch.from_numpy(values))
    return model


def pictures(name, shape, salt):
    values = generated(name, int(np.prod(shape)), salt).astype(np.float32)
    return torch.from_numpy(values.reshape(shape))


def rounded(value):
    """Seven digits: all that float32 holds."""
    if isinstance(value, (list, tuple)):
        return [rounded(item) for item in value]
    return float(f"{value:.7g}")


def norm(tensor):
    return tensor.double().norm().item()


def forward_case(architecture, salt):
    model = network(architecture, 1000, salt).eval()
    outputs = []
    for stage in STAGES[1:-1]:
        getattr(model, stage).register_forward_hook(lambda _, __, output: outputs.append(output))
    with torch.inference_mode():
        logits = model(pictures("input", (2, 3, 224, 224), salt))
    return {
        "parameters": sum(parameter.numel() for parameter in model.parameters()),
        "logits_first10": rounded(logits[:, :10].tolist()),
        "logits_l2": rounded([norm(row) for row in logits]),
        "argmax": logits.argmax(1).tolist(),
        "stage_mean": rounded([output.double().mean().item() for output in outputs]),
        "stage_std": rounded([output.double().std().item() for output in outputs]),
        "stage_shape_nchw": [list(output.shape) for output in outputs],
    }


def parts_of(model, stage):
    if stage == "stem":
        return [model.conv1, model.bn1]
    return [model.fc if stage == "head" else getattr(model, stage)]


def train_case(architecture, case, salt):
    frozen, frozen_batch_norm, divisor = CASES[case]
    rate = RATES[architecture] / divisor
    model = network(architecture, 3, salt).train()
    for stage in frozen:
        for part in parts_of(model, stage):
            part.train(frozen_batch_norm == "batch")
            for parameter in part.parameters():
                parameter.requires_grad = False
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    trainable = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.SGD(trainable, lr=rate, momentum=0.9, weight_decay=1e-4)
    loss_of = torch.nn.CrossEntropyLoss()
    images = pictures("train-input", (8, 3, 64, 64), salt)
    labels = torch.tensor(LABELS)
    losses = []
    for _ in range(3):
        optimizer.zero_grad()
        loss = loss_of(model(images), labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    with torch.inference_mode():
        logits = model.eval()(images)
    after = {
        name: tensor
        for name, tensor in model.state_dict().items()
        if not name.endswith("num_batches_tracked")
    }
    return {
        "lr": rate,
        "frozen": frozen,
        "frozen_batch_norm": frozen_batch_norm,
        "losses": rounded(losses),
        "eval_logits_after": rounded(logits.tolist()),
        "tensors_after": {
            name: {
                "l2": rounded(norm(after[name])),
                "first4": rounded(after[name].flatten()[:4].tolist()),
                "change_l2": rounded(norm(after[name] - before[name])),
            }
            for name in SHOWN
        },
        "unchanged": sum(torch.equal(tensor, before[name]) for name, tensor in after.items()),
    }


def write(folder, name, content):
    with open(os.path.join(folder, name), "w", encoding="utf8") as file:
        json.dump(content, file, indent=1)


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--salt", type=int, default=0)
    options.add_argument("--out", required=True)
    options.add_argument("--only", default="", help="cases whose name starts so, as restage has it")
    asked = options.parse_args()
    os.makedirs(asked.out, exist_ok=True)
    forward = {
        name: forward_case(name, asked.salt)
        for name in ARCHITECTURES
        if f"forward/{name}".startswith(asked.only)
    }
    write(asked.out, "forward.json", forward)
    train = {
        "optimizer": "SGD with the case's lr, momentum 0.9 (torch form: v = 0.9 v + g; "
        "w -= lr v) weight_decay 1e-4 on every trainable parameter",
        "batch_norm": "eps 1e-5, momentum 0.1 with unbiased variance in the running estimate",
        "input": "train-input, 8 x 3 x 64 x 64",
        "labels": LABELS,
        "cases": {
            f"{architecture}/{case}": train_case(architecture, case, asked.salt)
            for architecture in RATES
            for case in CASES
            if f"train/{architecture}/{case}".startswith(asked.only)
        },
    }
    write(asked.out, "train.json", train)


if __name__ == "__main__":
    main()

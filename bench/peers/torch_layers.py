"""The layers of a network one at a time, forward and backward, channels_last: the peer of
bench/layerTimes.ts, which sends the list. A round answers each layer's milliseconds in one step.

Options: layers, batch, precision.
"""

import statistics
import time

import torch
from torch.nn import functional

from rounds import serve, settings, torch_versions

asked = settings()
dtype = torch.bfloat16 if asked["precision"] == "bfloat16" else torch.float32
REPEATS = 5


def picture_map(shape):
    height, width, channels = shape
    values = torch.zeros(asked["batch"], channels, height, width, dtype=dtype)
    return values.to(memory_format=torch.channels_last)


def prepared(layer):
    """(what gradients are asked of, the forward pass)"""
    x = picture_map(layer["input"])
    x.requires_grad = layer["inputGradient"]
    wanted = [x] if layer["inputGradient"] else []
    channels = layer["output"][2]
    kernel, stride = layer["kernel"], layer["stride"]
    kind = layer["kind"]
    if kind == "convolution":
        weight = torch.zeros(channels, layer["input"][2], kernel, kernel, dtype=dtype)
        weight = weight.to(memory_format=torch.channels_last).requires_grad_()
        forward = lambda: functional.conv2d(x, weight, None, stride, kernel // 2)
        return [*wanted, weight], forward
    if kind == "batchNorm":
        scale, offset = (torch.zeros(channels, requires_grad=True) for _ in range(2))
        mean, variance = torch.zeros(channels), torch.ones(channels)
        forward = lambda: functional.batch_norm(x, mean, variance, scale, offset, True)
        return [*wanted, scale, offset], forward
    if kind == "relu":
        return wanted, lambda: functional.relu(x)
    if kind == "maxPool":
        return wanted, lambda: functional.max_pool2d(x, kernel, stride, kernel // 2)
    other = picture_map(layer["input"])
    return wanted, lambda: x + other


def milliseconds(layer):
    wanted, forward = prepared(layer)
    gradient = picture_map(layer["output"])
    times = []
    for _ in range(1 + REPEATS):
        started = time.perf_counter()
        torch.autograd.grad(forward(), wanted, gradient)
        times.append(1000 * (time.perf_counter() - started))
    return statistics.median(times[1:]) * layer["count"]


serve(torch_versions(), lambda: {layer["key"]: milliseconds(layer) for layer in asked["layers"]})

"""Steps that train layer3 and the head of the pre-activation ResNet-50, the rest frozen, without a
cache: the frozen stages run anew in every step, as they do in PyTorch.

Options: weights, batch, size, layout (default | channels_last), precision.
"""

import torch

from preactivation import pretrained
from rounds import repeated, serve, settings, torch_versions

asked = settings()
layout = torch.channels_last if asked["layout"] == "channels_last" else torch.contiguous_format
half = asked["precision"] == "bfloat16"
torch.manual_seed(0)

model = pretrained(asked["weights"], 2).to(memory_format=layout).train()
frozen = [model.bn_data, model.conv1, model.bn1, model.layer1, model.layer2]
for part in frozen:
    part.eval()
    for parameter in part.parameters():
        parameter.requires_grad = False
trainable = [parameter for parameter in model.parameters() if parameter.requires_grad]
optimizer = torch.optim.SGD(trainable, lr=0.001, momentum=0.9, weight_decay=1e-4)
loss_of = torch.nn.CrossEntropyLoss()
size, batch = asked["size"], asked["batch"]
pictures = torch.randn(batch, 3, size, size).to(memory_format=layout)
labels = torch.arange(batch) % 2


def step():
    optimizer.zero_grad(set_to_none=True)
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=half):
        loss = loss_of(model(pictures), labels)
    loss.backward()
    optimizer.step()
    return loss.item()


step()
serve(torch_versions(), lambda: repeated(batch, step))

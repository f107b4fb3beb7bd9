"""The processor's matrix-multiply peak as torch.mm reaches it: a chain of square products.

Options: side, products, precision.
"""

import torch

from rounds import repeated, serve, settings, torch_versions

asked = settings()
side, products = asked["side"], asked["products"]
dtype = torch.bfloat16 if asked["precision"] == "bfloat16" else torch.float32
start = torch.ones(side, side, dtype=dtype)
factor = torch.full((side, side), 1 / side, dtype=dtype)


def chain():
    product = start
    for _ in range(products):
        product = torch.mm(product, factor)
    return product[0, 0].item()


chain()
serve(torch_versions(), lambda: repeated(2 * products * side**3, chain))

"""PyTorch's product of two matrices, measured: see product.ts."""

import numpy
import torch

from rival import measure, plan

EDGE = 1024

index = numpy.arange(EDGE * EDGE, dtype=numpy.float64)
a = torch.from_numpy(numpy.sin(index).astype(numpy.float32).reshape(EDGE, EDGE))
b = torch.from_numpy(numpy.cos(index).astype(numpy.float32).reshape(EDGE, EDGE))
c = torch.empty(EDGE, EDGE)


def run(_):
    torch.mm(a, b, out=c)
    return c[0, 0]


measure(f"product {EDGE}^3", run, plan())

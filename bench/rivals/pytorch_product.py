"""PyTorch's product of two matrices, measured: see product.ts."""

import numpy
import torch

from rival import DEVICE, measure, plan

PLAN = plan(("shape",))
M, N, K = map(int, (PLAN.shape or "1024x1024x1024").split("x"))


def factor(function, rows, columns):
    index = numpy.arange(rows * columns, dtype=numpy.float64)
    values = function(index).astype(numpy.float32).reshape(rows, columns)
    return torch.from_numpy(values).to(DEVICE)


a = factor(numpy.sin, M, K)
b = factor(numpy.cos, K, N)
c = torch.empty(M, N, device=DEVICE)


def run(_):
    torch.mm(a, b, out=c)
    return c[0, 0].clone()


name = f"product {M}^3" if M == N == K else f"product {M} x {N} x {K}"
measure(name, run, PLAN)

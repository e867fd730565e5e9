"""Records what optimizers do in float64, into optimizers.json.

AdamW, SGD, Adagrad and RMSprop are PyTorch's. The others are written out here from their publications with
plain tensors, apart from the references of tests/reference, as a second implementation of each.
"""

import json
import math
import pathlib
import platform

import numpy
import torch

HERE = pathlib.Path(__file__).parent
SHAPE = (2, 3)
STEPS = 10
BETAS = (0.8, 0.95)
EPS = 1e-3
DECAY = 0.1

INITIAL = [1.0, -2.0, 0.5, 3.0, -0.25, 0.125]
RATES = [0.01 * 0.9**step for step in range(STEPS)]


def gradient(step):
    """Six numbers of either sign and several sizes, one of them zero; exact in float32."""
    return [((7 * i + 5 * step) % 11 - 5) / 2**i if i != 4 else 0.0 for i in range(6)]


GRADIENTS = [gradient(step) for step in range(STEPS)]


def record(make_step, shape=SHAPE):
    """Runs `step(gradient, rate, t)`, which returns the parameter and its states."""
    parameter = torch.tensor(INITIAL, dtype=torch.float64).reshape(shape)
    step = make_step(parameter)
    parameters, states = [], {}
    for t, (values, rate) in enumerate(zip(GRADIENTS, RATES), 1):
        grad = torch.tensor(values, dtype=torch.float64).reshape(shape)
        parameter, states = step(grad, rate, t)
        parameters.append(parameter.flatten().tolist())
    return {
        "parameters": parameters,
        "states": {name: state.flatten().double().tolist() for name, state in states.items()},
    }


def from_torch(optimizer_class, **options):
    def make_step(initial):
        parameter = torch.nn.Parameter(initial.clone())
        optimizer = optimizer_class([parameter], lr=1.0, **options)

        def step(grad, rate, t):
            optimizer.param_groups[0]["lr"] = rate
            parameter.grad = grad
            optimizer.step()
            states = {
                name: state
                for name, state in optimizer.state[parameter].items()
                if name != "step" and state is not None
            }
            return parameter.detach().clone(), states

        return step

    return record(make_step)


def adamw_hf(initial):
    p, m, v = initial.clone(), torch.zeros_like(initial), torch.zeros_like(initial)

    def step(grad, rate, t):
        m.mul_(BETAS[0]).add_(grad, alpha=1 - BETAS[0])
        v.mul_(BETAS[1]).addcmul_(grad, grad, value=1 - BETAS[1])
        size = rate * math.sqrt(1 - BETAS[1] ** t) / (1 - BETAS[0] ** t)
        p.addcdiv_(m, v.sqrt() + EPS, value=-size)
        p.add_(p, alpha=-rate * DECAY)
        return p, {"exp_avg": m, "exp_avg_sq": v}

    return step


def kept(x, dtype):
    """Rounds float64 once; torch's own cast goes by way of float32, and rounds some numbers twice."""
    if dtype is torch.float32:
        return x  # As the references keep it.
    bits, least = {torch.bfloat16: (7, -126), torch.float16: (10, -14)}[dtype]
    exponent = numpy.frexp(x.numpy())[1] - 1
    quantum = numpy.ldexp(1.0, numpy.maximum(exponent, least) - bits)
    return torch.from_numpy(numpy.round(x.numpy() / quantum) * quantum)


def anyprecision(kahan, momentum, variance, compensation):

    def make_step(initial):
        p = initial.clone()
        m, v, c = (torch.zeros_like(initial) for _ in range(3))

        def step(grad, rate, t):
            nonlocal m, v, c, p
            p = p * (1 - rate * DECAY)
            m = kept(torch.lerp(grad, m, BETAS[0]), momentum)
            v = kept(torch.lerp(grad.square(), v, BETAS[1]), variance)
            root = (v / (1 - BETAS[1] ** t)).sqrt() + EPS
            change = m / (1 - BETAS[0] ** t) / root * rate
            if not kahan:
                p = p - change
                return p, {"exp_avg": m, "exp_avg_sq": v}
            c = kept(c - change, compensation)
            before = p
            p = before + c
            c = kept(c + (before - p), compensation)
            return p, {"exp_avg": m, "exp_avg_sq": v, "compensation": c}

        return step

    return make_step


def lion(initial):
    p, m = initial.clone(), torch.zeros_like(initial)

    def step(grad, rate, t):
        nonlocal p, m
        direction = torch.lerp(grad, m, BETAS[0]).sign()
        p = p - rate * (direction + DECAY * p)
        m = torch.lerp(grad, m, BETAS[1])
        return p, {"exp_avg": m}

    return step


def adafactor(initial):
    p = initial.clone()
    factored = p.dim() == 2
    row, column = torch.zeros(p.shape[0]).double(), torch.zeros(p.shape[-1]).double()
    full = torch.zeros_like(p)

    def step(grad, rate, t):
        nonlocal p, row, column, full
        beta = 1 - t**-0.8
        square = grad**2 + 1e-30
        if factored:
            row = beta * row + (1 - beta) * square.mean(1)
            column = beta * column + (1 - beta) * square.mean(0)
            estimate = torch.outer(row, column) / row.mean()
            states = {"exp_avg_sq_row": row, "exp_avg_sq_col": column}
        else:
            full = beta * full + (1 - beta) * square
            estimate = full
            states = {"exp_avg_sq": full}
        update = grad / estimate.sqrt()
        update = update / max(1.0, float(update.square().mean().sqrt()))
        p = p - rate * DECAY * p - rate * update
        return p, states

    return step


def dynamic_map(signed):
    """The numbers of bitsandbytes' dynamic quantization, in float32 as there."""
    numbers = [torch.tensor([0.0, 1.0])]
    for decade in range(7):
        count = 2**decade if signed else 2 ** (decade + 1)
        edges = torch.linspace(0.1, 1, count + 1, dtype=torch.float32)
        middles = 10.0 ** (decade - 6) * ((edges[:-1] + edges[1:]) / 2.0)
        numbers += [middles, -middles] if signed else [middles]
    return torch.cat(numbers).sort().values


def quantized(values, numbers):
    scales, codes = [], []
    for block in values.split(256):
        scale = block.abs().max()
        scales.append(scale)
        distances = (block[:, None] / scale - numbers[None, :]).abs()
        codes.append(distances.argmin(1))
    return torch.stack(scales), torch.cat(codes)


def restored(scales, codes, numbers):
    return torch.cat([
        scale * numbers[block] for scale, block in zip(scales, codes.split(256))
    ])


def eight_bit_adamw(steps=3, count=300):
    """Gradients: ((7919 i + 104729 t) mod 2001 - 1000) / 1024 / 2^(i mod 9); values: i / 256 - 0.5."""
    index = torch.arange(count)
    p = index.double() / 256 - 0.5
    maps = dynamic_map(True).double(), dynamic_map(False).double()
    m, v = torch.zeros_like(p), torch.zeros_like(p)
    for t in range(1, steps + 1):
        grad = ((7919 * index + 104729 * t) % 2001 - 1000).double() / 1024 / 2.0 ** (index % 9)
        m = torch.lerp(grad, m, BETAS[0])
        v = torch.lerp(grad.square(), v, BETAS[1])
        root = (v / (1 - BETAS[1] ** t)).sqrt() + EPS
        p = p * (1 - 0.01 * DECAY) - 0.01 * m / (1 - BETAS[0] ** t) / root
        first, second = quantized(m, maps[0]), quantized(v, maps[1])
        m, v = restored(*first, maps[0]), restored(*second, maps[1])
    return {
        "parameter": p.tolist(),
        "firstCodes": first[1].tolist(),
        "firstScales": first[0].tolist(),
        "secondCodes": second[1].tolist(),
        "secondScales": second[0].tolist(),
    }


def cases():
    torch_optim = torch.optim
    f32, bf16, f16 = torch.float32, torch.bfloat16, torch.float16
    rms = {"alpha": 0.9, "eps": EPS, "weight_decay": DECAY}
    return {
        "adamw": from_torch(torch_optim.AdamW, betas=BETAS, eps=EPS, weight_decay=DECAY),
        "sgd": from_torch(torch_optim.SGD, weight_decay=DECAY),
        "sgd_momentum": from_torch(
            torch_optim.SGD, momentum=0.9, dampening=0.25, weight_decay=DECAY
        ),
        "sgd_nesterov": from_torch(
            torch_optim.SGD, momentum=0.9, nesterov=True, weight_decay=DECAY
        ),
        "adagrad": from_torch(torch_optim.Adagrad, lr_decay=0.1, eps=EPS, weight_decay=DECAY),
        "rmsprop": from_torch(torch_optim.RMSprop, **rms),
        "rmsprop_momentum": from_torch(torch_optim.RMSprop, momentum=0.5, **rms),
        "rmsprop_centered": from_torch(torch_optim.RMSprop, centered=True, **rms),
        "rmsprop_centered_momentum": from_torch(
            torch_optim.RMSprop, momentum=0.5, centered=True, **rms
        ),
        "adamw_hf": record(adamw_hf),
        "anyprecision": record(anyprecision(False, f32, bf16, bf16)),
        "anyprecision_kahan": record(anyprecision(True, bf16, f16, bf16)),
        "lion": record(lion),
        "adafactor_matrix": record(adafactor),
        "adafactor_vector": record(adafactor, (6,)),
    }


def main():
    recording = {
        "versions": {
            "python": platform.python_version(),
            "torch": torch.__version__,
            "numpy": numpy.__version__,
        },
        "shape": SHAPE,
        "initial": INITIAL,
        "gradients": GRADIENTS,
        "learningRates": RATES,
        "cases": cases(),
        "dynamicMap": {
            "signed": dynamic_map(True).tolist(),
            "unsigned": dynamic_map(False).tolist(),
        },
        "eightBitAdamw": eight_bit_adamw(),
    }
    (HERE / "optimizers.json").write_text(json.dumps(recording, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()

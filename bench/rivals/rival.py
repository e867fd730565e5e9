"""What the PyTorch programs share: flags, tasks, weights, and one line of JSON."""

import argparse
import json
import os
import platform
import resource
import statistics
import struct
import time

import numpy
import torch

DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")
PRECISIONS = ("f32", "tf32", "bf16")


def plan(texts=()):
    """Reads the flags of measure.ts, and `texts`."""
    flags = argparse.ArgumentParser()
    for name in ("task", "weights", *texts):
        flags.add_argument(f"--{name}", default="")
    flags.add_argument("--precision", choices=PRECISIONS, default="f32")
    for name in ("warmup", "times", "runs"):
        flags.add_argument(f"--{name}", type=int, default=1)
    return flags.parse_args()


def wait():
    """Returns when the device has done all that it was given."""
    if DEVICE.type == "cuda":
        torch.cuda.synchronize()


def name_of(engine, precision):
    """What tables call an engine."""
    return engine if precision == "f32" else f"{engine} {precision}"


def settle(precision):
    """Chooses how products of f32 are computed; PyTorch's default may change."""
    torch.backends.cuda.matmul.allow_tf32 = precision == "tf32"
    torch.backends.cudnn.allow_tf32 = precision == "tf32"


def read_safetensors(path):
    """All tensors of a file of float32 by name."""
    with open(path, "rb") as file:
        (size,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(size))
        data = file.read()
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        if entry["dtype"] != "F32":
            raise ValueError(f"Cannot read {name}: found {entry['dtype']}, wanted F32")
        begin, end = entry["data_offsets"]
        values = numpy.frombuffer(data[begin:end], dtype="<f4").reshape(entry["shape"])
        tensors[name] = torch.from_numpy(values.copy()).to(DEVICE)
    return tensors


def peak_memory():
    """The most memory held, in MB. What getrusage says may be the peak of the process that started this."""
    try:
        with open("/proc/self/status", encoding="ascii") as status:
            (line,) = (line for line in status if line.startswith("VmHWM:"))
            return int(line.split()[1]) * 1024 / 1e6
    except FileNotFoundError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def measure(what, run, plan):
    """Runs as measure.ts does: `run(index)` gives a number, which may still be on the device."""
    settle(plan.precision)
    values, times = [], []

    def some(count):
        start = time.perf_counter()
        results = [run(len(values) + i) for i in range(count)]
        values.extend(map(float, results))
        wait()
        return 1000 * (time.perf_counter() - start) / count

    for _ in range(plan.warmup):
        some(1)
    for _ in range(plan.times):
        times.append(some(plan.runs))
    tell(name_of("PyTorch", plan.precision), what, times, plan.runs, values)


def tell(name, what, times, runs, values, versions=None):
    """Prints the line of JSON that measure.ts describes; times in ms."""
    on_gpu = DEVICE.type == "cuda"
    print(json.dumps({
        "name": name,
        "what": what,
        "n": len(times),
        "runs_per_time": runs,
        "median_ms": statistics.median(times),
        "min_ms": min(times),
        "max_ms": max(times),
        "first_values": values[:5],
        "loss_first": values[0],
        "loss_last": values[-1],
        "peak_rss_mb": peak_memory(),
        **({"peak_gpu_mb": torch.cuda.max_memory_allocated() / 1e6} if on_gpu else {}),
        "versions": {
            "torch": torch.__version__,
            "python": platform.python_version(),
            **(
                {"cuda": torch.version.cuda}
                if on_gpu
                else {"openblas_coretype": os.environ.get("OPENBLAS_CORETYPE", "detected")}
            ),
            **(versions or {}),
        },
    }))

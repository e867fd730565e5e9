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


def plan():
    """Reads the flags of measure.ts."""
    flags = argparse.ArgumentParser()
    for name in ("task", "weights"):
        flags.add_argument(f"--{name}", default="")
    for name in ("warmup", "times", "runs"):
        flags.add_argument(f"--{name}", type=int, default=1)
    return flags.parse_args()


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
        tensors[name] = torch.from_numpy(values.copy())
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
    """Runs as measure.ts does: `run(index)` gives a number."""
    values, times = [], []

    def some(count):
        start = time.perf_counter()
        for _ in range(count):
            values.append(float(run(len(values))))
        return 1000 * (time.perf_counter() - start) / count

    for _ in range(plan.warmup):
        some(1)
    for _ in range(plan.times):
        times.append(some(plan.runs))
    print(json.dumps({
        "name": "PyTorch",
        "what": what,
        "n": plan.times,
        "runs_per_time": plan.runs,
        "median_ms": statistics.median(times),
        "min_ms": min(times),
        "max_ms": max(times),
        "first_values": values[:5],
        "loss_first": values[0],
        "loss_last": values[-1],
        "peak_rss_mb": peak_memory(),
        "versions": {
            "torch": torch.__version__,
            "python": platform.python_version(),
            "openblas_coretype": os.environ.get("OPENBLAS_CORETYPE", "detected"),
        },
    }))

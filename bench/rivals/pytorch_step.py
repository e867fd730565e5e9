"""PyTorch's training step, measured: what transformers and sentence-transformers compute, on a GPU if there is one."""

import json
import math

import torch
from torch.nn import functional

from rival import DEVICE, measure, plan, read_safetensors

PLAN = plan()
with open(PLAN.task, encoding="utf-8") as file:
    TASK = json.load(file)
CONFIG = TASK["config"]
# Of PyTorch 2, and what transformers uses there; on a CPU the two take about the same time.
FUSED = DEVICE.type == "cuda" and hasattr(functional, "scaled_dot_product_attention")
WEIGHTS = {
    name: torch.nn.Parameter(value)
    for name, value in read_safetensors(PLAN.weights).items()
    if not name.startswith("pooler.")
}


def linear(x, name):
    return functional.linear(x, WEIGHTS[f"{name}.weight"], WEIGHTS[f"{name}.bias"])


def norm(x, name):
    width = (CONFIG["hidden_size"],)
    gain, bias = WEIGHTS[f"{name}.weight"], WEIGHTS[f"{name}.bias"]
    return functional.layer_norm(x, width, gain, bias, CONFIG["layer_norm_eps"])


def attention(x, name, mask):
    rows, length, width = x.shape
    heads = CONFIG["num_attention_heads"]

    def project(part):
        projected = linear(x, f"{name}.self.{part}")
        return projected.view(rows, length, heads, width // heads).transpose(1, 2)

    query, key, value = project("query"), project("key"), project("value")
    if FUSED:
        context = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
    else:
        context = plain_attention(query, key, value, mask)
    context = context.transpose(1, 2).reshape(rows, length, width)
    return norm(linear(context, f"{name}.output.dense") + x, f"{name}.output.LayerNorm")


def plain_attention(query, key, value, mask):
    scores = query @ key.transpose(2, 3) / math.sqrt(query.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
    return scores.softmax(-1) @ value


def embed(ids, present):
    """Embeddings of a padded column; `present` is 1 for tokens and 0 for padding, or None."""
    words = functional.embedding(ids, WEIGHTS["embeddings.word_embeddings.weight"])
    positions = WEIGHTS["embeddings.position_embeddings.weight"][: ids.shape[1]]
    types = WEIGHTS["embeddings.token_type_embeddings.weight"][0]
    x = norm(words + positions + types, "embeddings.LayerNorm")
    mask = None
    if present is not None:
        mask = present[:, None, None, :].bool()
    for i in range(CONFIG["num_hidden_layers"]):
        layer = f"encoder.layer.{i}"
        x = attention(x, f"{layer}.attention", mask)
        inner = functional.gelu(linear(x, f"{layer}.intermediate.dense"))
        x = norm(linear(inner, f"{layer}.output.dense") + x, f"{layer}.output.LayerNorm")
    if present is None:
        return x.mean(1)
    return (x * present[:, :, None]).sum(1) / present.sum(1, keepdim=True)


def pad(rows):
    """A column padded to its longest sequence; no mask where all are of one length."""
    longest = max(map(len, rows))
    ids = torch.tensor([row + [0] * (longest - len(row)) for row in rows], device=DEVICE)
    if all(len(row) == longest for row in rows):
        return ids, None
    ones = [[1.0] * len(row) + [0.0] * (longest - len(row)) for row in rows]
    return ids, torch.tensor(ones, device=DEVICE)


def optimizer():
    settings = TASK["optimizer"]
    groups = [
        {"params": [p for n, p in WEIGHTS.items() if decays(n) is wanted], "weight_decay": decay}
        for wanted, decay in ((True, settings["weight_decay"]), (False, 0.0))
    ]
    betas = (settings["beta1"], settings["beta2"])
    fused = {"fused": True} if DEVICE.type == "cuda" else {}
    return torch.optim.AdamW(groups, settings["learning_rate"], betas, settings["epsilon"], **fused)


def decays(name):
    return not name.endswith("bias") and "LayerNorm" not in name


BATCHES = [(pad(batch["anchor"]), pad(batch["positive"])) for batch in TASK["batches"]]
OPTIMIZER = optimizer()


def loss_of(batch):
    anchors, positives = (functional.normalize(embed(*column).float()) for column in batch)
    scores = TASK["scale"] * anchors @ positives.T
    return functional.cross_entropy(scores, torch.arange(len(scores), device=DEVICE))


def step(index):
    with torch.autocast(DEVICE.type, torch.bfloat16, enabled=PLAN.precision == "bf16"):
        loss = loss_of(BATCHES[index % len(BATCHES)])
    OPTIMIZER.zero_grad(set_to_none=True)
    loss.backward()
    OPTIMIZER.step()
    return loss.detach()


measure(TASK["what"], step, PLAN)

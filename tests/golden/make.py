"""Makes the tiny BERT of this directory and records what PyTorch computes with it.

The model is written out here with the parameter names of Hugging Face's BertModel, so that only torch
and numpy are needed. Everything recorded is computed in float64 from weights that are exact in float32.
"""

import json
import math
import pathlib

import numpy
import torch
from torch.nn import functional

HERE = pathlib.Path(__file__).parent
SEED = 20240229
CONFIG = {
    "architectures": ["BertModel"],
    "attention_probs_dropout_prob": 0.0,
    "hidden_act": "gelu",
    "hidden_dropout_prob": 0.0,
    "hidden_size": 32,
    "initializer_range": 0.02,
    "intermediate_size": 64,
    "layer_norm_eps": 1e-12,
    "max_position_embeddings": 40,
    "model_type": "bert",
    "num_attention_heads": 2,
    "num_hidden_layers": 2,
    "pad_token_id": 0,
    "position_embedding_type": "absolute",
    "torch_dtype": "float32",
    "type_vocab_size": 2,
    "vocab_size": 120,
}
CLS, SEP, FIRST_WORD = 2, 3, 5
ANCHOR_LENGTHS = [5, 1, 9, 3, 17, 7]
POSITIVE_LENGTHS = [8, 2, 4, 17, 6, 11]
SCALE = 20.0
STEPS = 10
LEARNING_RATE = 1e-3
WEIGHT_DECAY = 0.01
MAX_NORM = 1.0


def make_vocabulary():
    letters = [chr(ord("a") + i) for i in range(26)]
    words = """the of and to in is was for on that with he as it by at from his an were are which
        this be or had first one their its new not have after but who they has two her she been other
        when time during there into all more year about would""".split()
    pieces = ["##" + letter for letter in letters] + ["##ing", "##ed", "##er", "##ly"]
    tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", ".", ",", "?", "!", "'", "-"]
    vocabulary = tokens + letters + pieces + words
    assert len(vocabulary) == len(set(vocabulary)) == CONFIG["vocab_size"]
    return vocabulary


def make_weights(random):
    width, inner = CONFIG["hidden_size"], CONFIG["intermediate_size"]
    weights = {}

    def matrix(name, rows, columns):
        weights[name] = random.normal(0, 0.2, (rows, columns))

    def linear(name, outputs, inputs):
        matrix(f"{name}.weight", outputs, inputs)
        weights[f"{name}.bias"] = random.normal(0, 0.1, outputs)

    def layer_norm(name):
        weights[f"{name}.weight"] = 1 + random.normal(0, 0.1, width)
        weights[f"{name}.bias"] = random.normal(0, 0.1, width)

    matrix("embeddings.word_embeddings.weight", CONFIG["vocab_size"], width)
    matrix("embeddings.position_embeddings.weight", CONFIG["max_position_embeddings"], width)
    matrix("embeddings.token_type_embeddings.weight", CONFIG["type_vocab_size"], width)
    layer_norm("embeddings.LayerNorm")
    for i in range(CONFIG["num_hidden_layers"]):
        layer = f"encoder.layer.{i}"
        for part in ("query", "key", "value"):
            linear(f"{layer}.attention.self.{part}", width, width)
        linear(f"{layer}.attention.output.dense", width, width)
        layer_norm(f"{layer}.attention.output.LayerNorm")
        linear(f"{layer}.intermediate.dense", inner, width)
        linear(f"{layer}.output.dense", width, inner)
        layer_norm(f"{layer}.output.LayerNorm")
    return {name: value.astype(numpy.float32) for name, value in weights.items()}


def make_batch(random):
    def sequence(length):
        ids = random.randint(FIRST_WORD, CONFIG["vocab_size"], length).tolist()
        ids[0] = CLS
        if length > 1:
            ids[-1] = SEP
        return ids

    return {
        "anchors": [sequence(length) for length in ANCHOR_LENGTHS],
        "positives": [sequence(length) for length in POSITIVE_LENGTHS],
    }


def encode(weights, sequences):
    """Hidden states [S, L, C] of the padded sequences, and their mask [S, L]."""
    longest = max(map(len, sequences))
    ids = torch.tensor([ids + [0] * (longest - len(ids)) for ids in sequences])
    mask = torch.tensor([[i < len(ids) for i in range(longest)] for ids in sequences])
    heads = CONFIG["num_attention_heads"]
    width = CONFIG["hidden_size"] // heads

    def linear(name, x):
        return functional.linear(x, weights[f"{name}.weight"], weights[f"{name}.bias"])

    def layer_norm(name, x):
        gain, bias = weights[f"{name}.weight"], weights[f"{name}.bias"]
        return functional.layer_norm(x, x.shape[-1:], gain, bias, CONFIG["layer_norm_eps"])

    def attention(name, x):
        query, key, value = (
            linear(f"{name}.{part}", x).unflatten(-1, (heads, width)).transpose(1, 2)
            for part in ("query", "key", "value")
        )
        scores = query @ key.transpose(-1, -2) / math.sqrt(width)
        scores = scores.masked_fill(~mask[:, None, None, :], -math.inf)
        return (scores.softmax(-1) @ value).transpose(1, 2).flatten(2)

    hidden = weights["embeddings.word_embeddings.weight"][ids]
    hidden = hidden + weights["embeddings.position_embeddings.weight"][torch.arange(longest)]
    hidden = hidden + weights["embeddings.token_type_embeddings.weight"][torch.zeros_like(ids)]
    hidden = layer_norm("embeddings.LayerNorm", hidden)
    for i in range(CONFIG["num_hidden_layers"]):
        layer = f"encoder.layer.{i}"
        attended = linear(f"{layer}.attention.output.dense", attention(f"{layer}.attention.self", hidden))
        hidden = layer_norm(f"{layer}.attention.output.LayerNorm", hidden + attended)
        inner = functional.gelu(linear(f"{layer}.intermediate.dense", hidden))
        hidden = layer_norm(f"{layer}.output.LayerNorm", hidden + linear(f"{layer}.output.dense", inner))
    return hidden, mask


def evaluate(weights, batch):
    """Multiple negatives ranking loss of the batch, and what it is made of."""
    hidden, mask = encode(weights, batch["anchors"] + batch["positives"])
    pooled = (hidden * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
    embeddings = functional.normalize(pooled, dim=-1)
    anchors, positives = embeddings.split(len(batch["anchors"]))
    scores = SCALE * anchors @ positives.T
    loss = functional.cross_entropy(scores, torch.arange(len(anchors)))
    return loss, {"hidden": hidden[mask], "pooled": pooled, "embeddings": embeddings}


def parameters(weights, dtype):
    return {
        name: torch.nn.Parameter(torch.tensor(value, dtype=dtype)) for name, value in weights.items()
    }


def record_step(weights, batch, dtype):
    """Loss, activations and every gradient, as float64."""
    model = parameters(weights, dtype)
    loss, activations = evaluate(model, batch)
    loss.backward()
    recorded = {"loss": loss.reshape(1), **activations}
    recorded.update({f"grad.{name}": value.grad for name, value in model.items()})
    return {name: value.detach().double().numpy() for name, value in recorded.items()}


def record_run(weights, batch):
    """Losses before, and norms before clipping, of ten steps of AdamW on the one batch."""
    model = parameters(weights, torch.float64)
    exempt = [name.endswith(".bias") or "LayerNorm" in name for name in model]
    decayed = [value for value, without in zip(model.values(), exempt) if not without]
    undecayed = [value for value, without in zip(model.values(), exempt) if without]
    groups = [
        {"params": decayed, "weight_decay": WEIGHT_DECAY},
        {"params": undecayed, "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(groups, lr=LEARNING_RATE, betas=(0.9, 0.999), eps=1e-8)
    losses, norms = [], []
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss, _ = evaluate(model, batch)
        loss.backward()
        norms.append(torch.nn.utils.clip_grad_norm_(model.values(), MAX_NORM).item())
        losses.append(loss.item())
        optimizer.step()
    return {"losses": numpy.array(losses), "norms": numpy.array(norms)}


def write_safetensors(path, tensors):
    header, blocks, offset = {"__metadata__": {"format": "pt"}}, [], 0
    for name, tensor in tensors.items():
        block = tensor.astype("<f4").tobytes()
        end = offset + len(block)
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [offset, end]}
        blocks.append(block)
        offset = end
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(len(text).to_bytes(8, "little") + text + b"".join(blocks))


def main():
    random = numpy.random.RandomState(SEED)
    weights, batch = make_weights(random), make_batch(random)
    truth = record_step(weights, batch, torch.float64)
    single = record_step(weights, batch, torch.float32)
    distances = {
        f"float32_distance.{name}": numpy.array([numpy.linalg.norm(single[name] - truth[name])])
        for name in truth
    }
    run = record_run(weights, batch)

    directory = HERE / "bert_tiny"
    directory.mkdir(exist_ok=True)
    (directory / "config.json").write_text(json.dumps(CONFIG, indent=2) + "\n")
    (directory / "vocab.txt").write_text("\n".join(make_vocabulary()) + "\n")
    write_safetensors(directory / "model.safetensors", weights)
    write_safetensors(HERE / "bert_tiny_recording.safetensors", {**truth, **run, **distances})
    rows = ",\n".join(
        f'  "{name}": [\n' + ",\n".join(f"    {ids}" for ids in batch[name]) + "\n  ]" for name in batch
    )
    (HERE / "batch.json").write_text("{\n" + rows + "\n}\n")


if __name__ == "__main__":
    main()

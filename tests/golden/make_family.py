"""Makes a tiny RoBERTa, DistilBERT, MPNet and ModernBERT and records what PyTorch computes with them.

Each forward pass is written out here from the published description of the architecture, with the
parameter names of Hugging Face's checkpoints, so that only torch and numpy are needed. It shares the batch
and the ways to record with make.py: weights exact in float32, everything else computed in float64.
"""

import json
import math

import numpy
import torch
from torch.nn import functional

from make import HERE, SCALE, parameters, write_safetensors

SEED = 20240301
VOCABULARY, WIDTH, HEADS, INNER, LAYERS = 120, 32, 2, 48, 2
COMMON = {"initializer_range": 0.02, "torch_dtype": "float32", "vocab_size": VOCABULARY}
BERT_LIKE = {
    **COMMON,
    "attention_probs_dropout_prob": 0.0,
    "hidden_dropout_prob": 0.0,
    "hidden_size": WIDTH,
    "intermediate_size": INNER,
    "max_position_embeddings": 24,
    "num_attention_heads": HEADS,
    "num_hidden_layers": LAYERS,
    "pad_token_id": 1,
}
CONFIGS = {
    "roberta": {
        **BERT_LIKE,
        "architectures": ["RobertaModel"],
        "hidden_act": "gelu",
        "layer_norm_eps": 1e-5,
        "model_type": "roberta",
        "type_vocab_size": 1,
    },
    "distilbert": {
        **COMMON,
        "activation": "gelu",
        "architectures": ["DistilBertModel"],
        "attention_dropout": 0.0,
        "dim": WIDTH,
        "dropout": 0.0,
        "hidden_dim": INNER,
        "max_position_embeddings": 20,
        "model_type": "distilbert",
        "n_heads": HEADS,
        "n_layers": LAYERS,
        "pad_token_id": 0,
        "sinusoidal_pos_embds": False,
    },
    "mpnet": {
        **BERT_LIKE,
        "architectures": ["MPNetModel"],
        "hidden_act": "gelu_new",
        "layer_norm_eps": 1e-12,
        "model_type": "mpnet",
        "relative_attention_num_buckets": 32,
    },
    "modernbert": {
        **COMMON,
        "architectures": ["ModernBertModel"],
        "attention_bias": False,
        "attention_dropout": 0.0,
        "embedding_dropout": 0.0,
        "global_attn_every_n_layers": 2,
        "global_rope_theta": 160000.0,
        "hidden_activation": "gelu",
        "hidden_size": WIDTH,
        "intermediate_size": INNER,
        "local_attention": 8,
        "local_rope_theta": 10000.0,
        "max_position_embeddings": 64,
        "mlp_bias": False,
        "mlp_dropout": 0.0,
        "model_type": "modernbert",
        "norm_bias": False,
        "norm_eps": 1e-5,
        "num_attention_heads": HEADS,
        "num_hidden_layers": 3,
        "pad_token_id": 0,
    },
}


class Draw:
    """Draws weights and gives them names."""

    def __init__(self, random):
        self.random = random
        self.weights = {}

    def matrix(self, name, rows, columns, deviation=0.2):
        self.weights[f"{name}.weight"] = self.random.normal(0, deviation, (rows, columns))

    def linear(self, name, outputs, inputs):
        self.matrix(name, outputs, inputs)
        self.weights[f"{name}.bias"] = self.random.normal(0, 0.1, outputs)

    def norm(self, name, bias=True):
        self.weights[f"{name}.weight"] = 1 + self.random.normal(0, 0.1, WIDTH)
        if bias:
            self.weights[f"{name}.bias"] = self.random.normal(0, 0.1, WIDTH)

    def result(self):
        return {name: value.astype(numpy.float32) for name, value in self.weights.items()}


# How the parts of a post-norm layer are called: projections, output, norm; inner, outer, norm.
POST_NORM_NAMES = {
    "roberta": (
        "encoder.layer.{}.",
        ["attention.self.query", "attention.self.key", "attention.self.value"],
        ["attention.output.dense", "attention.output.LayerNorm"],
        ["intermediate.dense", "output.dense", "output.LayerNorm"],
    ),
    "distilbert": (
        "transformer.layer.{}.",
        ["attention.q_lin", "attention.k_lin", "attention.v_lin"],
        ["attention.out_lin", "sa_layer_norm"],
        ["ffn.lin1", "ffn.lin2", "output_layer_norm"],
    ),
    "mpnet": (
        "encoder.layer.{}.",
        ["attention.attn.q", "attention.attn.k", "attention.attn.v"],
        ["attention.attn.o", "attention.LayerNorm"],
        ["intermediate.dense", "output.dense", "output.LayerNorm"],
    ),
}


def post_norm_weights(kind, random):
    draw = Draw(random)
    draw.matrix("embeddings.word_embeddings", VOCABULARY, WIDTH)
    draw.matrix("embeddings.position_embeddings", CONFIGS[kind]["max_position_embeddings"], WIDTH)
    if kind == "roberta":
        draw.matrix("embeddings.token_type_embeddings", 1, WIDTH)
    draw.norm("embeddings.LayerNorm")
    prefix, projections, (output, first_norm), (inner, outer, last_norm) = POST_NORM_NAMES[kind]
    for i in range(LAYERS):
        layer = prefix.format(i)
        for name in projections + [output]:
            draw.linear(layer + name, WIDTH, WIDTH)
        draw.norm(layer + first_norm)
        draw.linear(layer + inner, INNER, WIDTH)
        draw.linear(layer + outer, WIDTH, INNER)
        draw.norm(layer + last_norm)
    if kind == "mpnet":
        draw.matrix("encoder.relative_attention_bias", 32, HEADS, 1.0)
    return draw.result()


def modernbert_weights(random):
    draw = Draw(random)
    draw.matrix("embeddings.tok_embeddings", VOCABULARY, WIDTH)
    draw.norm("embeddings.norm", bias=False)
    for i in range(CONFIGS["modernbert"]["num_hidden_layers"]):
        layer = f"layers.{i}."
        if i > 0:
            draw.norm(layer + "attn_norm", bias=False)
        draw.matrix(layer + "attn.Wqkv", 3 * WIDTH, WIDTH)
        draw.matrix(layer + "attn.Wo", WIDTH, WIDTH)
        draw.norm(layer + "mlp_norm", bias=False)
        draw.matrix(layer + "mlp.Wi", 2 * INNER, WIDTH)
        draw.matrix(layer + "mlp.Wo", WIDTH, INNER)
    draw.norm("final_norm", bias=False)
    return draw.result()


def pad(sequences):
    longest = max(map(len, sequences))
    ids = torch.tensor([ids + [0] * (longest - len(ids)) for ids in sequences])
    mask = torch.tensor([[i < len(ids) for i in range(longest)] for ids in sequences])
    return ids, mask


def linear(weights, name, x):
    return functional.linear(x, weights[f"{name}.weight"], weights.get(f"{name}.bias"))


def layer_norm(weights, name, x, eps):
    gain, bias = weights[f"{name}.weight"], weights.get(f"{name}.bias")
    return functional.layer_norm(x, x.shape[-1:], gain, bias, eps)


def split(x):
    return x.unflatten(-1, (HEADS, WIDTH // HEADS)).transpose(1, 2)


def attend(query, key, value, mask, bias=0.0):
    """Context [S, L, C] of heads [S, H, L, D], where mask [S, 1, L, L] lets a row see."""
    scores = query @ key.transpose(-1, -2) / math.sqrt(query.shape[-1]) + bias
    scores = scores.masked_fill(~mask, -1e30)
    return (scores.softmax(-1) @ value).transpose(1, 2).flatten(2)


def t5_buckets(longest):
    """Buckets [L, L] of key position less query position: 32, from 8 on by logarithm up to 128."""
    places = torch.arange(longest)
    distance = places[None, :] - places[:, None]
    size = distance.abs()
    far = torch.log(size.clamp(min=1).float() / 8) / math.log(128 / 8) * 8
    bucket = torch.where(size < 8, size, (8 + far.long()).clamp(max=15))
    return bucket + 16 * (distance > 0)


def encode_post_norm(kind, weights, sequences):
    config = CONFIGS[kind]
    eps = config.get("layer_norm_eps", 1e-12)
    ids, mask = pad(sequences)
    longest = ids.shape[1]
    first = 0 if kind == "distilbert" else config["pad_token_id"] + 1
    x = weights["embeddings.word_embeddings.weight"][ids]
    x = x + weights["embeddings.position_embeddings.weight"][first + torch.arange(longest)]
    if kind == "roberta":
        x = x + weights["embeddings.token_type_embeddings.weight"][0]
    x = layer_norm(weights, "embeddings.LayerNorm", x, eps)
    bias = 0.0
    if kind == "mpnet":
        table = weights["encoder.relative_attention_bias.weight"]
        bias = table[t5_buckets(longest)].permute(2, 0, 1)[None]
    approximate = "tanh" if config.get("hidden_act") == "gelu_new" else "none"
    prefix, projections, (output, first_norm), (inner, outer, last_norm) = POST_NORM_NAMES[kind]
    for i in range(LAYERS):
        layer = prefix.format(i)
        query, key, value = (split(linear(weights, layer + name, x)) for name in projections)
        context = attend(query, key, value, mask[:, None, None, :], bias)
        attended = linear(weights, layer + output, context)
        x = layer_norm(weights, layer + first_norm, x + attended, eps)
        between = functional.gelu(linear(weights, layer + inner, x), approximate=approximate)
        x = layer_norm(weights, layer + last_norm, x + linear(weights, layer + outer, between), eps)
    return x, mask


def rotate(x, base):
    """Turns the pair of columns (i, i + D / 2) of heads [S, H, L, D] by position times base^(-2 i / D)."""
    half = x.shape[-1] // 2
    frequencies = base ** (-torch.arange(half, dtype=torch.float64) / half)
    angles = torch.arange(x.shape[-2], dtype=torch.float64)[:, None] * frequencies
    cosine, sine = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
    left, right = x[..., :half], x[..., half:]
    return torch.cat([left * cosine - right * sine, right * cosine + left * sine], -1)


def encode_modernbert(weights, sequences):
    config = CONFIGS["modernbert"]
    eps = config["norm_eps"]
    ids, mask = pad(sequences)
    places = torch.arange(ids.shape[1])
    distance = (places[:, None] - places[None, :]).abs()
    x = weights["embeddings.tok_embeddings.weight"][ids]
    x = layer_norm(weights, "embeddings.norm", x, eps)
    for i in range(config["num_hidden_layers"]):
        layer = f"layers.{i}."
        is_global = i % config["global_attn_every_n_layers"] == 0
        base = config["global_rope_theta" if is_global else "local_rope_theta"]
        seen = mask[:, None, None, :] & (is_global | (distance <= config["local_attention"] // 2))
        # A row of padding would see nothing.
        seen = seen | (distance == 0)
        y = layer_norm(weights, layer + "attn_norm", x, eps) if i > 0 else x
        query, key, value = map(split, linear(weights, layer + "attn.Wqkv", y).chunk(3, -1))
        context = attend(rotate(query, base), rotate(key, base), value, seen)
        x = x + linear(weights, layer + "attn.Wo", context)
        y = linear(weights, layer + "mlp.Wi", layer_norm(weights, layer + "mlp_norm", x, eps))
        value, gate = y.chunk(2, -1)
        x = x + linear(weights, layer + "mlp.Wo", functional.gelu(value) * gate)
    return layer_norm(weights, "final_norm", x, eps), mask


def record(kind, weights, batch, dtype):
    """Token vectors, loss and every gradient, as float64."""
    model = parameters(weights, dtype)
    sequences = batch["anchors"] + batch["positives"]
    if kind == "modernbert":
        hidden, mask = encode_modernbert(model, sequences)
    else:
        hidden, mask = encode_post_norm(kind, model, sequences)
    pooled = (hidden * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
    anchors, positives = functional.normalize(pooled, dim=-1).split(len(batch["anchors"]))
    scores = SCALE * anchors @ positives.T
    loss = functional.cross_entropy(scores, torch.arange(len(anchors)))
    loss.backward()
    recorded = {"hidden": hidden[mask], "loss": loss.reshape(1)}
    recorded.update({f"grad.{name}": value.grad for name, value in model.items()})
    return {name: value.detach().double().numpy() for name, value in recorded.items()}


def main():
    random = numpy.random.RandomState(SEED)
    batch = json.loads((HERE / "batch.json").read_text())
    for kind, config in CONFIGS.items():
        weights = modernbert_weights(random) if kind == "modernbert" else post_norm_weights(kind, random)
        truth = record(kind, weights, batch, torch.float64)
        single = record(kind, weights, batch, torch.float32)
        for name, value in truth.items():
            distance = numpy.linalg.norm(single[name] - value)
            truth_size = numpy.linalg.norm(value)
            print(f"{kind} {name}: float32 is off by {distance / max(truth_size, 1e-300):.1e}")
        if kind == "mpnet":
            truth["buckets"] = t5_buckets(300)[0].numpy()
        directory = HERE / f"{kind}_tiny"
        directory.mkdir(exist_ok=True)
        (directory / "config.json").write_text(json.dumps(config, indent=2) + "\n")
        write_safetensors(directory / "model.safetensors", weights)
        write_safetensors(HERE / f"{kind}_tiny_recording.safetensors", truth)


if __name__ == "__main__":
    main()

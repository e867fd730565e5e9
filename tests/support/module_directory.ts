/**
 * A model of many modules behind the tiny BERT, in the layouts of two eras, and what it computes in float64.
 *
 * @module
 */
import { encodeSafetensors, type NamedArray } from "../../src/io/safetensors.ts";
import type { SentenceTransformer } from "../../src/models/sentence_transformer.ts";
import { readGolden } from "../golden/golden.ts";
import { bert } from "../reference/bert.ts";
import { l2Normalize } from "../reference/l2_normalize.ts";
import { layerNorm } from "../reference/layer_norm.ts";
import { linear } from "../reference/linear.ts";
import { pool, type PoolMode } from "../reference/pool.ts";
import { normalValues } from "../reference/random_values.ts";

/** Columns of a token vector and of an embedding. */
export const [C, N] = [32, 12];

/** Contents by path; objects are written as JSON. */
export type Files = Record<string, string | Uint8Array | object>;

const WEIGHT = Float32Array.from(normalValues(N * 2 * C, 1), (value) => value / 8);
const BIAS = Float32Array.from(normalValues(N, 2));
const GAIN = Float32Array.from(normalValues(N, 3));
const SHIFT = Float32Array.from(normalValues(N, 4));

function file(tensors: Record<string, [readonly number[], Float32Array]>): Uint8Array {
  const arrays = Object.entries(tensors)
    .map(([name, [shape, data]]): [string, NamedArray] => [name, { shape, data }]);
  return encodeSafetensors(new Map(arrays), { format: "pt" });
}

const HEADS: Files = {
  "2_Dense/model.safetensors": file({
    "linear.weight": [[N, 2 * C], WEIGHT],
    "linear.bias": [[N], BIAS],
  }),
  "3_LayerNorm/model.safetensors": file({ "norm.weight": [[N], GAIN], "norm.bias": [[N], SHIFT] }),
};

/** What sentence-transformers 3 writes beside the encoder, word for word. */
export const VERSION_3: Files = {
  ...HEADS,
  "modules.json": `[
  {
    "idx": 0,
    "name": "0",
    "path": "",
    "type": "sentence_transformers.models.Transformer"
  },
  {
    "idx": 1,
    "name": "1",
    "path": "1_Pooling",
    "type": "sentence_transformers.models.Pooling"
  },
  {
    "idx": 2,
    "name": "2",
    "path": "2_Dense",
    "type": "sentence_transformers.models.Dense"
  },
  {
    "idx": 3,
    "name": "3",
    "path": "3_LayerNorm",
    "type": "sentence_transformers.models.LayerNorm"
  },
  {
    "idx": 4,
    "name": "4",
    "path": "4_Dropout",
    "type": "sentence_transformers.models.Dropout"
  },
  {
    "idx": 5,
    "name": "5",
    "path": "5_Normalize",
    "type": "sentence_transformers.models.Normalize"
  }
]
`,
  "config_sentence_transformers.json": `{
  "__version__": {
    "sentence_transformers": "3.0.1",
    "transformers": "none",
    "pytorch": "none"
  },
  "prompts": {
    "query": "who has "
  },
  "default_prompt_name": null,
  "similarity_fn_name": "manhattan"
}
`,
  "sentence_bert_config.json": '{\n  "max_seq_length": 24,\n  "do_lower_case": false\n}\n',
  "1_Pooling/config.json": `{
  "word_embedding_dimension": 32,
  "pooling_mode_cls_token": false,
  "pooling_mode_mean_tokens": false,
  "pooling_mode_max_tokens": false,
  "pooling_mode_mean_sqrt_len_tokens": false,
  "pooling_mode_weightedmean_tokens": true,
  "pooling_mode_lasttoken": true,
  "include_prompt": false
}
`,
  "2_Dense/config.json": `{
  "in_features": 64,
  "out_features": 12,
  "bias": true,
  "activation_function": "torch.nn.modules.activation.Tanh"
}
`,
  "3_LayerNorm/config.json": '{\n  "dimension": 12\n}\n',
  "4_Dropout/config.json": '{\n  "dropout": 0.2\n}\n',
};

/** The same model as release 6 writes it. */
export const VERSION_6: Files = {
  ...HEADS,
  "modules.json": [
    ["", "base.modules.transformer.Transformer"],
    ["1_Pooling", "sentence_transformer.modules.pooling.Pooling"],
    ["2_Dense", "base.modules.dense.Dense"],
    ["3_LayerNorm", "sentence_transformer.modules.layer_norm.LayerNorm"],
    ["4_Dropout", "sentence_transformer.modules.dropout.Dropout"],
    ["5_Normalize", "base.modules.normalize.Normalize"],
  ].map(([path, type], idx) => ({
    idx,
    name: `${idx}`,
    path,
    type: `sentence_transformers.${type}`,
  })),
  "config_sentence_transformers.json": {
    __version__: { pytorch: "2.9.0", sentence_transformers: "6.0.0", transformers: "5.1.0" },
    default_prompt_name: null,
    model_type: "SentenceTransformer",
    prompts: { query: "who has " },
    similarity_fn_name: "manhattan",
  },
  "sentence_bert_config.json": {
    transformer_task: "feature-extraction",
    modality_config: { text: { method: "forward", method_output_name: "last_hidden_state" } },
    module_output_name: "token_embeddings",
  },
  "tokenizer_config.json": { do_lower_case: true, model_max_length: 24 },
  "1_Pooling/config.json": {
    embedding_dimension: 32,
    pooling_mode: ["weightedmean", "lasttoken"],
    include_prompt: false,
  },
  "2_Dense/config.json": {
    in_features: 64,
    out_features: 12,
    bias: true,
    activation_function: "torch.nn.modules.activation.Tanh",
    module_input_name: "sentence_embedding",
    module_output_name: "sentence_embedding",
  },
  "3_LayerNorm/config.json": { dimension: 12 },
  "4_Dropout/config.json": { dropout: 0.2 },
  "5_Normalize/config.json": {
    module_input_name: "sentence_embedding",
    module_output_name: "sentence_embedding",
  },
};

/** Poolings in float64 of what the tiny BERT gives for some texts. */
export async function pooled(
  model: SentenceTransformer,
  texts: readonly string[],
  { modes, promptLength = 0 }: { modes: readonly PoolMode[]; promptLength?: number },
): Promise<Float64Array> {
  const { weights } = await readGolden();
  const sequences = texts.map((text) => [...model.tokenize(text)]);
  const shape = { layers: 2, C, H: 2, eps: 1e-12 };
  const { hidden: x, sequenceStarts } = bert({ weights, ...shape, sequences });
  const promptLengths = texts.map(() => promptLength);
  const parts = modes.map((mode) => pool({ x, sequenceStarts, C, mode, promptLengths }));
  return Float64Array.from(
    texts.flatMap((_, s) => parts.flatMap((part) => [...part.subarray(s * C, s * C + C)])),
  );
}

/** What the modules of the fixture make of pooled vectors, in float64. */
export function heads(x: Float64Array, T: number): Float64Array {
  const [weight, bias] = [WEIGHT, BIAS].map((values) => Float64Array.from(values));
  const active = linear({ x, weight, bias, T, K: 2 * C, N }).map(Math.tanh);
  const [gain, shift] = [GAIN, SHIFT].map((values) => Float64Array.from(values));
  return l2Normalize(layerNorm({ x: active, gain, bias: shift, C: N, eps: 1e-5 }), N);
}

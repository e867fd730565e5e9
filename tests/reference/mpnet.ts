/**
 * MPNet in float64, forward and backward (Song et al., "MPNet", 2020; buckets of Raffel et al., "T5", 2020;
 * parameter names of Hugging Face).
 *
 * @module
 */

import {
  chain,
  type EncoderInput,
  type EncoderOutput,
  layerNormNode,
  positionsOf,
  tablesNode,
} from "./encoder_nodes.ts";
import { postNormLayer } from "./post_norm_layers.ts";

const NAMES = {
  projections: ["attention.attn.q", "attention.attn.k", "attention.attn.v"],
  attentionOutput: "attention.attn.o",
  attentionNorm: "attention.LayerNorm",
  intermediate: "intermediate.dense",
  output: "output.dense",
  outputNorm: "output.LayerNorm",
};
const TABLE = "encoder.relative_attention_bias.weight";

/**
 * The bucket of key position less query position, of 32: distances up to 7 have one each, then bucket 8 + n
 * begins at 8 * 16^(n / 8), which 8^8 16^n <= distance^8 says in whole numbers; keys after the query have
 * the upper 16.
 */
export function mpnetBucket(distance: number): number {
  const size = BigInt(Math.abs(distance));
  let bucket = Math.min(Math.abs(distance), 8);
  while (bucket >= 8 && bucket < 15 && 8n ** 8n * 16n ** BigInt(bucket - 7) <= size ** 8n) bucket++;
  return bucket + (distance > 0 ? 16 : 0);
}

/** BERT without types, with biases by relative position; positions count from 2, GELU is that of tanh. */
export function mpnet(input: EncoderInput): EncoderOutput {
  const { weights, layers, sequences } = input;
  const bias = { name: TABLE, table: weights.get(TABLE)!, bucketOf: mpnetBucket };
  return chain(input, (context) => [
    tablesNode(context, [
      { name: "embeddings.word_embeddings.weight", rows: sequences.flat() },
      { name: "embeddings.position_embeddings.weight", rows: positionsOf(sequences, 2) },
    ]),
    (x) => layerNormNode(context, "embeddings.LayerNorm", x),
    ...Array.from(
      { length: layers },
      (_, i) =>
        postNormLayer(context, `encoder.layer.${i}.`, {
          names: NAMES,
          activation: "gelu_tanh",
          bias,
        }),
    ).flat(),
  ]);
}

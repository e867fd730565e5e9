/**
 * BERT and RoBERTa in float64, forward and backward, put together from the other references (Devlin et al.,
 * "BERT", 2019; Liu et al., "RoBERTa", 2019; parameter names of Hugging Face).
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

/** What BERT calls the parts of a layer. */
export const BERT_NAMES = {
  projections: ["attention.self.query", "attention.self.key", "attention.self.value"],
  attentionOutput: "attention.output.dense",
  attentionNorm: "attention.output.LayerNorm",
  intermediate: "intermediate.dense",
  output: "output.dense",
  outputNorm: "output.LayerNorm",
};

/**
 * Embeddings, then layers of attention and feed-forward, each normalised after its residual sum. Type ids
 * are 0, positions count from `firstPosition`: 0 in BERT, the id of padding plus 1 in RoBERTa.
 */
export function bert(input: EncoderInput, firstPosition = 0): EncoderOutput {
  const { layers, sequences } = input;
  const ids = sequences.flat();
  return chain(input, (context) => [
    tablesNode(context, [
      { name: "embeddings.word_embeddings.weight", rows: ids },
      {
        name: "embeddings.position_embeddings.weight",
        rows: positionsOf(sequences, firstPosition),
      },
      { name: "embeddings.token_type_embeddings.weight", rows: ids.map(() => 0) },
    ]),
    (x) => layerNormNode(context, "embeddings.LayerNorm", x),
    ...Array.from(
      { length: layers },
      (_, i) => postNormLayer(context, `encoder.layer.${i}.`, { names: BERT_NAMES }),
    ).flat(),
  ]);
}

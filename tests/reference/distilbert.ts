/**
 * DistilBERT in float64, forward and backward (Sanh et al., "DistilBERT", 2019; parameter names of Hugging
 * Face).
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
  projections: ["attention.q_lin", "attention.k_lin", "attention.v_lin"],
  attentionOutput: "attention.out_lin",
  attentionNorm: "sa_layer_norm",
  intermediate: "ffn.lin1",
  output: "ffn.lin2",
  outputNorm: "output_layer_norm",
};

/** BERT without types. */
export function distilbert(input: EncoderInput): EncoderOutput {
  const { layers, sequences } = input;
  return chain(input, (context) => [
    tablesNode(context, [
      { name: "embeddings.word_embeddings.weight", rows: sequences.flat() },
      { name: "embeddings.position_embeddings.weight", rows: positionsOf(sequences) },
    ]),
    (x) => layerNormNode(context, "embeddings.LayerNorm", x),
    ...Array.from(
      { length: layers },
      (_, i) => postNormLayer(context, `transformer.layer.${i}.`, { names: NAMES }),
    ).flat(),
  ]);
}

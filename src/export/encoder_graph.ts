/**
 * The encoders that can be exported, by the `model_type` of their configuration.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import type { JsonObject } from "../io/json.ts";
import type { Encoder } from "../models/encoder.ts";
import { PostNormEncoder } from "../models/post_norm_encoder.ts";
import type { GraphBuilder } from "./graph_builder.ts";
import { modernBertGraph } from "./modernbert_graph.ts";
import { postNormGraph, type PostNormNames } from "./post_norm_graph.ts";
import type { SequenceGraph } from "./sequence_graph.ts";

const BERT: PostNormNames = {
  layers: "encoder.layer.",
  parts: {
    projections: ["attention.self.query", "attention.self.key", "attention.self.value"],
    attentionOutput: "attention.output.dense",
    attentionNorm: "attention.output.LayerNorm",
    intermediate: "intermediate.dense",
    output: "output.dense",
    outputNorm: "output.LayerNorm",
  },
  takesTypes: true,
};

const ROBERTA: PostNormNames = { ...BERT, takesTypes: false };

const POST_NORM: Readonly<Record<string, PostNormNames>> = {
  bert: BERT,
  camembert: ROBERTA,
  distilbert: {
    layers: "transformer.layer.",
    parts: {
      projections: ["attention.q_lin", "attention.k_lin", "attention.v_lin"],
      attentionOutput: "attention.out_lin",
      attentionNorm: "sa_layer_norm",
      intermediate: "ffn.lin1",
      output: "ffn.lin2",
      outputNorm: "output_layer_norm",
    },
    takesTypes: false,
  },
  mpnet: {
    layers: "encoder.layer.",
    parts: {
      projections: ["attention.attn.q", "attention.attn.k", "attention.attn.v"],
      attentionOutput: "attention.attn.o",
      attentionNorm: "attention.LayerNorm",
      intermediate: "intermediate.dense",
      output: "output.dense",
      outputNorm: "output.LayerNorm",
    },
    takesTypes: false,
  },
  roberta: ROBERTA,
  "xlm-roberta": ROBERTA,
};

/** The architectures that can be exported. */
export const EXPORTED_ENCODERS: readonly string[] = [...Object.keys(POST_NORM), "modernbert"];

/** The encoder to be exported. */
export interface EncoderGraphInit {
  /** The content of `config.json`. */
  readonly config: JsonObject;
  /** What the configuration describes. */
  readonly encoder: Pick<Encoder, "width" | "maxPositions">;
}

/**
 * Adds an encoder.
 *
 * @param builder Gets the operators and has the weights.
 * @param sequences The batch.
 * @param init The encoder.
 * @returns Token vectors, [batch, length, C].
 * @throws {UsageError} If there is no export of its architecture.
 */
export function encoderGraph(
  builder: GraphBuilder,
  sequences: SequenceGraph,
  { config, encoder }: EncoderGraphInit,
): string {
  const type = String(config.model_type);
  if (type === "modernbert") {
    return modernBertGraph(builder, sequences, { config, width: encoder.width });
  }
  if (Object.hasOwn(POST_NORM, type) && encoder instanceof PostNormEncoder) {
    const { layerConfigs, maxPositions } = encoder;
    return postNormGraph(builder, sequences, { ...POST_NORM[type], layerConfigs, maxPositions });
  }
  throw new UsageError(
    `Cannot export a model of the type "${type}" to ONNX: those that can be exported are ${
      EXPORTED_ENCODERS.join(", ")
    }`,
  );
}

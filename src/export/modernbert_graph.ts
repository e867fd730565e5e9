/**
 * ModernBERT as operators of ONNX.
 *
 * @module
 */
import { z } from "zod";
import { checkJson, type JsonObject } from "../io/json.ts";
import { activation, activationOf } from "../models/config_fields.ts";
import { attentionGraph, type GraphTurns } from "./attention_graph.ts";
import type { GraphBuilder } from "./graph_builder.ts";
import type { SequenceGraph } from "./sequence_graph.ts";

const LAYER_TYPES = ["full_attention", "sliding_attention"] as const;

/** What the encoder checked already when it was made; the defaults are those of its own fields. */
const SCHEMA = z.object({
  num_hidden_layers: z.int().default(22),
  num_attention_heads: z.int().default(12),
  hidden_activation: activation.default("gelu"),
  norm_eps: z.number().default(1e-5),
  global_attn_every_n_layers: z.int().default(3),
  local_attention: z.int().default(128),
  global_rope_theta: z.number().default(160000),
  local_rope_theta: z.number().nullable().default(10000),
  layer_types: z.array(z.enum(LAYER_TYPES)).nullish(),
  rope_parameters: z.partialRecord(z.enum(LAYER_TYPES), z.object({ rope_theta: z.number() }))
    .nullish(),
});

type Fields = z.infer<typeof SCHEMA>;
type LayerType = (typeof LAYER_TYPES)[number];

/** What a kind of layer adds to scores, and turns queries and keys by. */
interface Surroundings {
  readonly bias: string;
  readonly turns: GraphTurns;
}

/**
 * Adds the encoder.
 *
 * @param builder Gets the operators and has the weights.
 * @param sequences The batch.
 * @param init Configuration and columns of a token vector, C.
 * @returns Token vectors, [batch, length, C].
 */
export function modernBertGraph(
  builder: GraphBuilder,
  sequences: SequenceGraph,
  { config, width }: { config: JsonObject; width: number },
): string {
  const fields = checkJson(SCHEMA, config, "config.json");
  const surroundings = new Map<LayerType, Surroundings>();
  const around = (type: LayerType) => {
    let found = surroundings.get(type);
    if (found === undefined) {
      surroundings.set(type, found = surroundingsOf(builder, sequences, { fields, type, width }));
    }
    return found;
  };
  const epsilon = fields.norm_eps;
  const words = builder.lookUp("embeddings.tok_embeddings", sequences.ids);
  let x = builder.layerNorm(words, "embeddings.norm", { epsilon });
  for (let i = 0; i < fields.num_hidden_layers; i++) {
    x = layerGraph(builder, x, { fields, width, index: i, ...around(layerType(fields, i)) });
  }
  return builder.layerNorm(x, "final_norm", { epsilon });
}

function layerType({ layer_types, global_attn_every_n_layers }: Fields, index: number): LayerType {
  return layer_types?.[index] ??
    (index % global_attn_every_n_layers === 0 ? "full_attention" : "sliding_attention");
}

function surroundingsOf(
  builder: GraphBuilder,
  sequences: SequenceGraph,
  { fields, type, width }: { fields: Fields; type: LayerType; width: number },
): Surroundings {
  const isGlobal = type === "full_attention";
  const base = fields.rope_parameters?.[type]?.rope_theta ??
    (isGlobal ? null : fields.local_rope_theta) ?? fields.global_rope_theta;
  return {
    bias: sequences.bias(isGlobal ? undefined : Math.floor(fields.local_attention / 2)),
    turns: turnsGraph(builder, sequences, { base, columns: width / fields.num_attention_heads }),
  };
}

/** Angles p base^(-2 i / D), of 32-bit floats: those of 16 bits tell only short positions apart. */
function turnsGraph(
  builder: GraphBuilder,
  sequences: SequenceGraph,
  { base, columns }: { base: number; columns: number },
): GraphTurns {
  const { graph } = builder;
  const half = columns / 2;
  const frequencies = Float32Array.from({ length: half }, (_, i) => base ** (-2 * i / columns));
  const places = graph.apply("Unsqueeze", [
    graph.cast(sequences.places, "f32"),
    graph.integers(1),
  ]);
  const name = `frequencies_${base}`;
  const angles = graph.apply("Mul", [places, builder.floats(name, [half], frequencies, "f32")]);
  const typed = (x: string) => builder.type === "f16" ? graph.cast(x, "f16") : x;
  return {
    cosines: typed(graph.apply("Cos", [angles])),
    sines: typed(graph.apply("Sin", [angles])),
  };
}

interface Layer extends Surroundings {
  readonly fields: Fields;
  readonly width: number;
  readonly index: number;
}

function layerGraph(
  builder: GraphBuilder,
  x: string,
  { fields, width, index, bias, turns }: Layer,
): string {
  const { graph } = builder;
  const name = (part: string) => `layers.${index}.${part}`;
  const norm = (x: string, part: string) =>
    builder.layerNorm(x, name(part), { epsilon: fields.norm_eps });
  const qkv = builder.linear(index === 0 ? x : norm(x, "attn_norm"), [name("attn.Wqkv")]);
  const heads = fields.num_attention_heads;
  const context = attentionGraph(builder, { qkv, width, heads, bias, turns });
  const attended = graph.apply("Add", [x, builder.linear(context, [name("attn.Wo")])]);
  const both = builder.linear(norm(attended, "mlp_norm"), [name("mlp.Wi")]);
  const [gated, gate] = graph.applyMany("Split", [both], {
    count: 2,
    attributes: { axis: { int: -1 } },
  });
  const active = builder.activate(gated, activationOf(fields.hidden_activation));
  const output = builder.linear(graph.apply("Mul", [active, gate]), [name("mlp.Wo")]);
  return graph.apply("Add", [attended, output]);
}

/**
 * BERT, RoBERTa, DistilBERT and MPNet as operators of ONNX.
 *
 * @module
 */
import { relativeBucket } from "../nn/relative_bias.ts";
import type { TransformerLayerConfig, TransformerLayerNames } from "../nn/transformer_layer.ts";
import { attentionGraph } from "./attention_graph.ts";
import type { GraphBuilder } from "./graph_builder.ts";
import type { SequenceGraph } from "./sequence_graph.ts";

/** The names of an architecture's weights. */
export interface PostNormNames {
  /** Name of a layer, with a dot at its end, but for its number, which follows this. */
  readonly layers: string;
  /** Names of a layer's parts. */
  readonly parts: TransformerLayerNames;
  /** Whether the type of a token is an input; else all are of the first type, if there are types. */
  readonly takesTypes: boolean;
}

/** What an encoder computes. */
export interface PostNormInit extends PostNormNames {
  /** Sizes of each layer. */
  readonly layerConfigs: readonly TransformerLayerConfig[];
  /** The longest sequence, in tokens. */
  readonly maxPositions: number;
}

const TABLE = "encoder.relative_attention_bias";
const MAX_DISTANCE = 128;

/**
 * Adds the encoder.
 *
 * @param builder Gets the operators and has the weights.
 * @param sequences The batch.
 * @param init What the encoder computes.
 * @returns Token vectors, [batch, length, C].
 */
export function postNormGraph(
  builder: GraphBuilder,
  sequences: SequenceGraph,
  init: PostNormInit,
): string {
  const { graph } = builder;
  const padding = sequences.bias();
  const bias = builder.has(`${TABLE}.weight`)
    ? graph.apply("Add", [padding, distanceBias(builder, sequences)])
    : padding;
  return init.layerConfigs.reduce(
    (x, config, i) => layerGraph(builder, x, { config, bias, prefix: `${init.layers}${i}.`, init }),
    embeddingsGraph(builder, sequences, init),
  );
}

function embeddingsGraph(
  builder: GraphBuilder,
  sequences: SequenceGraph,
  { takesTypes, maxPositions, layerConfigs }: PostNormInit,
): string {
  const { graph } = builder;
  const positions = positionsGraph(builder, sequences, maxPositions);
  const tables = [builder.lookUp("embeddings.word_embeddings", sequences.ids), positions];
  const types = "embeddings.token_type_embeddings.weight";
  if (takesTypes) {
    const ids = sequences.input("token_type_ids");
    const { shape, data } = builder.weight(types);
    tables.push(graph.apply("Gather", [builder.floats(types, shape, data), ids]));
  } else if (builder.has(types)) {
    const { shape, data } = builder.weight(types);
    tables.push(builder.floats(types, [shape[1]], data.slice(0, shape[1])));
  }
  const sum = tables.reduce((left, right) => graph.apply("Add", [left, right]));
  const { epsilon } = layerConfigs[0];
  return builder.layerNorm(sum, "embeddings.LayerNorm", { epsilon });
}

/** Positions begin where as many are left as the encoder takes; RoBERTa's count the tokens alone. */
function positionsGraph(
  builder: GraphBuilder,
  sequences: SequenceGraph,
  maxPositions: number,
): string {
  const { graph } = builder;
  const name = "embeddings.position_embeddings.weight";
  const { shape, data } = builder.weight(name);
  const table = builder.floats(name, shape, data);
  const offset = shape[0] - maxPositions;
  if (offset === 0) {
    const end = graph.apply("Unsqueeze", [sequences.length, graph.integers(0)]);
    return graph.apply("Slice", [table, graph.integers(0), end, graph.integers(0)]);
  }
  const place = graph.cast(sequences.order, "i64");
  return graph.apply("Gather", [table, graph.apply("Add", [place, graph.integer(offset - 1)])]);
}

/** MPNet's biases: the table's buckets are spread over distances beforehand. [1, H, length, length]. */
function distanceBias(builder: GraphBuilder, sequences: SequenceGraph): string {
  const { graph } = builder;
  const { shape: [buckets, heads], data } = builder.weight(`${TABLE}.weight`);
  const spread = new Float32Array((2 * MAX_DISTANCE + 1) * heads);
  for (let i = 0; i <= 2 * MAX_DISTANCE; i++) {
    const row = relativeBucket(i - MAX_DISTANCE, buckets, MAX_DISTANCE) * heads;
    spread.set(data.subarray(row, row + heads), i * heads);
  }
  const table = builder.floats(TABLE, [2 * MAX_DISTANCE + 1, heads], spread);
  const near = graph.apply("Clip", [
    sequences.distances,
    graph.integer(-MAX_DISTANCE),
    graph.integer(MAX_DISTANCE),
  ]);
  const rows = graph.apply("Add", [near, graph.integer(MAX_DISTANCE)]);
  const biases = graph.apply("Transpose", [graph.apply("Gather", [table, rows])], {
    perm: { ints: [2, 0, 1] },
  });
  return graph.apply("Unsqueeze", [biases, graph.integers(0)]);
}

interface Layer {
  readonly config: TransformerLayerConfig;
  readonly bias: string;
  readonly prefix: string;
  readonly init: PostNormInit;
}

function layerGraph(
  builder: GraphBuilder,
  x: string,
  { config, bias, prefix, init }: Layer,
): string {
  const { graph } = builder;
  const { parts } = init;
  const { width, heads, epsilon, activation = "gelu" } = config;
  const normalised = (sum: readonly [string, string], name: string) =>
    builder.layerNorm(graph.apply("Add", sum), prefix + name, { epsilon });
  const qkv = builder.linear(x, parts.projections.map((name) => prefix + name));
  const context = attentionGraph(builder, { qkv, width, heads, bias });
  const branch = builder.linear(context, [prefix + parts.attentionOutput]);
  const attended = normalised([x, branch], parts.attentionNorm);
  const inner = builder.linear(attended, [prefix + parts.intermediate]);
  const output = builder.linear(builder.activate(inner, activation), [prefix + parts.output]);
  return normalised([attended, output], parts.outputNorm);
}

/**
 * Attention of padded sequences, as operators of ONNX.
 *
 * @module
 */
import type { GraphBuilder } from "./graph_builder.ts";

/** Cosines and sines of positions, [length, D / 2] each. */
export interface GraphTurns {
  /** The cosines. */
  readonly cosines: string;
  /** The sines. */
  readonly sines: string;
}

/** What {@linkcode attentionGraph} takes. */
export interface GraphAttention {
  /** Queries, keys and values side by side, [batch, length, 3 C]. */
  readonly qkv: string;
  /** Columns of a token vector, C. */
  readonly width: number;
  /** Heads, H. */
  readonly heads: number;
  /** What scores get, [batch or 1, H or 1, length or 1, length]. */
  readonly bias: string;
  /** By what queries and keys are turned. Default: not at all. */
  readonly turns?: GraphTurns;
}

/**
 * Adds attention: softmax(q k^T / sqrt(D) + bias) v in each head, with D = C / H.
 *
 * @param builder Gets the operators.
 * @param attention Its operands.
 * @returns Token vectors, [batch, length, C].
 */
export function attentionGraph(
  builder: GraphBuilder,
  { qkv, width, heads, bias, turns }: GraphAttention,
): string {
  const { graph } = builder;
  const columns = width / heads;
  const shape = graph.integers(0, 0, heads, columns);
  const permuted = (x: string, order: readonly number[]) =>
    graph.apply("Transpose", [x], { perm: { ints: order } });
  const [q, k, v] = graph.applyMany("Split", [qkv], { count: 3, attributes: { axis: { int: -1 } } })
    .map((part) => permuted(graph.apply("Reshape", [part, shape]), [0, 2, 1, 3]));
  const turned = (x: string) => turns === undefined ? x : rotaryGraph(builder, x, turns);
  // Before the product, where it keeps scores of 16 bits small.
  const scaled = graph.apply("Mul", [turned(q), builder.number(1 / Math.sqrt(columns))]);
  const scores = graph.apply("MatMul", [scaled, permuted(turned(k), [0, 1, 3, 2])]);
  const shares = graph.apply("Softmax", [graph.apply("Add", [scores, bias])], {
    axis: { int: -1 },
  });
  const context = permuted(graph.apply("MatMul", [shares, v]), [0, 2, 1, 3]);
  return graph.apply("Reshape", [context, graph.integers(0, 0, width)]);
}

/** Turns column pairs (i, i + D / 2) of [batch, H, length, D] by the angles of their positions. */
function rotaryGraph(builder: GraphBuilder, x: string, { cosines, sines }: GraphTurns): string {
  const { graph } = builder;
  const [left, right] = graph.applyMany("Split", [x], {
    count: 2,
    attributes: { axis: { int: -1 } },
  });
  const times = (half: string, by: string) => graph.apply("Mul", [half, by]);
  return graph.apply("Concat", [
    graph.apply("Sub", [times(left, cosines), times(right, sines)]),
    graph.apply("Add", [times(right, cosines), times(left, sines)]),
  ], { axis: { int: -1 } });
}

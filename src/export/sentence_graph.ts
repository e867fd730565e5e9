/**
 * From token vectors to embeddings, as operators of ONNX, in 32-bit floats.
 *
 * @module
 */
import type { ModuleConfig } from "../io/module_config.ts";
import { modulePath } from "../io/model_modules.ts";
import type { PoolingMode } from "../io/pooling_config.ts";
import type { GraphBuilder } from "./graph_builder.ts";
import type { SequenceGraph } from "./sequence_graph.ts";

/** The epsilon of `torch.nn.LayerNorm`. */
const EPSILON = 1e-5;

/** Below this length vectors are not scaled, as `torch.nn.functional.normalize`. */
const SHORTEST = 1e-12;

/** Below any token's number. */
const LOWEST = -3e38;

/**
 * Adds the modules that follow an encoder.
 *
 * @param builder Gets the operators and has the weights.
 * @param tokens Token vectors of 32-bit floats, [batch, length, C].
 * @param init The batch, and the modules in order.
 * @returns Embeddings, [batch, columns].
 */
export function sentenceGraph(
  builder: GraphBuilder,
  tokens: string,
  { sequences, modules }: { sequences: SequenceGraph; modules: readonly ModuleConfig[] },
): string {
  return modules.reduce((x, module, i) => {
    switch (module.type) {
      case "Pooling":
        return poolingGraph(builder, x, { sequences, modes: module.modes });
      case "Dense":
        return denseGraph(builder, x, { module, path: `${modulePath(i + 1, module.type)}/` });
      case "Normalize":
        return normalizeGraph(builder, x);
      case "LayerNorm": {
        const name = `${modulePath(i + 1, module.type)}/norm`;
        return builder.layerNorm(x, name, { epsilon: EPSILON, exact: true });
      }
      case "Dropout":
        return x;
    }
  }, tokens);
}

function poolingGraph(
  builder: GraphBuilder,
  x: string,
  { sequences, modes }: { sequences: SequenceGraph; modes: readonly PoolingMode[] },
): string {
  const parts = modes.map((mode) => pooledGraph(builder, x, { sequences, mode }));
  return parts.length === 1
    ? parts[0]
    : builder.graph.apply("Concat", parts, { axis: { int: -1 } });
}

/** The sum of token vectors times their weights over the divisor that each mode has. */
function pooledGraph(
  builder: GraphBuilder,
  x: string,
  { sequences, mode }: { sequences: SequenceGraph; mode: PoolingMode },
): string {
  const { graph } = builder;
  const { mask } = sequences;
  const one = builder.number(1, "f32");
  const total = (weights: string) =>
    graph.apply("ReduceSum", [weights, graph.integers(1)], { keepdims: { int: 1 } });
  const is = (left: string, right: string) =>
    graph.cast(graph.apply("Equal", [left, right]), "f32");
  const sum = (weights: string) => {
    const row = graph.apply("Unsqueeze", [weights, graph.integers(1)]);
    return graph.apply("Squeeze", [graph.apply("MatMul", [row, x]), graph.integers(1)]);
  };
  // At least one token is there.
  const count = () => graph.apply("Clip", [total(mask), one]);
  switch (mode) {
    case "mean":
      return graph.apply("Div", [sum(mask), count()]);
    case "mean_sqrt_len_tokens":
      return graph.apply("Div", [sum(mask), graph.apply("Sqrt", [count()])]);
    case "weightedmean": {
      const { order } = sequences;
      return graph.apply("Div", [sum(order), graph.apply("Clip", [total(order), one])]);
    }
    case "cls":
      return sum(is(sequences.order, one));
    case "lasttoken":
      return sum(graph.apply("Mul", [is(sequences.order, total(mask)), mask]));
    case "max": {
      const column = graph.apply("Unsqueeze", [mask, graph.integers(2)]);
      const there = graph.apply("Greater", [column, builder.number(0, "f32")]);
      const known = graph.apply("Where", [there, x, builder.number(LOWEST, "f32")]);
      return graph.apply("ReduceMax", [known], { axes: { ints: [1] }, keepdims: { int: 0 } });
    }
  }
}

function denseGraph(
  builder: GraphBuilder,
  x: string,
  { module, path }: { module: ModuleConfig & { type: "Dense" }; path: string },
): string {
  const exact = { exact: true };
  const y = builder.linear(x, [`${path}linear`], exact);
  const active = builder.activate(y, module.activation, "f32");
  if (!module.residual) return active;
  const isWider = builder.has(`${path}residual.weight`);
  const other = isWider ? builder.linear(x, [`${path}residual`], exact) : x;
  return builder.graph.apply("Add", [active, other]);
}

function normalizeGraph(builder: GraphBuilder, x: string): string {
  const { graph } = builder;
  const length = graph.apply("ReduceL2", [x], { axes: { ints: [-1] }, keepdims: { int: 1 } });
  return graph.apply("Div", [
    x,
    graph.apply("Clip", [length, builder.number(SHORTEST, "f32")]),
  ]);
}

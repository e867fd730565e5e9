/**
 * Parts of encoders in float64, each a value and what takes its gradient further back; the references of
 * architectures are put together from them.
 *
 * @module
 */

import { attention, attentionGradients } from "./attention.ts";
import type { AttentionInput } from "./attention.ts";
import { layerNorm, layerNormBackward } from "./layer_norm.ts";
import { linear, linearBackward } from "./linear.ts";

/** A value [T, width] and what takes its gradient further back. */
export interface Node {
  value: Float64Array;
  backward: (dValue: Float64Array) => Float64Array;
}

/** What all parts of an encoder share. */
export interface EncoderContext {
  weights: Map<string, Float64Array>;
  /** Filled by backward. */
  gradients: Map<string, Float64Array>;
  /** Width. */
  C: number;
  /** Heads. */
  H: number;
  /** Added to variances. */
  eps: number;
  /** [S + 1], where the rows of each sequence begin. */
  sequenceStarts: number[];
}

/** Weights and a packed batch. */
export interface EncoderInput {
  weights: Map<string, Float64Array>;
  layers: number;
  C: number;
  H: number;
  eps: number;
  /** Token ids of each sequence. */
  sequences: readonly number[][];
}

/** Result of an encoder. */
export interface EncoderOutput {
  /** [T, C], the rows of all sequences one below the other. */
  hidden: Float64Array;
  /** [S + 1], where the rows of each sequence begin. */
  sequenceStarts: number[];
  /** Gradient of every parameter for the gradient [T, C] of `hidden`. */
  backward: (dHidden: Float64Array) => Map<string, Float64Array>;
}

/** Runs nodes one after the other: the first from nothing, each other one from the value before. */
export function chain(
  { weights, C, H, eps, sequences }: EncoderInput,
  build: (context: EncoderContext) => [Node, ...((x: Float64Array) => Node)[]],
): EncoderOutput {
  const sequenceStarts = [0];
  for (const ids of sequences) sequenceStarts.push(sequenceStarts.at(-1)! + ids.length);
  const gradients = new Map<string, Float64Array>();
  const [first, ...steps] = build({ weights, gradients, C, H, eps, sequenceStarts });
  const nodes = [first];
  for (const step of steps) nodes.push(step(nodes.at(-1)!.value));
  const backward = (dHidden: Float64Array) => {
    nodes.reduceRight((dValue, node) => node.backward(dValue), dHidden);
    return gradients;
  };
  return { hidden: nodes.at(-1)!.value, sequenceStarts, backward };
}

/** The sum of one row of each table for every token. */
export function tablesNode(
  { weights, gradients, C }: EncoderContext,
  tables: readonly { name: string; rows: readonly number[] }[],
): Node {
  const value = new Float64Array(tables[0].rows.length * C);
  for (const { name, rows } of tables) {
    const table = weights.get(name)!;
    rows.forEach((row, t) => {
      for (let c = 0; c < C; c++) value[t * C + c] += table[row * C + c];
    });
  }
  const backward = (dValue: Float64Array) => {
    for (const { name, rows } of tables) {
      const gradient = new Float64Array(weights.get(name)!.length);
      rows.forEach((row, t) => {
        for (let c = 0; c < C; c++) gradient[row * C + c] += dValue[t * C + c];
      });
      gradients.set(name, gradient);
    }
    return dValue;
  };
  return { value, backward };
}

/** Layer normalisation; without a bias where there is none of its name. */
export function layerNormNode(context: EncoderContext, name: string, x: Float64Array): Node {
  const { weights, gradients, C, eps } = context;
  const bias = weights.get(`${name}.bias`);
  const gain = weights.get(`${name}.weight`)!;
  const operands = { x, gain, bias: bias ?? new Float64Array(C), C, eps };
  const backward = (dValue: Float64Array) => {
    const { dX, dGain, dBias } = layerNormBackward(operands, dValue);
    gradients.set(`${name}.weight`, dGain);
    if (bias !== undefined) gradients.set(`${name}.bias`, dBias);
    return dX;
  };
  return { value: layerNorm(operands), backward };
}

/** A linear layer of rows of `K` columns; without a bias where there is none of its name. */
export function linearNode(
  { weights, gradients }: EncoderContext,
  name: string,
  { x, K }: { x: Float64Array; K: number },
): Node {
  const weight = weights.get(`${name}.weight`)!;
  const bias = weights.get(`${name}.bias`);
  const N = weight.length / K;
  const operands = { x, weight, bias: bias ?? new Float64Array(N), T: x.length / K, K, N };
  const backward = (dValue: Float64Array) => {
    const { dX, dWeight, dBias } = linearBackward(operands, dValue);
    gradients.set(`${name}.weight`, dWeight);
    if (bias !== undefined) gradients.set(`${name}.bias`, dBias);
    return dX;
  };
  return { value: linear(operands), backward };
}

/** x + branch(x). */
export function residualNode(x: Float64Array, branch: Node): Node {
  return {
    value: sum(x, branch.value),
    backward: (dValue) => sum(dValue, branch.backward(dValue)),
  };
}

/** A function of a value that has no parameters. */
export function functionNode(
  value: Float64Array,
  backward: (dValue: Float64Array) => Float64Array,
): Node {
  return { value, backward };
}

/** The second node run from the value of the first. */
export function after(first: Node, build: (x: Float64Array) => Node): Node {
  const second = build(first.value);
  return {
    value: second.value,
    backward: (dValue) => first.backward(second.backward(dValue)),
  };
}

/** Attention of queries, keys and values [T, 3C]; the gradient of biases is added to that of `table`. */
export function attentionNode(
  { gradients, C, H, sequenceStarts }: EncoderContext,
  qkv: Float64Array,
  options: Pick<AttentionInput, "window" | "causal" | "bias"> & { table?: string } = {},
): Node {
  const { table, ...rest } = options;
  const operands: AttentionInput = { qkv, sequenceStarts, C, H, ...rest };
  const backward = (dValue: Float64Array) => {
    const { dQkv, dTable } = attentionGradients(operands, dValue);
    if (table !== undefined) {
      gradients.set(table, sum(gradients.get(table) ?? new Float64Array(dTable.length), dTable));
    }
    return dQkv;
  };
  return { value: attention(operands).context, backward };
}

/** Three layers of the same argument, side by side: [T, 3C]. */
export function projectionsNode(
  context: EncoderContext,
  names: readonly string[],
  x: Float64Array,
): Node {
  const { C } = context;
  const parts = names.map((name) => linearNode(context, name, { x, K: C }));
  const value = Float64Array.from({ length: 3 * x.length }, (_, index) => {
    const [row, column] = [Math.floor(index / (3 * C)), index % (3 * C)];
    return parts[Math.floor(column / C)].value[row * C + column % C];
  });
  const columns = (packed: Float64Array, part: number) =>
    packed.filter((_, index) => Math.floor(index % (3 * C) / C) === part);
  const backward = (dValue: Float64Array) =>
    parts.map((part, i) => part.backward(columns(dValue, i))).reduce(sum);
  return { value, backward };
}

/** Positions within sequences, from `first` on. */
export function positionsOf(sequences: readonly number[][], first = 0): number[] {
  return sequences.flatMap((sequence) => sequence.map((_, index) => first + index));
}

function sum(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, index) => value + b[index]);
}

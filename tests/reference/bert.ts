/**
 * BERT in float64, forward and backward, put together from the other references (Devlin et al., "BERT",
 * 2019; parameter names of Hugging Face).
 *
 * @module
 */

import { attention, attentionBackward } from "./attention.ts";
import type { AttentionInput } from "./attention.ts";
import { embedding, embeddingBackward } from "./embedding.ts";
import { gelu, geluBackward } from "./gelu.ts";
import { layerNorm, layerNormBackward } from "./layer_norm.ts";
import type { LayerNormInput } from "./layer_norm.ts";
import { linear, linearBackward } from "./linear.ts";
import type { LinearInput } from "./linear.ts";

/** Weights and a packed batch. */
export interface BertInput {
  weights: Map<string, Float64Array>;
  layers: number;
  /** Width. */
  C: number;
  /** Heads. */
  H: number;
  /** Added to variances. */
  eps: number;
  /** Token ids of each sequence; positions count from 0, type ids are 0. */
  sequences: readonly number[][];
}

/** Result of {@linkcode bert}. */
export interface BertOutput {
  /** [T, C], the rows of all sequences one below the other. */
  hidden: Float64Array;
  /** [S + 1], where the rows of each sequence begin. */
  sequenceStarts: number[];
  /** Gradient of every parameter for the gradient [T, C] of `hidden`. */
  backward: (dHidden: Float64Array) => Map<string, Float64Array>;
}

/** A value [T, width] and what takes its gradient further back. */
interface Node {
  value: Float64Array;
  backward: (dValue: Float64Array) => Float64Array;
}

type Gradients = Map<string, Float64Array>;

/** Embeddings, then layers of attention and feed-forward, each normalised after its residual sum. */
export function bert(input: BertInput): BertOutput {
  const gradients: Gradients = new Map();
  const sequenceStarts = [0];
  for (const ids of input.sequences) sequenceStarts.push(sequenceStarts.at(-1)! + ids.length);
  const nodes = [embeddingNode(input, gradients)];
  const add = (step: (x: Float64Array) => Node) => nodes.push(step(nodes.at(-1)!.value));
  add((x) => layerNormNode(input, "embeddings.LayerNorm", x, gradients));
  for (let i = 0; i < input.layers; i++) {
    const layer = `encoder.layer.${i}`;
    add((x) => residualNode(x, attentionNode(input, layer, x, sequenceStarts, gradients)));
    add((x) => layerNormNode(input, `${layer}.attention.output.LayerNorm`, x, gradients));
    add((x) => residualNode(x, feedForwardNode(input, layer, x, gradients)));
    add((x) => layerNormNode(input, `${layer}.output.LayerNorm`, x, gradients));
  }
  const backward = (dHidden: Float64Array) => {
    nodes.reduceRight((dValue, node) => node.backward(dValue), dHidden);
    return gradients;
  };
  return { hidden: nodes.at(-1)!.value, sequenceStarts, backward };
}

function embeddingNode({ weights, C, sequences }: BertInput, gradients: Gradients): Node {
  const names = ["word", "position", "token_type"].map((kind) =>
    `embeddings.${kind}_embeddings.weight`
  );
  const [word, position, type] = names.map((name) => weights.get(name)!);
  const ids = sequences.flat();
  const positions = sequences.flatMap((sequence) => sequence.map((_, index) => index));
  const tables = { word, position, type, ids, positions, typeIds: ids.map(() => 0), C };
  const backward = (dValue: Float64Array) => {
    const { dWord, dPosition, dType } = embeddingBackward(tables, dValue);
    [dWord, dPosition, dType].forEach((gradient, i) => gradients.set(names[i], gradient));
    return dValue;
  };
  return { value: embedding(tables), backward };
}

function layerNormNode(
  { weights, C, eps }: BertInput,
  name: string,
  x: Float64Array,
  gradients: Gradients,
): Node {
  const gain = weights.get(`${name}.weight`)!;
  const operands: LayerNormInput = { x, gain, bias: weights.get(`${name}.bias`)!, C, eps };
  const backward = (dValue: Float64Array) => {
    const { dX, dGain, dBias } = layerNormBackward(operands, dValue);
    gradients.set(`${name}.weight`, dGain).set(`${name}.bias`, dBias);
    return dX;
  };
  return { value: layerNorm(operands), backward };
}

function linearNode(
  { weights }: BertInput,
  name: string,
  x: Float64Array,
  gradients: Gradients,
): Node {
  const [weight, bias] = [weights.get(`${name}.weight`)!, weights.get(`${name}.bias`)!];
  const N = bias.length;
  const K = weight.length / N;
  const operands: LinearInput = { x, weight, bias, T: x.length / K, K, N };
  const backward = (dValue: Float64Array) => {
    const { dX, dWeight, dBias } = linearBackward(operands, dValue);
    gradients.set(`${name}.weight`, dWeight).set(`${name}.bias`, dBias);
    return dX;
  };
  return { value: linear(operands), backward };
}

function residualNode(x: Float64Array, branch: Node): Node {
  return {
    value: sum(x, branch.value),
    backward: (dValue) => sum(dValue, branch.backward(dValue)),
  };
}

function attentionNode(
  input: BertInput,
  layer: string,
  x: Float64Array,
  sequenceStarts: number[],
  gradients: Gradients,
): Node {
  const { C, H } = input;
  const parts = ["query", "key", "value"].map((part) =>
    linearNode(input, `${layer}.attention.self.${part}`, x, gradients)
  );
  const qkv = packColumns(parts.map((part) => part.value), C);
  const operands: AttentionInput = { qkv, sequenceStarts, C, H };
  const { context } = attention(operands);
  const output = linearNode(input, `${layer}.attention.output.dense`, context, gradients);
  const backward = (dValue: Float64Array) => {
    const dQkv = attentionBackward(operands, output.backward(dValue));
    return parts.map((part, i) => part.backward(columnsOf(dQkv, i, C))).reduce(sum);
  };
  return { value: output.value, backward };
}

function feedForwardNode(
  input: BertInput,
  layer: string,
  x: Float64Array,
  gradients: Gradients,
): Node {
  const inner = linearNode(input, `${layer}.intermediate.dense`, x, gradients);
  const output = linearNode(input, `${layer}.output.dense`, gelu(inner.value), gradients);
  return {
    value: output.value,
    backward: (dValue) => inner.backward(geluBackward(inner.value, output.backward(dValue))),
  };
}

/** [T, C] three times to [T, 3C]. */
function packColumns(parts: Float64Array[], C: number): Float64Array {
  return Float64Array.from({ length: 3 * parts[0].length }, (_, index) => {
    const [row, column] = [Math.floor(index / (3 * C)), index % (3 * C)];
    return parts[Math.floor(column / C)][row * C + column % C];
  });
}

/** The columns [T, C] of one part of [T, 3C]. */
function columnsOf(packed: Float64Array, part: number, C: number): Float64Array {
  return packed.filter((_, index) => Math.floor(index % (3 * C) / C) === part);
}

function sum(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, index) => value + b[index]);
}

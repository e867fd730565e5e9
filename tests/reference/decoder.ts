/**
 * BERT as a decoder that reads texts out of one vector each, in float64, forward and backward (Wang et al.,
 * "TSDAE", 2021; parameter names of Hugging Face).
 *
 * @module
 */

import { BERT_NAMES } from "./bert.ts";
import { classCrossEntropy, classCrossEntropyBackward } from "./class_cross_entropy.ts";
import {
  after,
  chain,
  type EncoderContext,
  type EncoderInput,
  functionNode,
  layerNormNode,
  linearNode,
  type Node,
  positionsOf,
  residualNode,
  tablesNode,
} from "./encoder_nodes.ts";
import { hiddenActivation, hiddenActivationBackward } from "./hidden_activation.ts";
import { linear, linearBackward } from "./linear.ts";
import { postNormLayer } from "./post_norm_layers.ts";
import { repeatRows, repeatRowsBackward } from "./repeat_rows.ts";

const WORDS = "embeddings.word_embeddings.weight";

/** Weights of encoder and decoder, whole texts, and what is known of them. */
export interface DecoderInput extends EncoderInput {
  /** [S, M] */
  memory: Float64Array;
  /** Columns of a vector. */
  M: number;
  /** What position 0 takes; 0 in BERT. */
  firstPosition?: number;
}

/** Result of {@linkcode decoder}. */
export interface DecoderOutput {
  /** The mean over all tokens that are predicted. */
  loss: number;
  dMemory: Float64Array;
  /** Of every parameter. */
  gradients: Map<string, Float64Array>;
}

/** Mean cross entropy of each token after the first, given those before it and a vector of the text. */
export function decoder(input: DecoderInput): DecoderOutput {
  const { weights, C, M, memory, layers, firstPosition = 0 } = input;
  const sequences = input.sequences.map((ids) => ids.slice(0, -1));
  const targets = input.sequences.flatMap((ids) => ids.slice(1));
  const ids = sequences.flat();
  const dMemory = new Float64Array(memory.length);
  const cross = (context: EncoderContext, name: string, x: Float64Array): Node => {
    const value = linearNode(context, `${name}.self.value`, { x: memory, K: M });
    const repeated = { x: value.value, sequenceStarts: context.sequenceStarts, C };
    const output = linearNode(context, `${name}.output.dense`, { x: repeatRows(repeated), K: C });
    return {
      value: output.value,
      backward: (dValue) => {
        value.backward(repeatRowsBackward(repeated, output.backward(dValue)))
          .forEach((d, i) => dMemory[i] += d);
        return new Float64Array(x.length);
      },
    };
  };
  const { hidden, backward } = chain({ ...input, sequences }, (context) => [
    tablesNode(context, [
      { name: WORDS, rows: ids },
      {
        name: "embeddings.position_embeddings.weight",
        rows: positionsOf(sequences, firstPosition),
      },
      { name: "embeddings.token_type_embeddings.weight", rows: ids.map(() => 0) },
    ]),
    (x) => layerNormNode(context, "embeddings.LayerNorm", x),
    ...Array.from({ length: layers }, (_, i) => {
      const prefix = `encoder.layer.${i}.`;
      const [attend, norm, ...rest] = postNormLayer(context, prefix, {
        names: BERT_NAMES,
        causal: true,
      });
      const name = `${prefix}crossattention`;
      return [
        attend,
        norm,
        (x: Float64Array) => residualNode(x, cross(context, name, x)),
        (x: Float64Array) => layerNormNode(context, `${name}.output.LayerNorm`, x),
        ...rest,
      ];
    }).flat(),
    (x) =>
      after(
        linearNode(context, "cls.predictions.transform.dense", { x, K: C }),
        (y) =>
          functionNode(hiddenActivation(y, "gelu"), (d) => hiddenActivationBackward(y, d, "gelu")),
      ),
    (x) => layerNormNode(context, "cls.predictions.transform.LayerNorm", x),
  ]);
  const table = weights.get(WORDS)!;
  const bias = weights.get("cls.predictions.bias")!;
  const V = bias.length;
  const operands = { x: hidden, weight: table, bias, T: ids.length, K: C, N: V };
  const head = { logits: linear(operands), labels: targets, K: V };
  const loss = classCrossEntropy(head).reduce((sum, term) => sum + term / ids.length, 0);
  const dTerms = new Float64Array(ids.length).fill(1 / ids.length);
  const { dX, dWeight, dBias } = linearBackward(operands, classCrossEntropyBackward(head, dTerms));
  const gradients = backward(dX);
  // The word table is read twice: by the embeddings and by the head.
  gradients.set(WORDS, gradients.get(WORDS)!.map((value, i) => value + dWeight[i]));
  gradients.set("cls.predictions.bias", dBias);
  return { loss, dMemory, gradients };
}

/** Random weights of a tiny decoder, the encoder's among them, by name. */
export function decoderShapes(
  { layers, C, M, F, V, P }: {
    layers: number;
    C: number;
    M: number;
    F: number;
    V: number;
    P: number;
  },
): Map<string, readonly number[]> {
  const shapes = new Map<string, readonly number[]>();
  const norm = (name: string) => shapes.set(`${name}.weight`, [C]).set(`${name}.bias`, [C]);
  const dense = (name: string, rows: number, columns: number) =>
    shapes.set(`${name}.weight`, [rows, columns]).set(`${name}.bias`, [rows]);
  shapes.set(WORDS, [V, C]);
  shapes.set("embeddings.position_embeddings.weight", [P, C]);
  shapes.set("embeddings.token_type_embeddings.weight", [2, C]);
  norm("embeddings.LayerNorm");
  for (let i = 0; i < layers; i++) {
    const prefix = `encoder.layer.${i}.`;
    for (const name of BERT_NAMES.projections) dense(prefix + name, C, C);
    dense(prefix + BERT_NAMES.attentionOutput, C, C);
    norm(prefix + BERT_NAMES.attentionNorm);
    dense(`${prefix}crossattention.self.value`, C, M);
    dense(`${prefix}crossattention.output.dense`, C, C);
    norm(`${prefix}crossattention.output.LayerNorm`);
    dense(prefix + BERT_NAMES.intermediate, F, C);
    dense(prefix + BERT_NAMES.output, C, F);
    norm(prefix + BERT_NAMES.outputNorm);
  }
  dense("cls.predictions.transform.dense", C, C);
  norm("cls.predictions.transform.LayerNorm");
  return shapes.set("cls.predictions.bias", [V]);
}

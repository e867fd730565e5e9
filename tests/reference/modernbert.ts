/**
 * ModernBERT in float64, forward and backward (Warner et al., 2024; parameter names of Hugging Face).
 *
 * @module
 */

import {
  after,
  attentionNode,
  chain,
  type EncoderContext,
  type EncoderInput,
  type EncoderOutput,
  functionNode,
  layerNormNode,
  linearNode,
  type Node,
  positionsOf,
  residualNode,
  tablesNode,
} from "./encoder_nodes.ts";
import { gatedActivation, gatedActivationBackward } from "./gated_activation.ts";
import { rotary } from "./rotary.ts";

/** Where tokens see all others, and where neighbours alone. */
export interface ModernbertOptions {
  /** Layers 0, n, 2 n and so on see all. */
  globalEvery: number;
  /** The largest distance that the others see. */
  window: number;
  globalBase: number;
  localBase: number;
}

/** Embeddings, then layers whose branches are normalised before them, then a last norm. */
export function modernbert(input: EncoderInput, options: ModernbertOptions): EncoderOutput {
  const { layers, sequences } = input;
  const positions = positionsOf(sequences);
  return chain(input, (context) => [
    tablesNode(context, [{ name: "embeddings.tok_embeddings.weight", rows: sequences.flat() }]),
    (x) => layerNormNode(context, "embeddings.norm", x),
    ...Array.from({ length: layers }, (_, i) => {
      const isGlobal = i % options.globalEvery === 0;
      return layer(context, i, {
        positions,
        window: isGlobal ? undefined : options.window,
        base: isGlobal ? options.globalBase : options.localBase,
      });
    }).flat(),
    (x) => layerNormNode(context, "final_norm", x),
  ]);
}

function layer(
  context: EncoderContext,
  index: number,
  { positions, window, base }: { positions: number[]; window: number | undefined; base: number },
): ((x: Float64Array) => Node)[] {
  const { C, H } = context;
  const name = (part: string) => `layers.${index}.${part}`;
  const turn = (qkv: Float64Array) =>
    functionNode(
      rotary({ qkv, positions, C, H, base }),
      (dY) => rotary({ qkv: dY, positions, C, H, base }, -1),
    );
  const attend = (x: Float64Array) =>
    [
      turn,
      (qkv: Float64Array) => attentionNode(context, qkv, { window }),
      (x: Float64Array) => linearNode(context, name("attn.Wo"), { x, K: C }),
    ].reduce(after, linearNode(context, name("attn.Wqkv"), { x, K: C }));
  const feedForward = (x: Float64Array) => {
    const both = linearNode(context, name("mlp.Wi"), { x, K: C });
    const F = both.value.length / x.length * C / 2;
    return [
      (x: Float64Array) =>
        functionNode(
          gatedActivation(x, F, "gelu"),
          (dY) => gatedActivationBackward(x, dY, { F, kind: "gelu" }),
        ),
      (x: Float64Array) => linearNode(context, name("mlp.Wo"), { x, K: F }),
    ].reduce(after, both);
  };
  const normalised = (norm: string, x: Float64Array, branch: (x: Float64Array) => Node) =>
    residualNode(x, after(layerNormNode(context, name(norm), x), branch));
  return [
    (x) => index === 0 ? residualNode(x, attend(x)) : normalised("attn_norm", x, attend),
    (x) => normalised("mlp_norm", x, feedForward),
  ];
}

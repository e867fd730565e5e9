/**
 * Layers in float64 that normalise the sum of what they were given and a branch, as BERT and its kin have
 * them (Devlin et al., "BERT", 2019).
 *
 * @module
 */

import type { AttentionBiasTable } from "./attention.ts";
import {
  after,
  attentionNode,
  type EncoderContext,
  functionNode,
  layerNormNode,
  linearNode,
  type Node,
  projectionsNode,
  residualNode,
} from "./encoder_nodes.ts";
import {
  hiddenActivation,
  hiddenActivationBackward,
  type HiddenActivationKind,
} from "./hidden_activation.ts";

/** What the parts of a layer are called, behind the layer's own name. */
export interface PostNormNames {
  projections: readonly string[];
  attentionOutput: string;
  attentionNorm: string;
  intermediate: string;
  output: string;
  outputNorm: string;
}

/** What may differ between architectures. */
export interface PostNormOptions {
  names: PostNormNames;
  activation?: HiddenActivationKind;
  /** Tokens see only themselves and those before them. */
  causal?: boolean;
  /** Biases of scores, and the name of their table. */
  bias?: AttentionBiasTable & { name: string };
}

/** The nodes of one layer, to be run one after the other. */
export function postNormLayer(
  context: EncoderContext,
  prefix: string,
  { names, activation = "gelu", causal, bias }: PostNormOptions,
): ((x: Float64Array) => Node)[] {
  const { C } = context;
  const attend = (x: Float64Array) =>
    after(
      after(
        projectionsNode(context, names.projections.map((name) => prefix + name), x),
        (qkv) => attentionNode(context, qkv, { causal, bias, table: bias?.name }),
      ),
      (x) => linearNode(context, prefix + names.attentionOutput, { x, K: C }),
    );
  const feedForward = (x: Float64Array) => {
    const inner = linearNode(context, prefix + names.intermediate, { x, K: C });
    const K = inner.value.length / x.length * C;
    return after(
      after(inner, (x) =>
        functionNode(
          hiddenActivation(x, activation),
          (dY) => hiddenActivationBackward(x, dY, activation),
        )),
      (x) => linearNode(context, prefix + names.output, { x, K }),
    );
  };
  return [
    (x) => residualNode(x, attend(x)),
    (x) => layerNormNode(context, prefix + names.attentionNorm, x),
    (x) => residualNode(x, feedForward(x)),
    (x) => layerNormNode(context, prefix + names.outputNorm, x),
  ];
}

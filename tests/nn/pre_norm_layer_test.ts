import { assert, assertEquals } from "@std/assert";
import { collate } from "../../src/data/collator.ts";
import { normal } from "../../src/nn/initialize.ts";
import { LayerNorm } from "../../src/nn/layer_norm.ts";
import { uploadPackedInput } from "../../src/nn/packed_input.ts";
import { PreNormLayer } from "../../src/nn/pre_norm_layer.ts";
import { RotaryTurns } from "../../src/nn/rotary_turns.ts";
import { modernbert } from "../reference/modernbert.ts";
import { normalValues } from "../reference/random_values.ts";
import { relativeError } from "../support/assert_close.ts";
import { givenParameters } from "../support/given_parameters.ts";
import { testGpus } from "../support/gpu.ts";
import { type OpInput, runOp } from "../support/run_op.ts";

const [C, H, F, WINDOW, BASE] = [48, 2, 40, 3, 100];
const LENGTHS = [5, 1, 9, 2];
const T = 17;

/** Every token is a word of its own. */
function sequences(): number[][] {
  let next = 0;
  return LENGTHS.map((length) => Array.from({ length }, () => next++));
}

function matrix(rows: number, columns: number, seed: number): OpInput {
  const data = normalValues(rows * columns, seed, { deviation: 0.3 });
  return { shape: columns === 1 ? [rows] : [rows, columns], data, parameter: true };
}

const PARAMETERS: Record<string, OpInput> = {
  "layers.1.attn_norm.weight": matrix(C, 1, 2),
  "layers.1.attn_norm.bias": matrix(C, 1, 3),
  "layers.1.attn.Wqkv.weight": matrix(3 * C, C, 4),
  "layers.1.attn.Wqkv.bias": matrix(3 * C, 1, 5),
  "layers.1.attn.Wo.weight": matrix(C, C, 6),
  "layers.1.attn.Wo.bias": matrix(C, 1, 7),
  "layers.1.mlp_norm.weight": matrix(C, 1, 8),
  "layers.1.mlp_norm.bias": matrix(C, 1, 9),
  "layers.1.mlp.Wi.weight": matrix(2 * F, C, 10),
  "layers.1.mlp.Wi.bias": matrix(2 * F, 1, 11),
  "layers.1.mlp.Wo.weight": matrix(C, F, 12),
  "layers.1.mlp.Wo.bias": matrix(C, 1, 13),
};

/**
 * The weights as the reference wants them: a table of words that gives `x`, a first norm that turns it by
 * nothing, and a first layer that adds nothing, since the reference norms no attention there.
 */
function referenceWeights(x: Float64Array): Map<string, Float64Array> {
  const weights = new Map<string, Float64Array>([
    ["embeddings.tok_embeddings.weight", x],
    ["embeddings.norm.weight", new Float64Array(C).fill(1)],
    ["final_norm.weight", new Float64Array(C).fill(1)],
    ["layers.0.attn.Wqkv.weight", new Float64Array(3 * C * C)],
    ["layers.0.attn.Wo.weight", new Float64Array(C * C)],
    ["layers.0.mlp_norm.weight", new Float64Array(C).fill(1)],
    ["layers.0.mlp.Wi.weight", new Float64Array(2 * F * C)],
    ["layers.0.mlp.Wo.weight", new Float64Array(C * F)],
  ]);
  for (const [name, { data }] of Object.entries(PARAMETERS)) weights.set(name, data);
  return weights;
}

Deno.test("PreNormLayer with every bias equals its reference, forward and backward", async () => {
  // Mean 0 and variance 1 by rows, as the reference's norms leave them.
  const x = Float64Array.from(
    { length: T * C },
    (_, i) => (i * 7 + Math.floor(i / C)) % 2 ? 1 : -1,
  );
  const eps = 1e-5;
  const ids = sequences();
  const input = { weights: referenceWeights(x), layers: 2, C, H, eps, sequences: ids };
  const options = { globalEvery: 2, window: WINDOW, globalBase: 1000, localBase: BASE };
  const reference = modernbert(input, options);
  const dOutput = normalValues(T * C, 14);
  // The gradient of the layer's output is that of the last norm, which the test runs too.
  const expected = reference.backward(dOutput);
  const batch = collate([
    { name: "text", sequences: ids.map((sequence) => Uint32Array.from(sequence)) },
  ]);
  const inputs: Record<string, OpInput> = {
    ...PARAMETERS,
    "final_norm.weight": { shape: [C], data: new Float64Array(C).fill(1), parameter: true },
    x: { shape: [T, C], data: x.map((value) => value / Math.sqrt(1 + eps)) },
  };
  let compared = 0;
  for (const gpu of await testGpus()) {
    const turns = new RotaryTurns(BASE, C / H);
    const { y, gradients } = await runOp(gpu, {
      inputs,
      forward: (tape, tensors) => {
        const store = givenParameters(tensors);
        const layer = new PreNormLayer(store, "layers.1.", {
          width: C,
          heads: H,
          intermediateWidth: F,
          epsilon: eps,
          activation: "gelu",
          attentionNorm: true,
          window: WINDOW,
          normBias: true,
          attentionBias: true,
          mlpBias: true,
          attentionDropout: 0,
          mlpDropout: 0,
          initializeIn: normal(1, 1),
          initializeOut: normal(1, 1),
        });
        const packed = uploadPackedInput(tape, batch);
        const places = { packed, turns: turns.upload(tape, packed.longest) };
        const hidden = layer.forward(tape, tensors.x, places);
        return new LayerNorm(store, "final_norm", C, eps, false).forward(tape, hidden);
      },
      dOutput,
    });
    const near = (name: string, actual: Float32Array, wanted: Float64Array) => {
      const error = relativeError(actual, wanted);
      assert(error < 1e-5, `${name} is off by ${error}`);
      compared++;
    };
    near("y", y, reference.hidden);
    for (const name of Object.keys(PARAMETERS)) {
      near(name, gradients[name], expected.get(name)!);
    }
  }
  assertEquals(compared, 2 * 13);
});

import { assertEquals } from "@std/assert";
import { readGolden } from "../golden/golden.ts";
import { assertClose } from "../support/assert_close.ts";
import { adamw } from "./adamw.ts";
import type { AdamwState } from "./adamw.ts";
import { bert } from "./bert.ts";
import { clipGradNorm } from "./clip_grad_norm.ts";
import { l2Normalize, l2NormalizeBackward } from "./l2_normalize.ts";
import { pool, poolBackward } from "./pool.ts";
import {
  similarityCrossEntropy,
  similarityCrossEntropyBackward,
} from "./similarity_cross_entropy.ts";

const C = 32;
/** What storing as f32 costs, with room for the order of additions in float64. */
const stored = { absolute: 1e-12, relative: 2 ** -23 };

Deno.test("bert gives the activations and the loss that PyTorch recorded", async () => {
  const { weights, recording, sequences } = await readGolden();
  const { hidden, pooled, embeddings, loss } = step(weights, sequences);
  for (const [name, value] of Object.entries({ hidden, pooled, embeddings })) {
    const shape = [value.length / C, C];
    assertClose(value, recording.get(name)!, { op: name, shape, ...stored });
  }
  assertClose([loss], recording.get("loss")!, { op: "loss", ...stored });
});

Deno.test("bert gives every parameter gradient that PyTorch recorded", async () => {
  const { weights, recording, sequences } = await readGolden();
  const { gradients } = step(weights, sequences);
  assertEquals([...gradients.keys()].sort(), [...weights.keys()].sort());
  for (const [name, gradient] of gradients) {
    assertClose(gradient, recording.get(`grad.${name}`)!, { op: name, ...stored });
  }
  assertEquals(gradients.size, 37);
});

Deno.test("ten steps of adamw with clipping give the losses and norms that PyTorch recorded", async () => {
  const golden = await readGolden();
  const losses: number[] = [];
  const norms: number[] = [];
  const states = new Map<string, Omit<AdamwState, "gradient">>();
  for (const [name, parameter] of golden.weights) {
    const zeros = () => new Float64Array(parameter.length);
    states.set(name, { parameter, m: zeros(), v: zeros() });
  }
  for (let i = 1; i <= 10; i++) {
    const weights = new Map([...states].map(([name, { parameter }]) => [name, parameter]));
    const { loss, gradients } = step(weights, golden.sequences);
    const { norm, coefficient } = clipGradNorm(gradients.values(), 1);
    losses.push(loss);
    norms.push(norm);
    for (const [name, state] of states) {
      const gradient = gradients.get(name)!.map((value) => value * coefficient);
      const weightDecay = name.endsWith(".bias") || name.includes("LayerNorm") ? 0 : 0.01;
      const options = { step: i, learningRate: 1e-3, beta1: 0.9, beta2: 0.999, eps: 1e-8 };
      states.set(name, adamw({ ...state, gradient }, { ...options, weightDecay }));
    }
  }
  assertClose(losses, golden.recording.get("losses")!, { op: "losses", ...stored });
  assertClose(norms, golden.recording.get("norms")!, { op: "norms", ...stored });
});

function step(weights: Map<string, Float64Array>, sequences: number[][]) {
  const output = bert({ weights, layers: 2, C, H: 2, eps: 1e-12, sequences });
  const { hidden, sequenceStarts } = output;
  const pooling = { x: hidden, sequenceStarts, C, mode: "mean" } as const;
  const pooled = pool(pooling);
  const embeddings = l2Normalize(pooled, C);
  const middle = embeddings.length / 2;
  const [anchors, candidates] = [embeddings.slice(0, middle), embeddings.slice(middle)];
  const pairs = { anchors, candidates, C, scale: 20 };
  const { loss } = similarityCrossEntropy(pairs);
  const { dAnchors, dCandidates } = similarityCrossEntropyBackward(pairs, 1);
  const dEmbeddings = Float64Array.of(...dAnchors, ...dCandidates);
  const dPooled = l2NormalizeBackward(pooled, dEmbeddings, C);
  const gradients = output.backward(poolBackward(pooling, dPooled));
  return { hidden, pooled, embeddings, loss, gradients };
}

/**
 * Times of the in-batch ranking loss. Backward computes the scores again, and two products of their gradients.
 *
 * @module
 */
import { Gpu } from "../../src/gpu/device.ts";
import { similarityCrossEntropy } from "../../src/ops/similarity_cross_entropy.ts";
import { benchOp, filled, forwardAndBackward } from "./bench_op.ts";

/** Pairs and columns: the main job's, a large batch of it, MiniLM's. */
const SHAPES = [[64, 128], [1024, 128], [512, 384]] as const;

const gpu = await Gpu.request();
const cases = SHAPES.flatMap(([B, C]) => {
  const anchors = filled(gpu, [B, C]);
  const candidates = filled(gpu, [B, C]);
  const flops = 2 * B * B * C;
  return forwardAndBackward(gpu, `${B} x ${B}, C ${C}`, {
    activations: [anchors, candidates],
    work: [{ flops }, { flops: 4 * flops }],
    forward: (tape) => similarityCrossEntropy(tape, { anchors, candidates, scale: 20 }),
  });
});
await benchOp(gpu, "similarity cross-entropy", cases);

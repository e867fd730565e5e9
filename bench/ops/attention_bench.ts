/**
 * Times of attention at the shapes of training: many short sequences, fewer long ones. Backward computes
 * the scores again, and four products.
 *
 * @module
 */
import { Gpu } from "../../src/gpu/device.ts";
import { attention, uploadAttentionLayout } from "../../src/ops/attention.ts";
import { Tape } from "../../src/ops/tape.ts";
import { benchOp, filled, forwardAndBackward } from "./bench_op.ts";

const SHAPES = [
  { sequences: 128, length: 16, C: 128, H: 2 },
  { sequences: 16, length: 128, C: 128, H: 2 },
  { sequences: 128, length: 16, C: 384, H: 12 },
  { sequences: 4, length: 512, C: 384, H: 12 },
];

const gpu = await Gpu.request();
// Layouts stay on the GPU: their tape does not end.
const layouts = new Tape(gpu);
const cases = SHAPES.flatMap(({ sequences, length, C, H }) => {
  const starts = Uint32Array.from({ length: sequences + 1 }, (_, i) => i * length);
  const layout = uploadAttentionLayout(layouts, starts);
  const qkv = filled(gpu, [sequences * length, 3 * C]);
  const flops = 4 * sequences * length ** 2 * C;
  return forwardAndBackward(gpu, `${sequences} sequences of ${length}, C ${C}, H ${H}`, {
    activations: [qkv],
    work: [{ flops }, { flops: 3.5 * flops }],
    forward: (tape) => attention(tape, { qkv, layout, heads: H }),
  });
});
await benchOp(gpu, "attention", cases);

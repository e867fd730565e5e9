/**
 * Times of dropout, whose random bits are drawn in both directions.
 *
 * @module
 */
import { Gpu } from "../../src/gpu/device.ts";
import { dropout } from "../../src/ops/dropout.ts";
import { benchOp, filled, forwardAndBackward, MODELS, TOKENS } from "./bench_op.ts";

const gpu = await Gpu.request();
const cases = MODELS.flatMap(({ C }) => {
  const x = filled(gpu, [TOKENS, C]);
  const bytes = 4 * TOKENS * C;
  return forwardAndBackward(gpu, `${TOKENS} x ${C}`, {
    activations: [x],
    work: [{ bytes: 2 * bytes }, { bytes: 4 * bytes }],
    forward: (tape) => dropout(tape, x, 0.1),
  });
});
await benchOp(gpu, "dropout", cases);

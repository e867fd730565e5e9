/**
 * Times of GELU between the halves of a feed-forward part.
 *
 * @module
 */
import { Gpu } from "../../src/gpu/device.ts";
import { hiddenActivation } from "../../src/ops/hidden_activation.ts";
import { benchOp, filled, forwardAndBackward, MODELS, TOKENS } from "./bench_op.ts";

const gpu = await Gpu.request();
const cases = MODELS.flatMap(({ C }) => {
  const x = filled(gpu, [TOKENS, 4 * C]);
  const bytes = 4 * TOKENS * 4 * C;
  return forwardAndBackward(gpu, `${TOKENS} x ${4 * C}`, {
    activations: [x],
    work: [{ bytes: 2 * bytes }, { bytes: 5 * bytes }],
    forward: (tape) => hiddenActivation(tape, x, "gelu"),
  });
});
await benchOp(gpu, "gelu", cases);

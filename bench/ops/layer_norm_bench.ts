/**
 * Times of layer norm. Backward reads x and dY twice: for dX, and for gain and bias.
 *
 * @module
 */
import { Gpu } from "../../src/gpu/device.ts";
import { layerNorm } from "../../src/ops/layer_norm.ts";
import { benchOp, filled, forwardAndBackward, MODELS, TOKENS } from "./bench_op.ts";

const gpu = await Gpu.request();
const cases = MODELS.flatMap(({ C }) => {
  const x = filled(gpu, [TOKENS, C]);
  const gain = filled(gpu, [C], { isParameter: true });
  const bias = filled(gpu, [C], { isParameter: true });
  const bytes = 4 * TOKENS * C;
  return forwardAndBackward(gpu, `${TOKENS} x ${C}`, {
    activations: [x],
    work: [{ bytes: 2 * bytes }, { bytes: 7 * bytes }],
    forward: (tape) => layerNorm(tape, { x, gain, bias, epsilon: 1e-12 }),
  });
});
await benchOp(gpu, "layer norm", cases);

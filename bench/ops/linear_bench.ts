/**
 * Times of linear layers with a bias: query, key and value together, and the second half of a feed-forward
 * part.
 *
 * @module
 */
import { Gpu } from "../../src/gpu/device.ts";
import { linear } from "../../src/ops/linear.ts";
import { benchOp, filled, forwardAndBackward, MODELS, TOKENS } from "./bench_op.ts";

const gpu = await Gpu.request();
const cases = MODELS.flatMap(({ C }) =>
  [[C, 3 * C], [4 * C, C]].flatMap(([inputs, outputs]) => {
    const x = filled(gpu, [TOKENS, inputs]);
    const weight = filled(gpu, [outputs, inputs], { isParameter: true });
    const bias = filled(gpu, [outputs], { isParameter: true });
    const flops = 2 * TOKENS * inputs * outputs;
    return forwardAndBackward(gpu, `${TOKENS} x ${inputs} to ${outputs}`, {
      activations: [x],
      work: [{ flops }, { flops: 3 * flops }],
      forward: (tape) => linear(tape, { x, weight, bias }),
    });
  })
);
await benchOp(gpu, "linear", cases);

/**
 * Times of mean pooling over short sequences and over long ones.
 *
 * @module
 */
import { Gpu } from "../../src/gpu/device.ts";
import { pool } from "../../src/ops/pool.ts";
import { Tape } from "../../src/ops/tape.ts";
import { benchOp, filled, forwardAndBackward, MODELS, TOKENS } from "./bench_op.ts";

const gpu = await Gpu.request();
// Starts stay on the GPU: their tape does not end.
const layouts = new Tape(gpu);
const cases = [16, 256].flatMap((length) => {
  const sequences = TOKENS / length;
  const starts = Uint32Array.from({ length: sequences + 1 }, (_, i) => i * length);
  const sequenceStarts = layouts.upload([sequences + 1], starts, "starts");
  return MODELS.flatMap(({ C }) => {
    const hidden = filled(gpu, [TOKENS, C]);
    const bytes = 4 * (TOKENS + sequences) * C;
    return forwardAndBackward(gpu, `${sequences} sequences of ${length}, C ${C}`, {
      activations: [hidden],
      work: [{ bytes }, { bytes: 2 * bytes }],
      forward: (tape) => pool(tape, { hidden, sequenceStarts, modes: ["mean"] }),
    });
  });
});
await benchOp(gpu, "mean pooling", cases);

/**
 * Times of the sum of word, position and type embeddings. Backward reads dY once for each table.
 *
 * @module
 */
import { Random } from "../../src/data/random.ts";
import { Gpu } from "../../src/gpu/device.ts";
import { embedding, uploadIds } from "../../src/ops/embedding.ts";
import { Tape } from "../../src/ops/tape.ts";
import { benchOp, filled, forwardAndBackward, MODELS, TOKENS } from "./bench_op.ts";

const WORDS = 30522;
const LENGTH = 16;

const gpu = await Gpu.request();
const random = new Random("bench");
// Ids stay on the GPU: their tape does not end.
const ids = new Tape(gpu, { recording: true });
const words = uploadIds(ids, Uint32Array.from({ length: TOKENS }, () => random.integer(WORDS)), "");
const positions = uploadIds(ids, Uint32Array.from({ length: TOKENS }, (_, i) => i % LENGTH), "");
const cases = MODELS.flatMap(({ C }) => {
  const word = filled(gpu, [WORDS, C], { isParameter: true });
  const position = filled(gpu, [512, C], { isParameter: true });
  const type = filled(gpu, [2, C], { isParameter: true });
  const bytes = 4 * TOKENS * C;
  return forwardAndBackward(gpu, `${TOKENS} of ${WORDS} x ${C}`, {
    activations: [],
    work: [{ bytes: 3 * bytes }, { bytes: 6 * bytes }],
    forward: (tape) => embedding(tape, { words, positions, word, position, type }),
  });
});
await benchOp(gpu, "embedding", cases);

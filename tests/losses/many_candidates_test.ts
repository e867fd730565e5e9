import { assert, assertEquals } from "@std/assert";
import { Random } from "../../src/data/random.ts";
import { MultipleNegativesRankingLoss } from "../../src/losses/multiple_negatives_ranking_loss.ts";
import { Tensor } from "../../src/gpu/tensor.ts";
import { Tape } from "../../src/ops/tape.ts";
import { testGpu } from "../support/gpu.ts";

const ANCHORS = 256;
const DOCUMENTS = 256;
const CANDIDATES = ANCHORS * DOCUMENTS;
const DIMENSION = 384;
const GIBIBYTE = 2 ** 30;

Deno.test("MultipleNegativesRankingLoss takes 65,536 candidates of 384 dimensions in under 1 GiB", async () => {
  assertEquals(CANDIDATES, 65_536);
  const gpu = await testGpu();
  const shape = [ANCHORS * (1 + DOCUMENTS), DIMENSION];
  const random = new Random(1, "candidates");
  const values = Float32Array.from({ length: shape[0] * DIMENSION }, () => random.float() - 0.5);
  const { live } = gpu.pool.counters;
  const data = gpu.tensor(shape, "embeddings");
  const gradient = gpu.tensor(shape, "d_embeddings");
  const kept = gpu.tensor([], "kept");
  gpu.pool.resetPeak();
  gpu.recorder.write(data.allocation, data.byteOffset, values);
  gpu.recorder.clear(gradient);
  const { allocation, label } = data;
  const embeddings = new Tensor({ allocation, shape, label, gradient });
  const tape = new Tape(gpu, { recording: true });
  const columns = Array.from({ length: 1 + DOCUMENTS }, (_, i) => ({
    name: `column ${i}`,
    first: i * ANCHORS,
    count: ANCHORS,
  }));
  const loss = new MultipleNegativesRankingLoss();
  const value = loss.forward(tape, { embeddings, columns, labels: null });
  gpu.recorder.copy(value, kept);
  tape.backward(value);
  tape.end();
  const [found] = await gpu.read(kept);
  const peak = gpu.pool.counters.peak - live;
  // Random directions are all alike: the loss is near that of a guess, and not beyond it.
  assert(Math.abs(found - Math.log(CANDIDATES)) < 1, `${found}`);
  // Embeddings and gradients alone take 2 x 96.4 MiB.
  assert(peak > 2 * 4 * shape[0] * DIMENSION && peak < GIBIBYTE, `${peak / 2 ** 20} MiB`);
  for (const tensor of [data, gradient, kept]) gpu.release(tensor);
});

import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { shiftTokens } from "../../src/data/shift_tokens.ts";
import { sliceBatch } from "../../src/data/slice_batch.ts";
import { TokenizerPool } from "../../src/data/tokenizer_pool.ts";
import { DenoisingAutoEncoderLoss } from "../../src/losses/denoising_auto_encoder_loss.ts";
import type { EmbeddedBatch, Loss } from "../../src/losses/loss.ts";
import { MultipleNegativesRankingLoss } from "../../src/losses/multiple_negatives_ranking_loss.ts";
import { Decoder } from "../../src/models/decoder.ts";
import { Tape } from "../../src/ops/tape.ts";
import { computeLoss, embedInParts } from "../../src/train/compute_loss.ts";
import { prepareBatch } from "../../src/train/prepare_batch.ts";
import { testGpu } from "../support/gpu.ts";
import { tinyModel, tinyPairs } from "../support/tiny_training.ts";

async function prepared() {
  const gpu = await testGpu();
  const model = await tinyModel(gpu);
  const pool = new TokenizerPool(model.tokenizer, 0);
  return { gpu, model, batch: await prepareBatch({ model, pool }, tinyPairs(12), [0, 1, 2]) };
}

Deno.test("computeLoss() embeds and compares without leaving memory behind", async () => {
  const { gpu, model, batch } = await prepared();
  const { live } = gpu.pool.counters;
  const tape = new Tape(gpu);
  const loss = new MultipleNegativesRankingLoss();
  const { value, components } = computeLoss(tape, { model }, { batch, loss });
  assertEquals([value.shape, components], [[], []]);
  assert((await gpu.read(value))[0] > 0);
  tape.end();
  assertEquals(gpu.pool.counters.live, live);
  model.destroy();
});

Deno.test("computeLoss() adds the components of a loss", async () => {
  const { gpu, model, batch } = await prepared();
  const ranking = new MultipleNegativesRankingLoss();
  const soft = new MultipleNegativesRankingLoss({ scale: 1 });
  const loss: Loss = Object.assign(new MultipleNegativesRankingLoss(), {
    components: ["sharp", "soft"],
    forward: (tape: Tape, embedded: EmbeddedBatch) => ({
      soft: soft.forward(tape, embedded),
      sharp: ranking.forward(tape, embedded),
    }),
  });
  const tape = new Tape(gpu, { recording: true });
  const { value, components } = computeLoss(tape, { model }, { batch, loss });
  const [sum] = await gpu.read(value);
  const [[sharp], [smooth]] = [await gpu.read(components[0]), await gpu.read(components[1])];
  assertAlmostEquals(sum, sharp + smooth, 1e-6 * sum);
  assertAlmostEquals(smooth, Math.log(3), 1); // three candidates, all alike but for their cosines
  tape.backward(value);
  tape.end();
  model.destroy();
});

Deno.test("computeLoss() gives what the loss wants: a guide's advice, a copy's embeddings", async () => {
  const { gpu, model, batch } = await prepared();
  const other = await tinyModel(gpu);
  const seen: string[] = [];
  const loss: Loss = Object.assign(new MultipleNegativesRankingLoss(), {
    wants: { guide: true, twin: true },
    forward: (tape: Tape, embedded: EmbeddedBatch) => {
      const { guide, twin } = embedded;
      seen.push(`${guide!.shape}`, `${twin!.shape}`);
      assertEquals([tape.isTracked(guide!), tape.isTracked(twin!)], [false, true]);
      return new MultipleNegativesRankingLoss().forward(tape, { ...embedded, embeddings: twin! });
    },
  });
  const part = { batch, guideBatch: batch, loss };
  const tape = new Tape(gpu, { recording: true });
  tape.backward(computeLoss(tape, { model, guide: other, twin: other }, part).value);
  tape.end();
  assertEquals(seen, [`6,${model.dimension}`, `6,${model.dimension}`]);
  assertThrows(() => computeLoss(new Tape(gpu), { model }, part), TypeError, "there is no guide");
  assertThrows(
    () => computeLoss(new Tape(gpu), { model, guide: other }, part),
    TypeError,
    "there is no copy of the model",
  );
  for (const used of [model, other]) used.destroy();
});

Deno.test("computeLoss() embeds the first column alone where a decoder reads the second", async () => {
  const { gpu, model, batch } = await prepared();
  const loss = new DenoisingAutoEncoderLoss();
  const seen: EmbeddedBatch[] = [];
  const watched: Loss = Object.assign(new DenoisingAutoEncoderLoss(), {
    forward: (tape: Tape, embedded: EmbeddedBatch) => {
      seen.push(embedded);
      return loss.forward(tape, embedded);
    },
  });
  const part = { batch, loss: watched };
  const decoder = new Decoder(model, { tied: true, seed: 1 });
  const decoders = new Map([[watched, decoder]]);
  const tape = new Tape(gpu, { recording: true });
  const { value } = computeLoss(tape, { model, decoders }, part);
  assertEquals(seen.length, 1);
  assertEquals(seen[0].columns, [{ name: "anchor", first: 0, count: 3 }]);
  const whole = await gpu.read(model.embed(new Tape(gpu), batch));
  const first = await gpu.read(seen[0].embeddings);
  assertEquals(first, whole.slice(0, 3 * model.dimension));
  const original = shiftTokens(sliceBatch(batch, batch.columns[1]));
  const again = decoder.reconstruct(new Tape(gpu), seen[0].embeddings, original);
  assertEquals(await gpu.read(value), await gpu.read(again));
  tape.backward(value);
  tape.end();
  assertThrows(() => computeLoss(new Tape(gpu), { model }, part), TypeError, "there is no decoder");
  for (const store of [...decoder.stores, model]) store.destroy();
});

Deno.test("embedInParts() gives the embeddings of the whole", async () => {
  const { gpu, model, batch } = await prepared();
  const tape = new Tape(gpu);
  const whole = await gpu.read(model.embed(tape, batch));
  tape.end();
  const into = gpu.tensor([6, model.dimension], "embeddings");
  const cache = { miniBatchSize: 4, miniBatchTokens: null };
  embedInParts(model, batch, { tape: {}, cache, into });
  assertEquals(await gpu.read(into), whole);
  gpu.release(into);
  model.destroy();
});

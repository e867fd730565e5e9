import { assert, assertEquals } from "@std/assert";
import { collate } from "../../../src/data/collator.ts";
import { ParameterStore } from "../../../src/gpu/parameter_slab.ts";
import { Tape } from "../../../src/ops/tape.ts";
import { CollectiveCommunicator } from "../../../src/distributed/collective_communicator.ts";
import { MemoryNetwork } from "../../distributed/memory_transport.ts";
import { GradientExchange } from "../../../src/train/parallel/gradient_exchange.ts";
import { memoryRanks, rankGpus } from "../../support/tiny_ranks.ts";
import { tinyModel } from "../../support/tiny_training.ts";

/** Elements of the two parameters: 2.4 MB and 12 bytes. */
const SIZES = [600_000, 3] as const;

async function reduced(ranks: number, bucketMb: number | null): Promise<Float32Array[][]> {
  const communicators = memoryRanks(ranks);
  const devices = await rankGpus(ranks);
  return await Promise.all(devices.map(async (gpu, rank) => {
    const store = new ParameterStore(gpu);
    for (const [i, size] of SIZES.entries()) {
      store.declare({
        parts: [{ name: `p${i}`, shape: [size] }],
        shape: [size],
        decay: i === 0,
        initialize: () => new Float32Array(size),
      });
    }
    store.allocate(() => null, true);
    store.upload(
      ({ shape: [size] }) => Float32Array.from({ length: size }, (_, i) => (rank + 1) * (i % 1000)),
      (slab) => slab.gradients,
    );
    const communicator = communicators[rank];
    const exchange = new GradientExchange(gpu, [store], { communicator, bucketMb });
    assertEquals(exchange.bytes, 600_000 * 4 + 256);
    for (let turn = 0; turn < 2; turn++) await exchange.reduce();
    exchange.destroy();
    const found = await store.download((slab) => slab.gradients);
    store.destroy();
    return [...found.values()].map(({ data }) => data);
  }));
}

for (const bucketMb of [null, 1]) {
  Deno.test(`GradientExchange adds gradients up, ddp_bucket_cap_mb ${bucketMb}`, async () => {
    for (const ranks of [2, 3]) {
      const all = await reduced(ranks, bucketMb);
      // Twice: the sums of the first time are the values of the second.
      const factor = ranks * ranks * (ranks + 1) / 2;
      for (const found of all) {
        assertEquals(found.map((data) => data.length), [...SIZES]);
        for (const data of found) {
          assertEquals(data.findIndex((value, i) => value !== factor * (i % 1000)), -1);
        }
      }
    }
  });
}

/** Gradients of the tiny model on two ranks, summed; and how many buckets were copied within backward. */
async function ofModel(observes: boolean): Promise<{ bits: Uint32Array[]; early: number[] }> {
  const devices = await rankGpus(2);
  const early: number[] = [];
  const bits = await Promise.all(
    memoryRanks(2).map(async (communicator, rank) => {
      const model = await tinyModel(devices[rank]);
      const { gpu, store } = model;
      // Buckets of 4 KiB, so that the tiny model has many.
      const exchange = new GradientExchange(gpu, [store], { communicator, bucketMb: 2 ** -8 });
      const ids = [5, 6, 7, 8].map((id) => Uint32Array.of(2, id + rank, 9, 3));
      const batch = collate([{ name: "text", sequences: ids }]);
      const kind = {};
      for (let step = 0; step < 3; step++) {
        for (const { gradients } of store.slabs) gpu.recorder.clear(gradients);
        const observe = observes ? exchange.observer(kind) : undefined;
        const tape = new Tape(gpu, { recording: true, observe });
        const found = model.embed(tape, batch);
        const ones = tape.upload(found.shape, new Float32Array(found.size).fill(0.5), "ones");
        tape.backward(found, ones);
        tape.end();
        await exchange.reduce();
        if (rank === 0) early.push(exchange.earlyBuckets);
      }
      const gradients = await store.download((slab) => slab.gradients);
      exchange.destroy();
      model.destroy();
      return new Uint32Array(
        [...gradients.values()].flatMap(({ data }) => [...new Uint32Array(data.buffer)]),
      );
    }),
  );
  return { bits, early };
}

Deno.test("GradientExchange copies buckets while backward is recorded, with the same bits", async () => {
  const plain = await ofModel(false);
  const observed = await ofModel(true);
  assertEquals(observed.bits, plain.bits);
  assertEquals(observed.bits[0], observed.bits[1]);
  assert(plain.bits[0].some((word) => word !== 0));
  assertEquals(plain.early, [0, 0, 0]);
  const [first, second, third] = observed.early;
  assertEquals([first, second], [0, third]);
  assert(second > 4, `${second} buckets`);
});

Deno.test("GradientExchange sends (n - 1) / n of the gradients to be added up, and as much of sums", async () => {
  for (const ranks of [2, 3]) {
    const network = new MemoryNetwork(ranks);
    const devices = await rankGpus(ranks);
    await network.run(async (transport) => {
      const model = await tinyModel(devices[transport.rank]);
      const communicator = new CollectiveCommunicator(transport);
      const exchange = new GradientExchange(model.gpu, [model.store], {
        communicator,
        bucketMb: null,
      });
      await exchange.reduce();
      // The network counts what is added up; each rank then sends its sums to all.
      const wanted = exchange.bytes * (ranks - 1) / ranks;
      // Shares of a bucket differ by one number at most.
      assert(Math.abs(network.sent[transport.rank] - wanted) <= 2 * 4 * ranks, `${wanted}`);
      exchange.destroy();
      model.destroy();
    });
  }
});

/** Sums of what ranks hold, as f32 or as halves, and what each rank sent. */
async function summed(values: readonly Float32Array<ArrayBuffer>[], compression?: "fp16") {
  const ranks = values.length;
  const devices = await rankGpus(ranks);
  const network = new MemoryNetwork(ranks);
  let bytes = 0;
  const sums = await network.run(async (transport) => {
    const gpu = devices[transport.rank];
    const store = new ParameterStore(gpu);
    const shape = [values[0].length];
    const initialize = () => new Float32Array(shape[0]);
    store.declare({ parts: [{ name: "p", shape }], shape, decay: true, initialize });
    store.allocate(() => null, true);
    store.upload(() => values[transport.rank], (slab) => slab.gradients);
    const communicator = new CollectiveCommunicator(transport);
    const exchange = new GradientExchange(gpu, [store], {
      communicator,
      bucketMb: null,
      compression,
    });
    bytes = exchange.bytes;
    await exchange.reduce();
    exchange.destroy();
    const found = await store.download((slab) => slab.gradients);
    store.destroy();
    return found.get("p")!.data;
  });
  return { sums, bytes, sent: network.sent };
}

/** Noise of four decades and mixed signs, and what each sum of halves may be off by. */
function noise(ranks: number) {
  const length = 5000;
  const values = Array.from(
    { length: ranks },
    (_, rank) =>
      Float32Array.from(
        { length },
        (_, i) => Math.sin((i + 1) * (rank + 2)) * 10 ** (-(i * 7 % 5)),
      ),
  );
  const largest = values.map((own) => own.reduce((most, x) => Math.max(most, Math.abs(x)), 0));
  const total = largest.reduce((sum, most) => sum + most, 0);
  const bound = Float64Array.from({ length }, (_, i) => {
    const sum = values.reduce((sum, own) => sum + own[i], 0);
    const magnitudes = values.reduce((sum, own) => sum + Math.abs(own[i]), 0);
    // Each addend as encodeHalves() says, and sums in f32; then the sum, no larger than all of them.
    const before = 2 ** -11 * magnitudes + 2 ** -39 * total + 2 ** -23 * ranks * magnitudes;
    return before + 2 ** -11 * (Math.abs(sum) + before) + 2 ** -39 * (total + before) + 2 ** -149;
  });
  return { values, bound };
}

Deno.test("GradientExchange sends half the bytes as fp16, the sums within what halves are off by", async () => {
  for (const ranks of [2, 3]) {
    const { values, bound } = noise(ranks);
    const plain = await summed(values);
    const halves = await summed(values, "fp16");
    assertEquals(halves.bytes, plain.bytes / 2);
    halves.sent.forEach((sent, rank) => {
      // A scale of 4 bytes a share, and shares differ by one number.
      const scales = sent - plain.sent[rank] / 2;
      assert(scales > 0 && scales <= 6 * ranks, `${scales} bytes`);
    });
    const [first, ...others] = halves.sums;
    for (const other of others) assertEquals(other, first);
    const differences = first.map((sum, i) => Math.abs(sum - plain.sums[0][i]));
    assertEquals(differences.findIndex((difference, i) => !(difference <= bound[i])), -1);
    assert(differences.some((difference) => difference > 0));
  }
});

Deno.test("GradientExchange as fp16 keeps sums beyond the range of halves, and what is not finite, on all ranks", async () => {
  // Halves end at 65504 and 2^-24: products with a loss scale and tiny gradients lie beyond.
  const large = await summed([0, 1].map(() => Float32Array.of(2 ** 60, 2 ** 50, 0, 1)), "fp16");
  assertEquals(large.sums[0], Float32Array.of(2 ** 61, 2 ** 51, 0, 0));
  const tiny = await summed([0, 1].map(() => Float32Array.of(2 ** -60, 2 ** -70, 0, 0)), "fp16");
  assertEquals(tiny.sums[0], Float32Array.of(2 ** -59, 2 ** -69, 0, 0));
  const length = 64;
  const [own, other] = [0, 1].map(() => new Float32Array(length).fill(1));
  [own[3], other[40], own[50], other[50]] = [Infinity, NaN, -Infinity, Infinity];
  const { sums } = await summed([own, other], "fp16");
  const wanted = new Float32Array(length).fill(2);
  [wanted[3], wanted[40], wanted[50]] = [Infinity, NaN, NaN];
  assertEquals(sums[0], wanted);
  const [first, second] = sums.map(({ buffer }) => new Uint32Array(buffer));
  assertEquals(second, first);
});

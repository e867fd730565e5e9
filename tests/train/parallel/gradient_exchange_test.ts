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

import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { ConcatDataset } from "../../src/data/concat_dataset.ts";
import { multiDatasetSampler } from "../../src/data/samplers/multi_dataset.ts";
import type { Loss } from "../../src/losses/loss.ts";
import { MultipleNegativesRankingLoss } from "../../src/losses/multiple_negatives_ranking_loss.ts";
import { BatchSource, type BatchSourceInputs } from "../../src/train/batch_source.ts";
import type { LossBatch } from "../../src/train/compute_loss.ts";
import { prepareBatch } from "../../src/train/prepare_batch.ts";
import { Timeline } from "../../src/train/timeline.ts";
import { testGpu } from "../support/gpu.ts";
import { tinyModel, tinyPairs } from "../support/tiny_training.ts";

const LOSSES: Readonly<Record<string, Loss>> = {
  a: new MultipleNegativesRankingLoss(),
  b: new MultipleNegativesRankingLoss({ scale: 5 }),
};

/** Two datasets, batches of three rows, two batches a step: an epoch has three steps. */
async function inputs(changes: Partial<BatchSourceInputs> = {}): Promise<BatchSourceInputs> {
  const datasets = new ConcatDataset([tinyPairs(8, "a"), tinyPairs(7, "b")]);
  const sampler = multiDatasetSampler(datasets, {
    batchSize: 3,
    dropLast: false,
    seed: 1,
    batchSampler: "batch_sampler",
    multiDatasetBatchSampler: "proportional",
  });
  return {
    // A tokenizer of its own: what one source has tokenized no other finds.
    models: { model: await tinyModel(await testGpu()) },
    datasets,
    timeline: new Timeline(sampler, 2),
    lossFor: ({ name }) => LOSSES[name],
    prompts: null,
    workers: 0,
    persistentWorkers: false,
    ...changes,
  };
}

/** Runs with a source, and counts the workers that it starts and ends. */
async function withSource(
  changes: Partial<BatchSourceInputs>,
  use: (source: BatchSource, workers: { started: number; ended: number }) => Promise<void>,
): Promise<void> {
  const given = await inputs(changes);
  const source = new BatchSource(given);
  const { Worker } = globalThis;
  const workers = { started: 0, ended: 0 };
  globalThis.Worker = class extends Worker {
    constructor(...parameters: ConstructorParameters<typeof Worker>) {
      super(...parameters);
      workers.started++;
    }
    override terminate() {
      super.terminate();
      workers.ended++;
    }
  };
  try {
    await use(source, workers);
  } finally {
    await source.close();
    globalThis.Worker = Worker;
    given.models.model.destroy();
  }
  assertEquals(workers.ended, workers.started, "a worker is left");
}

const place = (epoch: number, index: number) => ({ epoch, index, steps: 3 });

/** What is in the batches of a step. */
function contents(batches: readonly LossBatch[]) {
  return batches.map(({ batch: { ids, columns, sequenceStarts }, loss }) => ({
    ids: [...ids],
    columns,
    starts: [...sequenceStarts],
    scale: loss.config.scale,
  }));
}

/** The steps of two epochs, of which the first is left after two steps. */
const PLACES = [[0, 0], [0, 1], [1, 0], [1, 1], [1, 2]] as const;

Deno.test("BatchSource gives the batches of the timeline, each with the loss of its dataset", async () => {
  const given = await inputs();
  const source = new BatchSource(given);
  const { timeline, datasets } = given;
  let batches = 0;
  for (const [epoch, index] of PLACES) {
    const found = await source.step(place(epoch, index));
    const rows = timeline.batches(place(epoch, index));
    assertEquals(found.length, rows.length);
    for (const [i, { batch, loss }] of found.entries()) {
      const { dataset } = datasets.locate(rows[i][0]);
      const own = [...rows[i]].map((row) => datasets.locate(row).row);
      assertEquals(batch, await prepareBatch(source.maker, dataset, own));
      assertStrictEquals(loss, LOSSES[dataset.name]);
      batches++;
    }
  }
  assertEquals(batches, 10);
  await source.close();
  given.models.model.destroy();
});

Deno.test("BatchSource with workers gives the same batches as without", async () => {
  const found: unknown[][] = [];
  for (const [workers, persistentWorkers] of [[0, false], [1, false], [2, true]] as const) {
    const steps: unknown[] = [];
    await withSource({ workers, persistentWorkers }, async (source) => {
      for (const [epoch, index] of PLACES) {
        steps.push(contents(await source.step(place(epoch, index))));
      }
    });
    found.push(steps);
  }
  assertEquals(found[1], found[0]);
  assertEquals(found[2], found[0]);
  assertEquals(new Set(found[0].map((step) => JSON.stringify(step))).size, PLACES.length);
});

Deno.test("BatchSource goes to any step: forwards, backwards, and again", async () => {
  for (const workers of [0, 1]) {
    await withSource({ workers }, async (source) => {
      const at = async (epoch: number, index: number) =>
        contents(await source.step(place(epoch, index)));
      const [first, second, third] = [await at(0, 0), await at(0, 1), await at(0, 2)];
      assertEquals(await at(0, 2), third);
      assertEquals(await at(0, 0), first);
      assertEquals(await at(0, 1), second);
      const later = await at(2, 1);
      assertEquals(await at(0, 1), second);
      assertEquals(await at(2, 1), later);
    });
  }
});

Deno.test("BatchSource ends its workers with the epoch, unless they are persistent", async () => {
  for (const [persistentWorkers, started] of [[false, 4], [true, 2]] as const) {
    await withSource({ workers: 2, persistentWorkers }, async (source, workers) => {
      for (const [epoch, index] of PLACES) {
        await source.step(place(epoch, index));
        assert(workers.started - workers.ended === 2, "two workers at a time");
      }
      assertEquals(workers.started, started);
    });
  }
});

Deno.test("BatchSource starts nothing before it is asked, and again after close", async () => {
  await withSource({ workers: 1 }, async (source, workers) => {
    await source.close();
    assertEquals(workers, { started: 0, ended: 0 });
    const first = contents(await source.step(place(0, 0)));
    await source.close();
    await source.close();
    assertEquals(workers, { started: 1, ended: 1 });
    // The step after the one that was given is not prepared any more; the first one comes again.
    assertEquals(contents(await source.step(place(0, 0))), first);
    assertEquals(workers.started, 2);
  });
});

Deno.test("BatchSource runs as far ahead as its workers have work", async () => {
  for (const [workers, ahead] of [[0, 1], [1, 3]] as const) {
    const given = await inputs();
    const asked: number[] = [];
    const timeline = new Timeline({ batches: () => [], steps: () => 20 }, 1);
    timeline.batches = ({ index }) => {
      asked.push(index);
      return [Uint32Array.of(0, 1)];
    };
    const source = new BatchSource({ ...given, timeline, workers });
    await source.step({ epoch: 0, index: 4, steps: 20 });
    assertEquals(asked, [4, 5, 6].slice(0, ahead));
    await source.close();
    given.models.model.destroy();
  }
});

Deno.test("BatchSource prepends prompts, and its maker does so for evaluations", async () => {
  const lengths: number[] = [];
  for (const prompts of [null, "a b "]) {
    await withSource({ prompts }, async (source) => {
      const [{ batch }] = await source.step(place(0, 0));
      lengths.push(batch.ids.length / batch.columns[0].count);
      const own = await prepareBatch(source.maker, tinyPairs(2), [0]);
      lengths.push(own.ids.length);
    });
  }
  // Two tokens a text, two texts a row.
  assertEquals([lengths[2] - lengths[0], lengths[3] - lengths[1]], [4, 4]);
});

Deno.test("BatchSource tells of a batch that cannot be made when it is asked for", async () => {
  for (const workers of [0, 1]) {
    const given = await inputs();
    const timeline = new Timeline({ batches: () => [], steps: () => 3 }, 1);
    timeline.batches = ({ index }) => {
      if (index === 1) throw new RangeError("no such rows");
      return [Uint32Array.of(0, 1)];
    };
    const source = new BatchSource({ ...given, timeline, workers });
    assertEquals((await source.step(place(0, 0))).length, 1);
    await assertRejects(() => source.step(place(0, 1)), RangeError, "no such rows");
    assertEquals((await source.step(place(0, 2))).length, 1);
    await source.close();
    given.models.model.destroy();
  }
});

import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { Dataset } from "../../src/data/dataset.ts";
import { UsageError } from "../../src/errors.ts";
import { tinyPairs } from "../support/tiny_training.ts";
import { edgeRun } from "./edge_run.ts";
import { LABELLED, lossAndRows } from "./loss_rows.ts";

/** Rows that are all the same pair. */
const alike = (rows: number) =>
  new Dataset({
    name: "alike",
    texts: new Map([["anchor", Array(rows).fill("a b")], ["positive", Array(rows).fill("c")]]),
  });

const NOTHING = /^The gradient was 0 in each of the \d+ steps, so that nothing was trained: /;

Deno.test("a training set of one row trains nothing where rows are compared, and says so", async () => {
  const { steps, losses, changed, lines } = await edgeRun({}, { trainDataset: tinyPairs(1) });
  assertEquals([steps, losses, changed], [3, [0, 0, 0], []]);
  assertEquals(lines.length, 1);
  assertMatch(lines[0], NOTHING);
});

Deno.test("a batch of one is as a training set of one row; other losses learn from it", async () => {
  const args = { perDeviceTrainBatchSize: 1 };
  const ranked = await edgeRun(args);
  assertEquals([ranked.losses, ranked.changed], [[0, 0, 0], []]);
  assertMatch(ranked.lines[0], NOTHING);
  const scored = await edgeRun(args, lossAndRows("CosineSimilarityLoss"));
  assert(scored.isFinite && scored.changed.length > 0);
  assertEquals(scored.lines, []);
});

Deno.test("a dataset with fewer rows than a batch is one short batch, or refused with drop_last", async () => {
  const few = await edgeRun({ perDeviceTrainBatchSize: 1000, maxSteps: -1, numTrainEpochs: 2 });
  assertEquals([few.steps, few.isFinite], [2, true]);
  const dropped = { dataloaderDropLast: true, perDeviceTrainBatchSize: 13 };
  await assertRejects(() => edgeRun(dropped), UsageError, "epoch 0 has no batch; lower");
});

Deno.test("no_duplicates makes a batch of each of identical rows", async () => {
  const args = { batchSampler: "no_duplicates", maxSteps: -1, numTrainEpochs: 1 } as const;
  const { steps, losses, lines } = await edgeRun(args, { trainDataset: alike(6) });
  assertEquals([steps, losses], [6, [0, 0, 0, 0, 0, 0]]);
  assertMatch(lines[0], NOTHING);
  await assertRejects(
    () => edgeRun({ ...args, dataloaderDropLast: true }, { trainDataset: alike(6) }),
    UsageError,
    "epoch 0 has no batch",
  );
});

Deno.test("identical rows without no_duplicates are candidates that nothing tells apart", async () => {
  const { losses, isFinite } = await edgeRun({}, { trainDataset: alike(4) });
  assert(isFinite);
  for (const loss of losses) assert(Math.abs(loss - Math.log(4)) < 20 * 2 ** -23 * 4, `${loss}`);
});

Deno.test("labels that are all equal leave every labelled loss finite", async () => {
  assertEquals(LABELLED.length, 12);
  for (const name of LABELLED) {
    const inputs = lossAndRows(name, { label: 1 });
    const { losses, isFinite } = await edgeRun({ maxSteps: 2 }, inputs);
    assert(isFinite && losses.every(Number.isFinite), `${name} ${losses}`);
  }
});

Deno.test("group_by_label refuses labels that are all equal", async () => {
  const inputs = lossAndRows("BatchAllTripletLoss", { label: 1 });
  await assertRejects(
    () => edgeRun({ batchSampler: "group_by_label" }, inputs),
    UsageError,
    "requires at least 2 distinct labels",
  );
});

Deno.test("a dataset without rows is refused", async () => {
  await assertRejects(
    () => edgeRun({}, { trainDataset: alike(0) }),
    UsageError,
    'dataset "alike" of trainDataset has no rows',
  );
});

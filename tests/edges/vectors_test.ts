import { assert, assertEquals } from "@std/assert";
import { LOSS_NAMES, type LossName } from "../../src/losses/names.ts";
import { testGpu } from "../support/gpu.ts";
import { tinyModel } from "../support/tiny_training.ts";
import { edgeRun, makeConstant } from "./edge_run.ts";
import { lossAndRows } from "./loss_rows.ts";

const GUIDED = ["GISTEmbedLoss", "CachedGISTEmbedLoss"];

/** Trains with every loss a model that gives each text the same vector. */
async function trainConstant(value: number): Promise<number> {
  const guide = await tinyModel(await testGpu());
  let seen = 0;
  for (const name of LOSS_NAMES) {
    const { losses, isFinite } = await edgeRun({ maxSteps: 1 }, {
      ...lossAndRows(name),
      ...(GUIDED.includes(name) && { guide }),
      prepare: (model) => makeConstant(model, value),
    });
    assert(isFinite && losses.every(Number.isFinite), `${name} ${losses}`);
    seen++;
  }
  guide.destroy();
  return seen;
}

Deno.test("zero vectors, also under cosine, leave every loss and its gradient finite", async () => {
  assertEquals(await trainConstant(0), LOSS_NAMES.length);
});

Deno.test("embeddings that are all equal leave every loss and its gradient finite", async () => {
  assertEquals(await trainConstant(0.5), LOSS_NAMES.length);
});

Deno.test("logits of 1e4 and of -1e4 leave losses that scale similarities finite", async () => {
  const scaled = [
    "AnglELoss",
    "CachedMultipleNegativesRankingLoss",
    "CachedMultipleNegativesSymmetricRankingLoss",
    "ContrastiveTensionLossInBatchNegatives",
    "CoSENTLoss",
    "MultipleNegativesRankingLoss",
    "MultipleNegativesSymmetricRankingLoss",
  ] as const satisfies readonly LossName[];
  for (const name of scaled) {
    const inputs = lossAndRows(name, { options: { scale: 1e4 } });
    const { losses, isFinite } = await edgeRun({ maxSteps: 1 }, inputs);
    assert(isFinite && losses.every(Number.isFinite), `${name} ${losses}`);
  }
});

Deno.test("a cosine with a zero vector is 0", async () => {
  const gpu = await testGpu();
  const model = await tinyModel(gpu);
  makeConstant(model, 0);
  const { data, columns } = await model.encode(["a", "b"], { normalizeEmbeddings: true });
  assertEquals([...data], Array(2 * columns).fill(0));
  const { losses } = await edgeRun({ maxSteps: 1 }, {
    ...lossAndRows("CosineSimilarityLoss", { label: 1 }),
    prepare: (changed) => makeConstant(changed, 0),
  });
  assertEquals(losses, [1]);
  model.destroy();
});

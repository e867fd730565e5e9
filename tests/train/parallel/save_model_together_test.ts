import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { trainOnRanks } from "../../support/tiny_ranks.ts";
import { withFolder } from "../../support/with_folder.ts";

Deno.test("saveModelTogether() and checkpoints write once for all ranks, a whole model", async () => {
  await withFolder({}, async (folder) => {
    // Each rank has a directory of its own: what only rank 0 writes is nowhere else.
    const results = await trainOnRanks(2, (rank) => ({
      outputDir: join(folder, `rank-${rank}`),
      maxSteps: 2,
      saveStrategy: "steps",
      saveSteps: 1,
    }), {
      work: async (trainer, rank) => {
        await trainer.train();
        await trainer.saveModel(join(folder, `final-${rank}`));
        await trainer.saveState();
      },
    });
    assertEquals(results.length, 2);
    const found = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
    assertEquals(found, ["final-0", "rank-0"]);
    const files = [...Deno.readDirSync(join(folder, "rank-0"))].map(({ name }) => name).sort();
    assertEquals(files, [
      "checkpoint-1",
      "checkpoint-2",
      "trainer_state.json",
      "training_log.jsonl",
    ]);
  });
});

import { assert, assertEquals } from "@std/assert";
import { readEmbeddingMap } from "../../../src/reporters/report/embedding_map.ts";
import { EmbeddingMapCallback } from "../../../src/train/callbacks/embedding_map_callback.ts";
import { testGpu } from "../../support/gpu.ts";
import { destroyTrainer, tinyPairs, tinyTrainer } from "../../support/tiny_training.ts";
import { withFolder } from "../../support/with_folder.ts";

Deno.test("EmbeddingMapCallback draws after evaluations and at the end, where html is reported to", async () => {
  const gpu = await testGpu();
  for (const reportTo of ["none", "html"]) {
    await withFolder({}, async (outputDir) => {
      const steps: (number | undefined)[] = [];
      const look = () => void steps.push(readEmbeddingMap(outputDir)?.step);
      const trainer = await tinyTrainer(gpu, {
        outputDir,
        reportTo,
        maxSteps: 3,
        evaluationStrategy: "steps",
        evalSteps: 2,
      }, {
        evalDataset: [tinyPairs(4, "one"), tinyPairs(500, "two")],
        callbacks: [{ name: "look", onEvaluate: look, onTrainEnd: look }],
      });
      // Outside of training nothing is written.
      await trainer.evaluate();
      await trainer.train();
      const isDrawn = reportTo === "html";
      assertEquals(steps, isDrawn ? [undefined, 2, 3, 3] : new Array(4).fill(undefined));
      const names = [...Deno.readDirSync(outputDir)].map(({ name }) => name);
      assertEquals(names.includes("report.html"), isDrawn);
      const map = readEmbeddingMap(outputDir);
      if (map !== null) {
        assertEquals(map.groups, ["one: anchor", "one: positive", "two: anchor", "two: positive"]);
        assertEquals(map.points.length, 2 * (4 + 128));
        const rows = Map.groupBy(map.points, ({ row }) => row);
        assertEquals([rows.size, [...rows.values()].every(({ length }) => length === 2)], [
          132,
          true,
        ]);
        assert(map.shares[0] >= map.shares[1] && map.shares[0] + map.shares[1] <= 1 + 1e-6);
      }
      await destroyTrainer(trainer);
    });
  }
});

Deno.test("EmbeddingMapCallback draws in every run where it is told to, and cuts long texts", async () => {
  await withFolder({}, async (outputDir) => {
    const dataset = tinyPairs(2);
    const long = { ...dataset, text: () => ["x".repeat(200), "y"], select: () => long };
    const callback = new EmbeddingMapCallback([long as unknown as typeof dataset], {
      always: true,
    });
    const trainer = await tinyTrainer(await testGpu(), { outputDir, maxSteps: 1 }, {
      callbacks: [callback],
    });
    await trainer.train();
    const [{ text }, { text: short }] = readEmbeddingMap(outputDir)!.points;
    assertEquals([text, short], ["x".repeat(79) + "…", "y"]);
    await destroyTrainer(trainer);
  });
});

import { assert, assertAlmostEquals, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { UsageError } from "../../../src/errors.ts";
import type { Histogram } from "../../../src/reporters/histogram.ts";
import { GradientHistogramCallback } from "../../../src/train/callbacks/gradient_histogram_callback.ts";
import { testGpu } from "../../support/gpu.ts";
import { bitsOf, destroyTrainer, tinyTrainer } from "../../support/tiny_training.ts";
import { withFolder } from "../../support/with_folder.ts";

Deno.test("GradientHistogramCallback tells every few steps how gradients are spread, and changes nothing", async () => {
  const gpu = await testGpu();
  const weights: unknown[] = [];
  for (const everySteps of [2, 100]) {
    await withFolder({}, async (outputDir) => {
      const told: [number, Readonly<Record<string, Histogram>>][] = [];
      const args = { outputDir, maxSteps: 4, loggingSteps: 1, maxGradNorm: 1e-3 };
      const trainer = await tinyTrainer(gpu, args, {
        reporters: [{ gradients: (histograms, step) => told.push([step, histograms]) }],
        callbacks: [new GradientHistogramCallback({ everySteps })],
      });
      await trainer.train();
      assertEquals(told.map(([step]) => step), everySteps === 2 ? [2, 4] : []);
      for (const [step, histograms] of told) {
        const names = trainer.model.store.parameters.flatMap(({ init }) => init.parts);
        assertEquals(Object.keys(histograms).length, names.length);
        const all = Object.values(histograms);
        assertEquals(all.reduce((sum, { count }) => sum + count, 0), trainer.model.store.size);
        // The norm of the log is that of the same gradients, before clipping.
        const { grad_norm } = trainer.state.logHistory.find((entry) => entry.step === step)!;
        const squares = all.reduce((sum, { sumOfSquares }) => sum + sumOfSquares, 0);
        assert(Number(grad_norm) > 1e-3);
        // Sums of N squares in 32 bits on the device: N is below 2^20, its sums are trees.
        const tolerance = 20 * 2 ** -24 * Number(grad_norm);
        assertAlmostEquals(Math.sqrt(squares), Number(grad_norm), tolerance);
      }
      weights.push(await bitsOf(trainer.model));
      await destroyTrainer(trainer);
    });
  }
  assertEquals(weights[0], weights[1]);
});

Deno.test("GradientHistogramCallback refuses gradients under a scale, and no steps", async () => {
  for (const everySteps of [0, 1.5, NaN]) {
    assertThrows(() => new GradientHistogramCallback({ everySteps }), RangeError, `${everySteps}`);
  }
  await withFolder({}, async (outputDir) => {
    const callbacks = [new GradientHistogramCallback({ everySteps: 1 })];
    const trainer = await tinyTrainer(await testGpu(), { outputDir, fp16: true }, { callbacks });
    await assertRejects(() => trainer.train(), UsageError, "use bf16");
    await destroyTrainer(trainer);
  });
});

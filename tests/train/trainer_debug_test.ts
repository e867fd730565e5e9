import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { DeviceError } from "../../src/errors.ts";
import { testGpu } from "../support/gpu.ts";
import { destroyTrainer, tinyTrainer } from "../support/tiny_training.ts";
import { withFolder } from "../support/with_folder.ts";

Deno.test("debug=underflow_overflow ends a run at the first tensor that is not finite", async () => {
  const gpu = await testGpu();
  await withFolder({}, async (folder) => {
    const run = async (debug: string) => {
      const trainer = await tinyTrainer(gpu, {
        outputDir: join(folder, "out"),
        debug,
        maxSteps: 3,
      });
      // One weight of the second layer is infinite: what comes before it is sound.
      trainer.model.store.upload(({ name, shape }) => {
        const data = new Float32Array(shape.reduce((product, extent) => product * extent, 1));
        return name === "encoder.layer.1.intermediate.dense.weight" ? data.fill(Infinity) : data;
      });
      try {
        return await trainer.train();
      } finally {
        await destroyTrainer(trainer);
      }
    };
    assertEquals((await run("")).globalStep, 3);
    const error = await assertRejects(() => run("underflow_overflow"), DeviceError);
    const [first, ...frames] = error.message.split("\n");
    assertMatch(
      first,
      /inf\/nan detected at step 1 in "encoder\.layer\.1\.intermediate\.dense\.weight"/,
    );
    assertMatch(frames.at(-1)!, /dense\.weight \(\d+ not finite\)$/);
    assertEquals(frames.slice(0, -1).filter((frame) => frame.includes("not finite")), []);
  });
});

Deno.test("debug=underflow_overflow lets a sound run be", async () => {
  const gpu = await testGpu();
  await withFolder({}, async (folder) => {
    const outputDir = join(folder, "out");
    const trainer = await tinyTrainer(gpu, { outputDir, debug: "underflow_overflow", maxSteps: 2 });
    assertEquals((await trainer.train()).globalStep, 2);
    await destroyTrainer(trainer);
  });
});

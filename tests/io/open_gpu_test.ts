import { assertEquals } from "@std/assert";
import { openGpu } from "../../src/io/open_gpu.ts";
import { requestAdapter } from "../../src/gpu/request_adapter.ts";
import { writeKernelChoices } from "../../src/io/kernel_choices_file.ts";
import { withEnvironment } from "../support/with_environment.ts";
import { withFolder } from "../support/with_folder.ts";

Deno.test("openGpu() takes in the choices that were kept for the adapter", async () => {
  const { info } = (await requestAdapter())!;
  await withFolder({}, async (folder) => {
    await withEnvironment({ SENTRAIN_CACHE: folder }, async () => {
      await writeKernelChoices(info.description, { "matmul a": "tile32" });
      const gpu = await openGpu();
      assertEquals(gpu.choices.toJson(), { "matmul a": "tile32" });
      gpu.destroy();
    });
  });
});

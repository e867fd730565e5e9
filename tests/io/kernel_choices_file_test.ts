import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import {
  kernelChoicesPath,
  readKernelChoices,
  writeKernelChoices,
} from "../../src/io/kernel_choices_file.ts";
import { withEnvironment } from "../support/with_environment.ts";
import { withFolder } from "../support/with_folder.ts";

Deno.test("kernelChoicesPath names the file after the adapter, in SENTRAIN_CACHE or the system's cache", async () => {
  await withEnvironment({ SENTRAIN_CACHE: "/own" }, () => {
    assertEquals(kernelChoicesPath("A (B) 9.0!"), join("/own", "kernels", "a-b-9-0.json"));
    assertEquals(kernelChoicesPath("..."), join("/own", "kernels", "unnamed.json"));
  });
  const rest = { SENTRAIN_CACHE: undefined, XDG_CACHE_HOME: "/caches" };
  await withEnvironment(rest, () => {
    assertEquals(kernelChoicesPath("x"), join("/caches", "sentrain", "kernels", "x.json"));
  });
});

Deno.test("kernel choices are written and read; a file that is none gives none", async () => {
  await withFolder({}, async (folder) => {
    await withEnvironment({ SENTRAIN_CACHE: folder }, async () => {
      assertEquals(await readKernelChoices("x"), {});
      const path = await writeKernelChoices("x", { "matmul a": "tile32" });
      assertStringIncludes(await Deno.readTextFile(path!), '"adapter": "x"');
      assertEquals(await readKernelChoices("x"), { "matmul a": "tile32" });
      for (const text of ["", "null", "{}", '{"choices": 3}', '{"choices": null}']) {
        await Deno.writeTextFile(path!, text);
        assertEquals(await readKernelChoices("x"), {});
      }
    });
  });
});

import { assertEquals } from "@std/assert";
import { anchorsAndOthers } from "../../src/losses/anchors_and_others.ts";
import { Tape } from "../../src/ops/tape.ts";
import { testGpu } from "../support/gpu.ts";
import { columnRanges } from "../support/run_loss.ts";

Deno.test("anchorsAndOthers() parts the first column from all others", async () => {
  const gpu = await testGpu();
  const tape = new Tape(gpu);
  const data = Float32Array.from({ length: 24 }, (_, i) => i);
  const { a, b } = anchorsAndOthers(tape, {
    embeddings: tape.upload([6, 4], data, "embeddings"),
    columns: columnRanges(3, 2),
    labels: null,
  });
  assertEquals([a.shape, b.shape], [[2, 4], [4, 4]]);
  assertEquals(await gpu.read(a), data.slice(0, 8));
  assertEquals(await gpu.read(b), data.slice(8));
  tape.end();
});

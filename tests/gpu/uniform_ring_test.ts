import { assert, assertEquals } from "@std/assert";
import { UniformRing } from "../../src/gpu/uniform_ring.ts";
import { testGpu } from "../support/gpu.ts";

Deno.test("UniformRing places each dispatch at an aligned offset, until it is full", async () => {
  const { device } = await testGpu();
  const ring = new UniformRing(device);
  const fields = Array.from({ length: 17 }, (_, i) => ({ name: `f${i}`, type: "u32" as const }));
  const params = Object.fromEntries(fields.map(({ name }, i) => [name, i]));
  const align = Math.max(64, device.limits.minUniformBufferOffsetAlignment);
  const size = Math.ceil(17 * 4 / align) * align;
  assertEquals([ring.write(fields, params), ring.write(fields, params)], [0, size]);
  assertEquals(ring.write([], {}), 2 * size);
  let writes = 2;
  while (!ring.full) {
    ring.write(fields, params);
    writes++;
  }
  assert(writes * size <= 1 << 20);
  ring.flush();
  assertEquals([ring.full, ring.write(fields, params)], [false, 0]);
  ring.destroy();
});

import { assert, assertEquals } from "@std/assert";
import { dynamicMap } from "../../src/optim/dynamic_map.ts";
import { readOptimizers } from "../golden/optimizers.ts";
import { assertClose } from "../support/assert_close.ts";

Deno.test("dynamicMap is what PyTorch computes in float32", async () => {
  const { dynamicMap: recorded } = await readOptimizers();
  // linspace, the mean and the power of ten round once each there.
  const close = { op: "dynamicMap", absolute: 0, relative: 4 * 2 ** -24 };
  assertClose(dynamicMap(true), recorded.signed, close);
  assertClose(dynamicMap(false), recorded.unsigned, close);
});

Deno.test("dynamicMap has 256 rising numbers up to 1, and 0 among them", () => {
  for (const signed of [true, false]) {
    const map = dynamicMap(signed);
    assertEquals(map.length, 256);
    assert(map.every((number, i) => i === 0 || number > map[i - 1]));
    assertEquals([map[signed ? 127 : 0], map[255]], [0, 1]);
    assertEquals(map.filter((number) => number < 0).length, signed ? 127 : 0);
  }
});

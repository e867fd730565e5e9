import { assertEquals } from "@std/assert";
import { KernelChoices, shapeClass } from "../../src/gpu/kernel_choices.ts";

Deno.test("KernelChoices come back from JSON, in one order, without what is no text", () => {
  const choices = new KernelChoices();
  choices.set("matmul", "b", "tile64");
  choices.set("matmul", "a", "tile32");
  choices.set("matmul", "b", "tile128");
  assertEquals(Object.entries(choices.toJson()), [["matmul a", "tile32"], ["matmul b", "tile128"]]);
  const others = new KernelChoices();
  others.add({ ...choices.toJson(), "matmul c": 3, "matmul d": null });
  assertEquals(others.toJson(), choices.toJson());
  assertEquals([others.get("matmul", "b"), others.get("linear", "b")], ["tile128", undefined]);
  others.clear();
  assertEquals(others.size, 0);
});

Deno.test("shapeClass rounds extents to powers of two", () => {
  assertEquals(shapeClass(1, 1000, 384, 0), "1x1024x512x1");
  assertEquals(shapeClass(1448), "1024");
  assertEquals(shapeClass(1449), "2048");
});

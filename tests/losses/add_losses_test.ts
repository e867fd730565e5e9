import { assert, assertEquals } from "@std/assert";
import { Tensor } from "../../src/gpu/tensor.ts";
import { addLosses } from "../../src/losses/add_losses.ts";
import { Tape } from "../../src/ops/tape.ts";
import { testGpu } from "../support/gpu.ts";

Deno.test("addLosses() adds scalars, and components by name", async () => {
  const gpu = await testGpu();
  const tape = new Tape(gpu);
  const scalar = (value: number) => tape.upload([], Float32Array.of(value), "scalar");
  const sum = addLosses(tape, [scalar(1), scalar(2)], [3, 0.5]);
  assert(sum instanceof Tensor);
  assertEquals([...await gpu.read(sum)], [4]);
  const parts = [{ a: scalar(1), b: scalar(2) }, { a: scalar(10), b: scalar(20) }];
  const sums = addLosses(tape, parts, [1, 2]);
  assert(!(sums instanceof Tensor));
  assertEquals(Object.keys(sums), ["a", "b"]);
  assertEquals([...await gpu.read(sums.a), ...await gpu.read(sums.b)], [21, 42]);
  tape.end();
});

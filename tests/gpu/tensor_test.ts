import { assertEquals, assertThrows } from "@std/assert";
import { checkShape, sizeOf, Tensor } from "../../src/gpu/tensor.ts";

const buffer = { id: 1, buffer: {} as GPUBuffer, bytes: 256 };

Deno.test("Tensor counts elements, rows and columns", () => {
  const tensor = new Tensor({ allocation: buffer, shape: [3, 4, 5], label: "x" });
  assertEquals([tensor.size, tensor.rows, tensor.columns, tensor.bytes], [60, 3, 20, 240]);
  const scalar = new Tensor({ allocation: buffer, shape: [], label: "s" });
  assertEquals([scalar.size, scalar.rows, scalar.columns], [1, 1, 1]);
});

Deno.test("Tensor binds the rest of its buffer unless it is a window", () => {
  const rest = new Tensor({ allocation: buffer, shape: [2], byteOffset: 64, label: "rest" });
  assertEquals(rest.bindingBytes, 192);
  const window = new Tensor({ allocation: buffer, shape: [2], bindingBytes: 32, label: "w" });
  assertEquals(window.bindingBytes, 32);
});

Deno.test("Tensor refuses a window beyond its buffer", () => {
  assertThrows(
    () => new Tensor({ allocation: buffer, shape: [64], byteOffset: 4, label: "late" }),
    RangeError,
    'Cannot place tensor "late" [64]: it ends at byte 260, its buffer has 256',
  );
});

Deno.test("checkShape names op, argument and both shapes", () => {
  const tensor = new Tensor({ allocation: buffer, shape: [2, 3], label: "h" });
  checkShape("linear", "x", tensor, [2, 3]);
  assertThrows(
    () => checkShape("linear", "x", tensor, [3, 2]),
    TypeError,
    'Cannot run linear, argument "x" ("h"): found shape [2,3], wanted [3,2]',
  );
});

Deno.test("sizeOf multiplies extents", () => {
  assertEquals([sizeOf([]), sizeOf([7]), sizeOf([2, 0, 3])], [1, 7, 0]);
});

import { assertEquals, assertThrows } from "@std/assert";
import {
  bytesOf,
  checkElements,
  checkShape,
  isHalf,
  sizeOf,
  Tensor,
} from "../../src/gpu/tensor.ts";

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

Deno.test("bytesOf counts whole words, two halves in each", () => {
  assertEquals((["f32", "u32", "f16", "bf16"] as const).map(isHalf), [false, false, true, true]);
  assertEquals([0, 1, 2, 5].map((count) => bytesOf("f32", count)), [0, 4, 8, 20]);
  assertEquals([0, 1, 2, 5].map((count) => bytesOf("bf16", count)), [0, 4, 4, 12]);
});

Deno.test("Tensor of halves takes half the room, and knows where its pairs begin", () => {
  const half = new Tensor({ allocation: buffer, shape: [3, 41], dtype: "f16", label: "h" });
  assertEquals([half.size, half.bytes], [123, 248]);
  assertEquals([half.byteAt(0), half.byteAt(6), half.byteAt(123)], [0, 12, 248]);
  assertThrows(() => half.byteAt(7), RangeError, "element 7");
  assertThrows(() => half.byteAt(7), RangeError, "two elements of f16 share a word");
  const whole = new Tensor({ allocation: buffer, shape: [64], label: "w" });
  assertEquals(whole.byteAt(7), 28);
  assertThrows(
    () => new Tensor({ allocation: buffer, shape: [129], dtype: "bf16", label: "long" }),
    RangeError,
    "it ends at byte 260, its buffer has 256",
  );
});

Deno.test("checkElements refuses halves for words, words for halves, and the other halves", () => {
  const tensor = (dtype: "f32" | "u32" | "f16" | "bf16") =>
    new Tensor({ allocation: buffer, shape: [4], dtype, label: "h" });
  checkElements("add", tensor("f32"));
  checkElements("add", tensor("u32"));
  checkElements("add", tensor("f16"), "f16");
  const refused = [["f16", "f32"], ["f32", "f16"], ["u32", "bf16"], ["bf16", "f16"]] as const;
  for (const [found, wanted] of refused) {
    assertThrows(
      () => checkElements("add", tensor(found), wanted),
      TypeError,
      `Cannot run add on "h": found ${found}, wanted ${wanted}; cast it`,
    );
  }
});

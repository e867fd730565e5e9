import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { InputError } from "../../src/errors.ts";
import { readBytes, readFloats } from "../../src/optim/read_state.ts";

Deno.test("readFloats and readBytes hand on what they are given, and ask for its shape", () => {
  const floats = Float32Array.of(1, 2);
  const bytes = Uint8Array.of(3);
  const asked: unknown[] = [];
  const read = (data: ArrayBufferView) => (name: string, shape: readonly number[]) => {
    asked.push([name, shape]);
    return data;
  };
  assertStrictEquals(readFloats(read(floats), "exp_avg.w", [2]), floats);
  assertStrictEquals(readBytes(read(bytes), "exp_avg.v", [1]), bytes);
  assertEquals(asked, [["exp_avg.w", [2]], ["exp_avg.v", [1]]]);
});

Deno.test("readFloats and readBytes refuse other elements", () => {
  assertThrows(
    () => readFloats(() => Uint8Array.of(1), "exp_avg.w", [1]),
    InputError,
    'Cannot restore optimizer state "exp_avg.w": found Uint8Array, wanted Float32Array; was the ' +
      "checkpoint written with another optim?",
  );
  assertThrows(
    () => readBytes(() => Float32Array.of(1), "exp_avg.w", [1]),
    InputError,
    "found Float32Array, wanted Uint8Array",
  );
});

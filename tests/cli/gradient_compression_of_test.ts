import { assertEquals, assertThrows } from "@std/assert";
import { gradientCompressionOf } from "../../src/cli/gradient_compression_of.ts";
import { readRunInputs } from "../../src/cli/run_inputs.ts";
import { UsageError } from "../../src/errors.ts";

Deno.test("gradientCompressionOf() reads fp16 or nothing, and refuses the rest", async () => {
  assertEquals(gradientCompressionOf(await readRunInputs([])), undefined);
  const read = (text: string) => readRunInputs(["--gradient-compression", text]);
  assertEquals(gradientCompressionOf(await read("fp16")), "fp16");
  const other = await read("bf16");
  assertThrows(
    () => gradientCompressionOf(other),
    UsageError,
    'Cannot read --gradient-compression: found "bf16", wanted fp16',
  );
});

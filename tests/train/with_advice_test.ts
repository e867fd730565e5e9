import { assertEquals, assertRejects } from "@std/assert";
import { DeviceError, InputError, OutOfMemoryError } from "../../src/errors.ts";
import { withAdvice } from "../../src/train/with_advice.ts";

Deno.test("withAdvice() says what to lower where memory does not suffice for an evaluation", async () => {
  assertEquals(await withAdvice(() => Promise.resolve(3)), 3);
  const error = await assertRejects(
    () => withAdvice(() => Promise.reject(new OutOfMemoryError("none left"))),
    DeviceError,
    "Cannot evaluate: none left; lower per_device_eval_batch_size",
  );
  assertEquals(error instanceof OutOfMemoryError, false);
  await assertRejects(() => withAdvice(() => Promise.reject(new InputError("other"))), InputError);
});

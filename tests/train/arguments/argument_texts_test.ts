import { assert, assertEquals, assertNotStrictEquals } from "@std/assert";
import {
  argumentLines,
  frozenCopy,
  sanitized,
  withoutTokens,
} from "../../../src/train/arguments/argument_texts.ts";

Deno.test("withoutTokens() hides tokens, also those that are not set", () => {
  assertEquals(withoutTokens({ seed: 1, hub_token: "secret", push_to_hub_token: null }), {
    seed: 1,
    hub_token: "<HUB_TOKEN>",
    push_to_hub_token: "<PUSH_TO_HUB_TOKEN>",
  });
});

Deno.test("sanitized() leaves booleans, numbers and texts, and makes texts of the rest", () => {
  assertEquals(sanitized({ a: true, b: 0.5, c: "x", d: null, e: ["x"], f: { y: 1 } }), {
    a: true,
    b: 0.5,
    c: "x",
    d: "None",
    e: '["x"]',
    f: '{"y":1}',
  });
});

Deno.test("argumentLines() writes a line an argument by name, but the two older batch sizes", () => {
  assertEquals(
    argumentLines("Arguments", {
      seed: 1,
      per_gpu_train_batch_size: null,
      per_gpu_eval_batch_size: 8,
      output_dir: "out",
      debug: [],
    }),
    "Arguments(\ndebug=[],\noutput_dir=out,\nseed=1,\n)",
  );
});

Deno.test("frozenCopy() copies and freezes throughout", () => {
  const value = { a: [{ b: 1 }], c: null, d: "x" };
  const copy = frozenCopy(value);
  assertEquals(copy, value);
  assertNotStrictEquals(copy.a[0], value.a[0]);
  assert(Object.isFrozen(copy) && Object.isFrozen(copy.a) && Object.isFrozen(copy.a[0]));
  assert(!Object.isFrozen(value));
});

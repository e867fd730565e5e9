import { assertEquals } from "@std/assert";
import { randomnessFields } from "../../../../src/train/arguments/fields/randomness.ts";
import { assertRange, defaultsOf, namesOf } from "./records.ts";

Deno.test("randomnessFields have the defaults of upstream", () => {
  assertEquals(defaultsOf(randomnessFields), {
    seed: 42,
    data_seed: null,
    full_determinism: false,
  });
});

Deno.test("randomnessFields take what is in range", () => {
  assertRange(randomnessFields.seed, [0, 42, 4294967295], [-1, 1.5, null, 4294967296]);
  assertRange(randomnessFields.data_seed, [0, null, 4294967295], [-1, 4294967296]);
});

Deno.test("randomnessFields say what is not honoured", () => {
  assertEquals(namesOf(randomnessFields, "refused"), []);
  assertEquals(namesOf(randomnessFields, "inert"), []);
  assertEquals(namesOf(randomnessFields, "alias"), []);
  assertEquals(namesOf(randomnessFields, "partly"), []);
});

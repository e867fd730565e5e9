import { assertEquals, assertMatch } from "@std/assert";
import { precisionFields } from "../../../../src/train/arguments/fields/precision.ts";
import { assertRange, defaultsOf, honouredOf, namesOf } from "./records.ts";

Deno.test("precisionFields have the defaults of upstream", () => {
  assertEquals(defaultsOf(precisionFields), {
    fp16: false,
    bf16: false,
    fp16_full_eval: false,
    bf16_full_eval: false,
    fp16_opt_level: "O1",
    half_precision_backend: "auto",
    fp16_backend: "auto",
    tf32: null,
    gradient_checkpointing: false,
    gradient_checkpointing_kwargs: null,
  });
});

Deno.test("precisionFields take what is in range", () => {
  assertRange(precisionFields.fp16, [true, false], [null, 1]);
  assertRange(precisionFields.half_precision_backend, ["auto", "cpu_amp"], ["amp"]);
  assertRange(precisionFields.tf32, [true, false, null], ["true"]);
  assertRange(precisionFields.gradient_checkpointing_kwargs, [{ use_reentrant: false }, null], [
    [],
  ]);
});

Deno.test("precisionFields do not promise arithmetic with 16 bits", () => {
  for (const { doc } of [precisionFields.fp16, precisionFields.fp16_full_eval]) {
    assertMatch(doc, /stores the operands of linear layers as 16 bits and multiplies in f32/);
    assertMatch(doc, /needs no feature of the adapter\.$/);
  }
});

Deno.test("precisionFields say what is not honoured", () => {
  assertEquals(namesOf(precisionFields, "refused"), [
    "fp16_opt_level",
    "half_precision_backend",
  ]);
  assertEquals(namesOf(precisionFields, "inert"), []);
  assertEquals(namesOf(precisionFields, "alias"), ["fp16_backend"]);
  assertEquals(namesOf(precisionFields, "partly"), ["tf32"]);
  assertEquals(honouredOf(precisionFields.tf32), [null, false]);
});

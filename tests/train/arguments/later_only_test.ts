import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../../src/errors.ts";
import { argumentNameOf } from "../../../src/train/arguments/argument_name.ts";
import {
  LATER_ONLY,
  laterOnlyName,
  refuseLaterOnly,
} from "../../../src/train/arguments/later_only.ts";

Deno.test("LATER_ONLY names no argument that this version has", () => {
  assertEquals(LATER_ONLY.size, 27);
  for (const name of LATER_ONLY) {
    assertEquals([argumentNameOf(name), laterOnlyName(name)], [null, name]);
  }
});

Deno.test("laterOnlyName() takes three spellings", () => {
  for (const spelling of ["eval_on_start", "eval-on-start", "evalOnStart"]) {
    assertEquals(laterOnlyName(spelling), "eval_on_start");
  }
  for (const spelling of ["eval_on_strat", "seed", "", "toString"]) {
    assertEquals(laterOnlyName(spelling), null);
  }
});

Deno.test("refuseLaterOnly() throws, or warns where it is lenient", () => {
  const refusal =
    "Cannot set hub_revision: a later version of the original has it; this one does not";
  const { message } = assertThrows(() => refuseLaterOnly("hub_revision"), UsageError);
  assertEquals(message, `${refusal}; leave it out`);
  const warned: string[] = [];
  const warn = (...parts: string[]) => void warned.push(...parts);
  refuseLaterOnly("hub_revision", { lenient: true, warn });
  assertEquals(warned, [`${refusal}; it is ignored`, "hub_revision"]);
  refuseLaterOnly("hub_revision", { lenient: true });
});

import { assert, assertEquals } from "@std/assert";
import { basename, dirname } from "@std/path";
import {
  parseTemporaryName,
  TEMPORARY_PREFIX,
  temporarySibling,
} from "../../src/io/temporary_name.ts";

Deno.test("temporarySibling() and parseTemporaryName() are each other's inverse", () => {
  const names = ["checkpoint-7", "a-b.replaced", "model.removed", "x\ny", "-"];
  for (const name of names) {
    for (const kind of ["new", "replaced", "removed"] as const) {
      const path = temporarySibling(`/runs/${name}`, kind);
      assertEquals(dirname(path), "/runs");
      assert(basename(path).startsWith(TEMPORARY_PREFIX));
      assertEquals(parseTemporaryName(basename(path)), { name, kind });
      assert(path !== temporarySibling(`/runs/${name}`, kind));
    }
  }
});

Deno.test("temporarySibling() of a temporary path is one of what that stands for", () => {
  const path = temporarySibling(temporarySibling("/runs/model", "replaced"), "removed");
  assertEquals(parseTemporaryName(basename(path)), { name: "model", kind: "removed" });
});

Deno.test("parseTemporaryName() knows no other name", () => {
  const uuid = crypto.randomUUID();
  for (
    const name of [
      "checkpoint-7",
      TEMPORARY_PREFIX,
      `${TEMPORARY_PREFIX}checkpoint-7`,
      `${TEMPORARY_PREFIX}${uuid}`,
      `${TEMPORARY_PREFIX}a-${uuid}.other`,
      `x${TEMPORARY_PREFIX}a-${uuid}`,
    ]
  ) assertEquals(parseTemporaryName(name), null, name);
});

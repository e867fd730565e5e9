import { assertEquals } from "@std/assert";
import { z } from "zod";
import { type Field, field, type Support } from "../../../src/train/arguments/field.ts";
import { supportNote } from "../../../src/train/arguments/support_note.ts";

function noteOf(support: Support<number>): string {
  const record: Field<number> = field({ schema: z.int(), default: 1, doc: "A count.", support });
  return supportNote(record as Field<unknown>, (name) => `<${name}>`);
}

Deno.test("supportNote() says what becomes of values", () => {
  const [reason, instead] = ["too many", "use fewer"];
  assertEquals(noteOf({ kind: "effect" }), "");
  assertEquals(
    noteOf({ kind: "partly", values: [1, 2], reason, instead }),
    "Only 1, 2: the rest is refused (too many; use fewer).",
  );
  assertEquals(noteOf({ kind: "alias", of: "size" }), "Sets <size>.");
  assertEquals(noteOf({ kind: "alias", of: "size", as: 7 }), "Sets <size> to 7.");
  assertEquals(noteOf({ kind: "inert", note: "there is one" }), "Changes nothing: there is one.");
  assertEquals(
    noteOf({ kind: "refused", reason, instead }),
    "Only the default: the rest is refused (too many; use fewer).",
  );
});

import { assertEquals, assertThrows } from "@std/assert";
import { refuseReservedColumns } from "../../src/data/reserved_columns.ts";
import { InputError } from "../../src/errors.ts";

Deno.test("refuseReservedColumns() names those that are reserved, in upstream's words", () => {
  const options = { dataset: "pairs", action: "read pairs.jsonl" };
  const refusal = (columns: string[]) =>
    assertThrows(() => refuseReservedColumns(columns, options), InputError).message;
  const after = "Avoid using these column names, as they are reserved for internal use.";
  const before = "Cannot read pairs.jsonl: The following column names are invalid in your pairs " +
    "dataset: ";
  assertEquals(refusal(["a", "return_loss"]), `${before}['return_loss']. ${after}`);
  assertEquals(
    refusal(["dataset_name", "return_loss"]),
    `${before}['dataset_name', 'return_loss']. ${after}`,
  );
  refuseReservedColumns(["anchor", "dataset_names", "returnLoss", ""], options);
});

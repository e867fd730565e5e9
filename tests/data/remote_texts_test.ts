import { assertEquals, assertThrows } from "@std/assert";
import { RemoteTexts } from "../../src/data/remote_texts.ts";
import { UsageError } from "../../src/errors.ts";

Deno.test("RemoteTexts gives the first rows, and says who reads the others", () => {
  const texts = new RemoteTexts({ dataset: "pairs", length: 4, head: ["a", "b"] });
  assertEquals(texts.length, 4);
  assertEquals([0, 1, -4, -3].map((row) => texts.at(row)), ["a", "b", "a", "b"]);
  assertEquals([4, -5].map((row) => texts.at(row)), [undefined, undefined]);
  const message =
    'Cannot read row 2 of dataset "pairs" in this process: with dispatch_batches rank 0 alone reads rows';
  assertThrows(() => texts.at(2), UsageError, message);
  assertThrows(() => texts.at(-2), UsageError, message);
  const seen: string[] = [];
  assertThrows(
    () => {
      for (const text of texts) seen.push(text);
    },
    UsageError,
    message,
  );
  assertEquals(seen, ["a", "b"]);
});

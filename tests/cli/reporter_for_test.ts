import { assertEquals } from "@std/assert";
import { reporterFor } from "../../src/cli/reporter_for.ts";
import { SentenceTransformerTrainingArguments } from "../../src/train/arguments/sentence_transformer_training_arguments.ts";

Deno.test("reporterFor() draws a bar on a terminal, unless disable_tqdm", () => {
  const chosen = (values: ConstructorParameters<typeof SentenceTransformerTrainingArguments>[0]) =>
    [true, false].map((isTerminal) =>
      reporterFor(new SentenceTransformerTrainingArguments(values), isTerminal).constructor.name
    );
  assertEquals(chosen({}), ["ProgressBar", "PlainLines"]);
  assertEquals(chosen({ disableTqdm: true }), ["PlainLines", "PlainLines"]);
  assertEquals(chosen({ logLevel: "error" }), ["PlainLines", "PlainLines"]);
});

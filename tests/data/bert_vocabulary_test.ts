import { assertEquals } from "@std/assert";
import { bertVocabulary } from "../../src/data/bert_vocabulary.ts";

Deno.test("bert vocabulary: is vocab.txt of bert-base-uncased", async () => {
  const tokens = await bertVocabulary();
  assertEquals(tokens.length, 30522);
  assertEquals(new Set(tokens).size, 30522);
  assertEquals([0, 1, 100, 101, 102, 103, 1996, 30521].map((id) => tokens[id]), [
    "[PAD]",
    "[unused0]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "[MASK]",
    "the",
    "##～",
  ]);
  const lines = new TextEncoder().encode(tokens.map((token) => `${token}\n`).join(""));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", lines));
  assertEquals(
    digest.toHex(),
    "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
  );
});

Deno.test("bert vocabulary: every caller gets an array of its own", async () => {
  (await bertVocabulary())[0] = "changed";
  assertEquals((await bertVocabulary())[0], "[PAD]");
});

import { assertEquals, assertInstanceOf } from "@std/assert";
import type { TokenizedTexts } from "../../src/data/tokenize_worker.ts";
import { Tokenizer } from "../../src/data/tokenizer.ts";
import { WorkerClient } from "../../src/data/worker_client.ts";
import { InputError } from "../../src/errors.ts";

const tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "cat", "##s"];
const tokenizer = Tokenizer.fromVocabulary(tokens);
const contents = { json: tokenizer.toJson(), config: tokenizer.toConfig() };

async function answersTo(messages: unknown[]): Promise<(number[][] | Error)[]> {
  const url = new URL("../../src/data/tokenize_worker.ts", import.meta.url);
  const client = new WorkerClient<unknown, TokenizedTexts>(new Worker(url, { type: "module" }));
  const results = await Promise.allSettled(messages.map((message) => client.request(message)));
  client.close(new Error("done"));
  return results.map((result) =>
    result.status === "rejected"
      ? result.reason as Error
      : [[...result.value.ids], [...result.value.lengths]]
  );
}

Deno.test("tokenize worker: ids of all texts and the number of each", async () => {
  const texts = ["cats cat", "", "dog cats cats"];
  const answers = await answersTo([
    contents,
    { texts, maxLength: 5 },
    { texts: [], maxLength: 5 },
  ]);
  assertEquals(answers, [
    [[], []],
    [[2, 5, 6, 5, 3, 2, 3, 2, 1, 5, 6, 3], [5, 2, 5]],
    [[], []],
  ]);
});

Deno.test("tokenize worker: an error is an answer, the next request has its own", async () => {
  const [, refused, ids, damaged] = await answersTo([
    contents,
    { texts: ["cat"], maxLength: 1 },
    { texts: ["cat"], maxLength: 3 },
    { json: {}, config: {} },
  ]);
  assertInstanceOf(refused, RangeError);
  assertEquals(ids, [[2, 5, 3], [3]]);
  assertInstanceOf(damaged, InputError);
});

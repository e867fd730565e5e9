import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { bertVocabulary } from "../../src/data/bert_vocabulary.ts";
import { Random } from "../../src/data/random.ts";
import type { TokenizeRequest } from "../../src/data/tokenize_worker.ts";
import { Tokenizer } from "../../src/data/tokenizer.ts";
import { TokenizerPool } from "../../src/data/tokenizer_pool.ts";
import { InputError } from "../../src/errors.ts";

const COUNTS = [0, 1, 3];
const vocabulary = await bertVocabulary();
const newTokenizer = () => Tokenizer.fromVocabulary(vocabulary);

/**
 * Lets a test see what is posted to workers.
 *
 * @param run The test; it receives the texts of every message, in order.
 * @param modules Sources to run in the first workers instead of the pool's module.
 * @returns Number of workers that were started.
 */
async function watchWorkers(
  run: (posted: (readonly string[])[]) => Promise<void>,
  modules: readonly string[] = [],
): Promise<number> {
  const original = globalThis.Worker;
  const posted: (readonly string[])[] = [];
  let started = 0;
  globalThis.Worker = class extends original {
    constructor(url: string | URL, options?: WorkerOptions) {
      const source = modules[started++];
      super(
        source === undefined ? url : `data:text/javascript,${encodeURIComponent(source)}`,
        options,
      );
    }
    override postMessage(message: TokenizeRequest, ...rest: []): void {
      if ("texts" in message) posted.push(message.texts);
      super.postMessage(message, ...rest);
    }
  };
  try {
    await run(posted);
  } finally {
    globalThis.Worker = original;
  }
  return started;
}

function randomTexts(count: number): string[] {
  const random = new Random("texts for workers");
  const ranges = [[0x20, 0x7f], [0, 0x250], [0x300, 0x400], [0x4e00, 0x4f00], [0xd800, 0xe000], [
    0x1f600,
    0x1f650,
  ]];
  return Array.from({ length: count }, () => {
    const length = random.integer(4) * random.integer(40);
    return Array.from({ length }, () => {
      if (random.integer(4) === 0) return [" ", "unaffable", "\n", "[MASK]"][random.integer(4)];
      const [first, end] = ranges[random.integer(ranges.length)];
      return String.fromCodePoint(first + random.integer(end - first));
    }).join("");
  });
}

Deno.test("tokenizer pool: any number of workers gives the tokenizer's ids", async () => {
  const distinct = randomTexts(300);
  const texts = [...distinct, ...distinct.slice(0, 100), "", "word ".repeat(5000)];
  assert(texts.filter((text) => text === "").length > 10);
  assert(texts.some((text) => !text.isWellFormed()));
  const single = newTokenizer();
  for (const count of COUNTS) {
    const pool = new TokenizerPool(newTokenizer(), count);
    for (const maxLength of [2, 16, 512]) {
      const found = await pool.encode(texts, maxLength);
      assertEquals(found, texts.map((text) => single.encode(text, maxLength)));
    }
    pool.close();
  }
});

Deno.test("tokenizer pool: calls that wait at a time, fewer texts than workers, no texts", async () => {
  const single = newTokenizer();
  for (const count of COUNTS) {
    const pool = new TokenizerPool(newTokenizer(), count);
    const calls = [["one"], [], ["two words", "one"], ["three"], ["a", "b", "c", "d"]];
    const found = await Promise.all(calls.map((texts) => pool.encode(texts, 8)));
    assertEquals(found, calls.map((texts) => texts.map((text) => single.encode(text, 8))));
    pool.close();
  }
});

Deno.test("tokenizer pool: a distinct text is sent once, dealt out evenly, and then never", async () => {
  const started = await watchWorkers(async (posted) => {
    const tokenizer = newTokenizer();
    const known = tokenizer.encode("known", 8);
    const pool = new TokenizerPool(tokenizer, 3);
    const texts = ["a", "b", "a", "known", "c", "d", "e", "b"];
    const found = await pool.encode(texts, 8);
    assertEquals(posted, [["a", "d"], ["b", "e"], ["c"]]);
    assert(found[3] === known);
    assert(found[0] === found[2]);
    texts.forEach((text, i) => assert(tokenizer.cached(text, 8) === found[i]));
    assert(found.every(({ byteLength, buffer }) => buffer.byteLength === byteLength));

    assertEquals(await pool.encode(texts, 8), found);
    assertEquals(posted.length, 3);
    await pool.encode(["a"], 4);
    assertEquals(posted.slice(3), [["a"]]);
    pool.close();
  });
  assertEquals(started, 3);
});

Deno.test("tokenizer pool: without workers the caller goes on first, and the cache is filled", async () => {
  const started = await watchWorkers(async () => {
    const tokenizer = newTokenizer();
    const pool = new TokenizerPool(tokenizer, 0);
    const encoding = pool.encode(["text"], 8);
    assertEquals(tokenizer.cached("text", 8), undefined);
    const [ids] = await encoding;
    assert(tokenizer.cached("text", 8) === ids);
    pool.close();
  });
  assertEquals(started, 0);
});

Deno.test("tokenizer pool: errors keep their class and leave the pool usable", async () => {
  for (const count of COUNTS) {
    const pool = new TokenizerPool(newTokenizer(), count);
    await assertRejects(
      () => pool.encode(["a", "b", "c", "d"], 1),
      RangeError,
      "Cannot tokenize: the maximum length is 1, wanted an integer from 2 on",
    );
    assertEquals((await pool.encode(["a"], 2))[0].length, 2);
    pool.close();
  }
});

Deno.test("tokenizer pool: a tokenizer that no worker can make is an InputError", async () => {
  const tokenizer = newTokenizer();
  tokenizer.toJson = () => ({});
  const pool = new TokenizerPool(tokenizer, 2);
  const message = "Cannot use tokenizer.json: ";
  const first = await assertRejects(() => pool.encode(["a"], 8), InputError, message);
  assert(first === await assertRejects(() => pool.encode(["b"], 8), InputError, message));
  pool.close();
});

Deno.test("tokenizer pool: the death of one worker rejects all that wait, for others too", async () => {
  const silent = "self.onmessage = () => {};";
  const dying = 'self.onmessage = ({ data }) => { if (data.texts) throw new TypeError("torn"); };';
  const started = await watchWorkers(async (posted) => {
    const pool = new TokenizerPool(newTokenizer(), 3);
    const calls = [["a"], ["b"], ["c", "d"]].map((texts) => pool.encode(texts, 8));
    assertEquals(posted, [["a"], ["b"], ["c"], ["d"]]);
    const message = "Cannot get an answer from a worker, it died: Uncaught TypeError: torn";
    for (const call of calls) await assertRejects(() => call, Error, message);
    await assertRejects(() => pool.encode(["e"], 8), Error, message);
    pool.close();
  }, [silent, dying]);
  assertEquals(started, 3);
});

Deno.test("tokenizer pool: closing rejects what waits and what comes later", async () => {
  for (const count of COUNTS) {
    const pool = new TokenizerPool(newTokenizer(), count);
    const message = "Cannot tokenize: the tokenizer pool is closed";
    const calls = count === 0 ? [] : [pool.encode(["a", "b"], 8), pool.encode(["c"], 8)];
    pool.close();
    pool.close();
    for (const call of [...calls, pool.encode(["d"], 8)]) {
      await assertRejects(() => call, TypeError, message);
    }
  }
});

Deno.test("tokenizer pool: what was encoded before closing stays in the cache", async () => {
  const tokenizer = newTokenizer();
  const pool = new TokenizerPool(tokenizer, 1);
  const [ids] = await pool.encode(["kept"], 8);
  pool.close();
  assert(tokenizer.encode("kept", 8) === ids);
});

Deno.test("tokenizer pool: a wrong number of workers is refused", () => {
  for (const count of [-1, 1.5, NaN]) {
    assertThrows(
      () => new TokenizerPool(newTokenizer(), count),
      RangeError,
      `Cannot start a tokenizer pool: found ${count} workers, wanted an integer from 0 on`,
    );
  }
});

import { assertEquals, assertRejects } from "@std/assert";
import type { PackedBatch } from "../../src/data/collator.ts";
import type { Embeddings } from "../../src/evaluators/embedder.ts";
import type { EncodeOptions } from "../../src/models/model_options.ts";
import { checkTruncateDim, encodeTexts } from "../../src/models/encode_texts.ts";
import type { Tape } from "../../src/ops/tape.ts";
import { testGpu } from "../support/gpu.ts";

const C = 4;
const SEQUENCES = [[3], [4, 5, 6], [7, 8]].map((ids) => Uint32Array.from(ids));

/** Rows of [id, 2 id, 0, prompt's length], one a text of its first id, or one a token. */
async function inputsOf(sequences = SEQUENCES, promptLength = 1) {
  const gpu = await testGpu();
  const rowsOf = (tape: Tape, ids: ArrayLike<number>, { promptLengths }: PackedBatch) => {
    const y = tape.empty([ids.length, C], "rows");
    const rows = Array.from(ids).flatMap((id) => [id, 2 * id, 0, promptLengths?.[0] ?? 0]);
    gpu.recorder.upload(y, Float32Array.from(rows));
    return y;
  };
  const chain = {
    isStatic: false,
    width: C,
    tokenWidth: C,
    embed: (tape: Tape, batch: PackedBatch) => {
      const { ids, sequenceStarts } = batch;
      return rowsOf(tape, [...sequenceStarts].slice(0, -1).map((start) => ids[start]), batch);
    },
    embedTokens: (tape: Tape, batch: PackedBatch) => rowsOf(tape, batch.ids, batch),
  };
  return { gpu, chain, sequences, promptLength };
}

type Inputs = Awaited<ReturnType<typeof inputsOf>>;

async function encode(inputs: Inputs, options: EncodeOptions = {}): Promise<Embeddings> {
  return await encodeTexts(inputs, options) as Embeddings;
}

Deno.test("encodeTexts() cuts, then scales", async () => {
  const inputs = await inputsOf();
  const { live } = inputs.gpu.pool.counters;
  const whole = await encode(inputs, { batchSize: 2 });
  assertEquals([...whole.data], [3, 6, 0, 1, 4, 8, 0, 1, 7, 14, 0, 1]);
  const cut = await encode(inputs, { truncateDim: 2 });
  assertEquals([[...cut.data], cut.rows, cut.columns], [[3, 6, 4, 8, 7, 14], 3, 2]);
  const scaled = await encode(inputs, { truncateDim: 1, normalizeEmbeddings: true });
  assertEquals([...scaled.data], [1, 1, 1]);
  assertEquals((await encode(inputs, { truncateDim: 100 })).data, whole.data);
  assertEquals(inputs.gpu.pool.counters.live, live, "memory stays behind");
  await assertRejects(
    () => encode(inputs, { truncateDim: 0 }),
    RangeError,
    "truncateDim is 0",
  );
});

Deno.test("encodeTexts() leaves a vector of zeros as it is when it scales", async () => {
  const inputs = await inputsOf([Uint32Array.of(0)], 0);
  const { data } = await encode(inputs, { normalizeEmbeddings: true });
  assertEquals([...data], [0, 0, 0, 0]);
});

Deno.test("encodeTexts() gives the rows of each text, in the order of the texts", async () => {
  const inputs = await inputsOf();
  const progress: number[] = [];
  for (const batchSize of [1, 2, undefined]) {
    const texts = await encodeTexts(inputs, {
      batchSize,
      outputValue: "token_embeddings",
      onProgress: (n) => progress.push(n),
    }) as Embeddings[];
    assertEquals(texts.map(({ rows, columns }) => [rows, columns]), [[1, C], [3, C], [2, C]]);
    assertEquals(
      texts.map(({ data }) => [...data].filter((_, i) => i % C === 0)),
      [[3], [4, 5, 6], [7, 8]],
    );
  }
  assertEquals(progress, [1, 2, 3, 2, 3, 3]);
});

Deno.test("checkTruncateDim() passes what makes sense", () => {
  assertEquals([checkTruncateDim(undefined), checkTruncateDim(7)], [undefined, 7]);
});

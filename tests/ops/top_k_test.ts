import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Embeddings } from "../../src/evaluators/embedder.ts";
import { topK } from "../../src/ops/top_k.ts";
import { integerValues, normalValues } from "../reference/random_values.ts";
import { allScores, type Score, topK as reference } from "../reference/top_k.ts";
import { assertClose, floatTolerance } from "../support/assert_close.ts";
import { testGpus } from "../support/gpu.ts";
import { poison } from "../support/run_op.ts";

const SCORES: readonly Score[] = ["cosine", "dot", "euclidean", "manhattan"];

interface Case {
  Q: number;
  M: number;
  C: number;
  k: number;
  tile?: readonly [number, number];
}

const CASES: readonly Case[] = [
  { Q: 1, M: 1, C: 1, k: 1 },
  { Q: 1, M: 700, C: 3, k: 10 },
  { Q: 3, M: 5, C: 4, k: 9 },
  { Q: 4, M: 64, C: 8, k: 1 },
  { Q: 33, M: 290, C: 12, k: 7, tile: [8, 32] },
  { Q: 9, M: 31, C: 7, k: 31, tile: [4, 4] },
  { Q: 70, M: 1030, C: 16, k: 100, tile: [64, 256] },
  { Q: 2, M: 4100, C: 4, k: 3, tile: [4, 1024] },
];

function embeddings(data: ArrayLike<number>, columns: number): Embeddings {
  return { data: Float32Array.from(data), rows: data.length / columns, columns };
}

Deno.test("topK: equals sorting all scores, ties included, for every score and form", async () => {
  let compared = 0;
  for (const gpu of await testGpus()) {
    const stop = poison(gpu);
    const live = gpu.pool.counters.live;
    for (const { Q, M, C, k, tile } of CASES) {
      // Small integers, so that scores tie often and f32 holds all but cosines exactly.
      const [queries, corpus] = [[Q, 1], [M, 2]].map(([rows, seed]) =>
        Float64Array.from(integerValues(rows * C, seed, 5), (value) => value - 2)
      );
      for (const similarity of SCORES.filter((score) => score !== "cosine")) {
        const given = { queries: embeddings(queries, C), corpus: embeddings(corpus, C) };
        const found = await topK(gpu, { ...given, k, similarity, tile });
        const most = Math.min(k, M);
        assertEquals(found.k, most);
        const expected = reference({ queries, corpus, columns: C }, similarity, most);
        assertEquals(found.indices, expected, `${similarity} of ${[Q, M, C, k]}`);
        const scores = allScores({ queries, corpus, columns: C }, similarity);
        assertClose(
          found.scores,
          [...expected].map((row, i) => scores[Math.floor(i / most) * M + row]),
          { op: "topK", case: similarity, absolute: 0, relative: floatTolerance(1) },
        );
        compared++;
      }
    }
    assertEquals(gpu.pool.counters.live, live, "memory stays behind");
    stop();
  }
  assertEquals(compared, 2 * CASES.length * 3);
});

Deno.test("topK: real values score and rank within rounding, whatever the tiles, the same each time", async () => {
  const [Q, M, C, k] = [21, 600, 64, 12];
  const queries = normalValues(Q * C, 3);
  const corpus = normalValues(M * C, 4);
  const given = { queries: embeddings(queries, C), corpus: embeddings(corpus, C), k };
  let compared = 0;
  for (const gpu of await testGpus()) {
    for (const similarity of SCORES) {
      const all = allScores({ queries, corpus, columns: C }, similarity);
      // Sums of C terms whose magnitudes add up to no more than the product of the norms.
      const size = similarity === "cosine" ? 1 : 4 * C;
      const absolute = size * floatTolerance(C);
      const best = reference({ queries, corpus, columns: C }, similarity, k);
      const whole = await topK(gpu, { ...given, similarity });
      for (const tile of [undefined, [8, 100], [32, 512]] as const) {
        const found = await topK(gpu, { ...given, similarity, tile });
        assertEquals(found.indices, whole.indices);
        for (let i = 0; i < found.indices.length; i++) {
          const query = Math.floor(i / k);
          const score = all[query * M + found.indices[i]];
          assert(Math.abs(found.scores[i] - score) <= absolute);
          assert(Math.abs(score - all[query * M + best[i]]) <= 2 * absolute);
        }
        compared++;
      }
    }
  }
  assertEquals(compared, 2 * 4 * 3);
});

Deno.test("topK: equal rows score equally in every tile, a shorter last one too", async () => {
  const [M, C] = [1030, 600];
  const row = normalValues(C, 5);
  const corpus = embeddings(Array.from({ length: M }, () => [...row]).flat(), C);
  const queries = embeddings(normalValues(3 * C, 6), C);
  for (const gpu of await testGpus()) {
    for (const similarity of SCORES) {
      const inputs = { queries, corpus, k: M, similarity, tile: [4, 64] as const };
      const { indices } = await topK(gpu, inputs);
      assertEquals(indices.subarray(0, M), Int32Array.from({ length: M }, (_, i) => i));
    }
  }
});

Deno.test("topK: NaN has no rank, infinities have, zeros of both signs tie", async () => {
  const corpus = embeddings([NaN, -Infinity, 1, NaN, Infinity, -0, 0, -Infinity, -1], 1);
  const queries = embeddings([1, NaN], 1);
  for (const gpu of await testGpus()) {
    const { indices, scores } = await topK(gpu, { queries, corpus, k: 9, similarity: "dot" });
    assertEquals([...indices.subarray(0, 9)], [4, 2, 5, 6, 8, 1, 7, -1, -1]);
    assertEquals([...scores.subarray(0, 9)], [
      Infinity,
      1,
      0,
      0,
      -1,
      -Infinity,
      -Infinity,
      NaN,
      NaN,
    ]);
    assertEquals([...indices.subarray(9)], Array(9).fill(-1));
    const zero = embeddings([0, 0], 2);
    const other = embeddings([1, 2, 0, 0], 2);
    const cosine = await topK(gpu, { queries: zero, corpus: other, k: 2, similarity: "cosine" });
    assertEquals([[...cosine.indices], [...cosine.scores]], [[0, 1], [0, 0]]);
  }
});

Deno.test("topK: memory on the device grows with the queries' lists, not with the corpus", async () => {
  const [gpu] = await testGpus();
  const peakOf = async (M: number) => {
    gpu.pool.resetPeak();
    const before = gpu.pool.counters.live;
    const queries = embeddings(normalValues(64 * 8, 1), 8);
    const corpus = embeddings(normalValues(M * 8, 2), 8);
    await topK(gpu, { queries, corpus, k: 10, similarity: "dot", tile: [64, 256] });
    return gpu.pool.counters.peak - before;
  };
  assertEquals(await peakOf(20_000), await peakOf(300));
});

Deno.test("topK: nothing of nothing, and refuses what does not fit", async () => {
  const [gpu] = await testGpus();
  const some = embeddings([1, 2, 3, 4], 2);
  const none = { data: new Float32Array(0), rows: 0, columns: 2 };
  const run = (queries: Embeddings, corpus: Embeddings, k = 2) =>
    topK(gpu, { queries, corpus, k, similarity: "dot" });
  assertEquals((await run(none, some)).indices.length, 0);
  assertEquals((await run(some, none)).k, 0);
  await assertRejects(() => run(some, some, 0), RangeError, "k is 0");
  await assertRejects(
    () => run(some, embeddings([1, 2, 3], 3)),
    RangeError,
    "2 columns of queries",
  );
  const torn = { data: new Float32Array(3), rows: 2, columns: 2 };
  await assertRejects(() => run(some, torn), RangeError, '"corpus" has 3 values');
});

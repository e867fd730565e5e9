import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import { lossOptions } from "../../src/losses/loss_options.ts";
import {
  checkRankingColumns,
  rankInBatch,
  smoothsRanking,
  splitAnchors,
} from "../../src/losses/rank_in_batch.ts";
import { checkDirections, RANKING_TYPES, SYMMETRIC } from "../../src/losses/ranking_options.ts";
import { Tape } from "../../src/ops/tape.ts";
import { testGpu } from "../support/gpu.ts";

const CONFIG = checkDirections("X", lossOptions("X", RANKING_TYPES, {}));
const EMBEDDINGS = Float32Array.of(1, 0, 0, 0, 0, 1, 0, 0, 2, 0, 0, 0, 0, 2, 0, 0);
const COLUMNS = [{ name: "anchor", first: 0, count: 2 }, { name: "positive", first: 2, count: 2 }];

Deno.test("splitAnchors() parts the first column from all others", async () => {
  const gpu = await testGpu();
  const tape = new Tape(gpu);
  const { anchors, candidates } = splitAnchors(tape, tape.upload([4, 4], EMBEDDINGS, "x"), 1);
  assertEquals([anchors.shape, candidates.shape], [[1, 4], [3, 4]]);
  assertEquals(await gpu.read(anchors), EMBEDDINGS.slice(0, 4));
  assertEquals(await gpu.read(candidates), EMBEDDINGS.slice(4));
  tape.end();
});

Deno.test("rankInBatch() compares cosines or dot products, in the given directions", async () => {
  const gpu = await testGpu();
  const tape = new Tape(gpu);
  const embeddings = tape.upload([4, 4], EMBEDDINGS, "x");
  const run = async (options: object) => {
    const config = { ...CONFIG, scale: Math.log(2), ...options };
    const loss = rankInBatch(tape, { embeddings, columns: COLUMNS, labels: null }, config);
    return (await gpu.read(loss))[0];
  };
  // Scores are the logarithms of 2 and 1, of 4 and 1 for dot products.
  const cases: [object, number][] = [
    [{}, 3 / 2],
    [{ similarity_fct: "dot_score" }, 5 / 4],
    [SYMMETRIC, 3 / 2],
    [{ directions: ["query_to_doc", "query_to_query"] }, 4 / 2],
    [{ directions: ["query_to_doc", "doc_to_query"] }, 6 / 2],
  ];
  for (const [options, ratio] of cases) {
    const error = Math.abs(await run(options) - Math.log(ratio));
    assertEquals(error < 8 * 2 ** -23, true, `${JSON.stringify(options)}: ${error}`);
  }
  tape.end();
});

Deno.test("smoothsRanking() holds for one direction", () => {
  assertEquals(smoothsRanking(CONFIG), true);
  assertEquals(smoothsRanking({ ...CONFIG, ...SYMMETRIC }), false);
});

Deno.test("checkRankingColumns() refuses fewer than two columns", () => {
  checkRankingColumns("X", ["a", "b"]);
  assertThrows(
    () => checkRankingColumns("X", ["a"]),
    UsageError,
    'Cannot train with X: found as text columns "a", wanted anchor, positive',
  );
});

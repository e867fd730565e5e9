import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import {
  checkGistColumns,
  GIST_CITATION,
  GIST_TYPES,
  gistInBatch,
} from "../../src/losses/gist_in_batch.ts";
import { lossOptions } from "../../src/losses/loss_options.ts";
import { Tape } from "../../src/ops/tape.ts";
import { testGpu } from "../support/gpu.ts";

const CONFIG = lossOptions("X", GIST_TYPES, {});
const COLUMNS = [{ name: "anchor", first: 0, count: 2 }, { name: "positive", first: 2, count: 2 }];

Deno.test("gistInBatch() counts the candidates that the guide leaves, and the positive", async () => {
  const gpu = await testGpu();
  const tape = new Tape(gpu);
  // To the trained model all texts are equal: the loss is the logarithm of how many count.
  const embeddings = tape.upload([4, 4], new Float32Array(16).fill(1), "x");
  // To the guide the pairs have cosines 0.6 and 1, anchors 0 with each other, positives 0.8.
  const guide = tape.upload(
    [4, 4],
    Float32Array.of(2, 0, 0, 0, 0, 1, 0, 0, 3, 4, 0, 0, 0, 5, 0, 0),
    "guide",
  );
  const run = async (options: object) => {
    const batch = { embeddings, columns: COLUMNS, labels: null, guide };
    const loss = gistInBatch(tape, batch, { name: "X", config: { ...CONFIG, ...options } });
    return (await gpu.read(loss))[0];
  };
  const cases: [object, number, number][] = [
    // Anchor 0 keeps its positive, the other one (0), and anchor 1 (0). To anchor 1 nothing exceeds 1.
    [{}, 3, 6],
    [{ contrast_anchors: false }, 2, 4],
    [{ contrast_positives: false }, 3, 4],
    // Anchor 1 loses itself and the second positive against itself, both 1, but not its positive.
    [{ margin: 0.1 }, 3, 4],
    [{ margin: 0.3, margin_strategy: "relative" }, 3, 2],
  ];
  for (const [options, first, second] of cases) {
    const error = Math.abs(await run(options) - (Math.log(first) + Math.log(second)) / 2);
    assertEquals(error < 100 * 2 ** -21, true, `${JSON.stringify(options)}: ${error}`);
  }
  tape.end();
});

Deno.test("checkGistColumns() refuses too few columns and too many", () => {
  checkGistColumns("X", ["a", "b", "c"], 3);
  const cases: [string[], number, string][] = [
    [["a"], 3, 'found as text columns "a", wanted anchor, positive and at most one negative'],
    [["a", "b", "c", "d"], 3, "Expected 2 or 3 embeddings, got 4"],
    [[], Infinity, "found as text columns none"],
  ];
  for (const [columns, most, message] of cases) {
    assertThrows(() => checkGistColumns("X", columns, most), UsageError, message);
  }
});

Deno.test("GIST_TYPES have upstream's defaults, GIST_CITATION is BibTeX", () => {
  assertEquals(CONFIG, {
    temperature: 0.01,
    margin_strategy: "absolute",
    margin: 0,
    contrast_anchors: true,
    contrast_positives: true,
  });
  assertEquals(/^@misc\{solatorio2024gistembed,\n[^]+\n\}$/.test(GIST_CITATION), true);
});

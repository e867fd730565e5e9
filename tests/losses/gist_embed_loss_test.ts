import { assert, assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import { GISTEmbedLoss, type GISTEmbedLossOptions } from "../../src/losses/gist_embed_loss.ts";
import { Tape } from "../../src/ops/tape.ts";
import { gistEmbedLoss } from "../reference/losses/gist_embed_loss.ts";
import { normalValues } from "../reference/random_values.ts";
import { testGpu, testGpus } from "../support/gpu.ts";
import { assertEdges, assertRanking, embeddingsOf, runLoss } from "../support/ranking_checks.ts";

interface Case extends GISTEmbedLossOptions {
  B: number;
  C: number;
  columns: number;
  G: number;
}

const CASES: readonly Case[] = [
  { B: 1, C: 4, columns: 2, G: 8 },
  { B: 20, C: 12, columns: 2, G: 8 },
  { B: 20, C: 12, columns: 3, G: 20, margin: 0.1 },
  { B: 33, C: 8, columns: 3, G: 4, margin: 0.2, margin_strategy: "relative", temperature: 0.05 },
  { B: 9, C: 8, columns: 3, G: 8, contrast_anchors: false },
  { B: 9, C: 8, columns: 2, G: 8, contrast_positives: false },
  { B: 9, C: 8, columns: 3, G: 8, contrast_anchors: false, contrast_positives: false },
];

Deno.test("GISTEmbedLoss equals its reference, forward and backward", async () => {
  let [seen, excluded] = [0, 0];
  for (const gpu of await testGpus()) {
    for (const test of CASES) {
      const { B, C, columns, G, ...options } = test;
      const guide = normalValues(columns * B * G, 2);
      const batch = { B, C, columns, guide: { data: guide, G } };
      const embeddings = embeddingsOf(batch);
      const expected = gistEmbedLoss({ ...options, embeddings, guide, B, C, G });
      assertRanking(await runLoss(gpu, new GISTEmbedLoss(options), batch), expected, {
        name: `GISTEmbedLoss ${JSON.stringify(test)}`,
        batch,
        scale: 1 / (options.temperature ?? 0.01),
        blocks: 3,
      });
      excluded += expected.excluded;
      seen++;
    }
  }
  assertEquals(seen, 14);
  assert(excluded > 100);
});

Deno.test("GISTEmbedLoss of one row, of zeros and of NaN is what it must be", async () => {
  const [B, columns, G] = [5, 3, 4];
  const guide = { data: normalValues(columns * B * G, 2), G };
  const loss = new GISTEmbedLoss({ temperature: 0.001 });
  await assertEdges(await testGpu(), loss, { B, C: 8, columns, guide });
  const zero = { data: new Float64Array(columns * B * G), G };
  await assertEdges(await testGpu(), loss, { B, C: 8, columns, guide: zero });
});

Deno.test("GISTEmbedLoss refuses a batch without a guide's embeddings", async () => {
  const tape = new Tape(await testGpu());
  const columns = [{ name: "a", first: 0, count: 2 }, { name: "b", first: 2, count: 2 }];
  const batch = { embeddings: tape.empty([4, 4], "x"), columns, labels: null };
  const loss = new GISTEmbedLoss();
  assertThrows(
    () => loss.forward(tape, batch),
    TypeError,
    "Cannot compute GISTEmbedLoss: found no embeddings of a guide, wanted 4; give the trainer a guide",
  );
  assertThrows(
    () => loss.forward(tape, { ...batch, guide: tape.empty([3, 4], "g") }),
    TypeError,
    "found 3 embeddings of a guide, wanted 4",
  );
  tape.end();
});

Deno.test("GISTEmbedLoss has the name and the options of upstream, and asks for a guide", () => {
  const loss = new GISTEmbedLoss();
  assertEquals(loss.name, "GISTEmbedLoss");
  assertEquals(loss.config, {
    temperature: 0.01,
    margin_strategy: "absolute",
    margin: 0,
    contrast_anchors: true,
    contrast_positives: true,
  });
  assertEquals(loss.wants, { guide: true });
  assertEquals(loss.smoothsLabels, false);
  assertEquals(loss.citation.startsWith("@misc{solatorio2024gistembed,"), true);
});

Deno.test("GISTEmbedLoss refuses options without sense, and another number of texts", () => {
  const create = (options: unknown) => new GISTEmbedLoss(options as GISTEmbedLossOptions);
  const cases: [object, string][] = [
    [{ temperature: 0 }, "temperature is 0: wanted a number above 0"],
    [{ margin_strategy: "none" }, "margin_strategy must be 'absolute' or 'relative'."],
    [{ margin: "0" }, 'margin is "0": wanted a number'],
    [{ contrast_anchors: 1 }, "contrast_anchors is 1: wanted true or false"],
    [{ contrast_positive: true }, 'the nearest is "contrast_positives"'],
  ];
  for (const [options, message] of cases) {
    const { message: found } = assertThrows(() => create(options), UsageError, message);
    assert(found.startsWith("Cannot set up GISTEmbedLoss: "), found);
  }
  const loss = new GISTEmbedLoss();
  loss.checkColumns(["anchor", "positive", "negative"]);
  for (const columns of [["text"], ["a", "b", "c", "d"]]) {
    assertThrows(
      () => loss.checkColumns(columns),
      UsageError,
      `wanted anchor, positive and at most one negative (Expected 2 or 3 embeddings, got ${columns.length})`,
    );
  }
});

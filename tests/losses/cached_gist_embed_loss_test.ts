import { assert, assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import {
  CachedGISTEmbedLoss,
  type CachedGISTEmbedLossOptions,
} from "../../src/losses/cached_gist_embed_loss.ts";
import { Tape } from "../../src/ops/tape.ts";
import { gistEmbedLoss } from "../reference/losses/gist_embed_loss.ts";
import { normalValues } from "../reference/random_values.ts";
import { testGpu, testGpus } from "../support/gpu.ts";
import { assertEdges, assertRanking, embeddingsOf, runLoss } from "../support/ranking_checks.ts";

interface Case extends CachedGISTEmbedLossOptions {
  B: number;
  C: number;
  columns: number;
  G: number;
}

const CASES: readonly Case[] = [{ B: 20, C: 12, columns: 2, G: 8, mini_batch_size: 4 }, {
  B: 20,
  C: 12,
  columns: 5,
  G: 8,
  margin: 0.1,
}, { B: 9, C: 8, columns: 3, G: 8, contrast_anchors: false, margin_strategy: "relative" }];

Deno.test("CachedGISTEmbedLoss equals its reference, forward and backward", async () => {
  let [seen, excluded] = [0, 0];
  for (const gpu of await testGpus()) {
    for (const test of CASES) {
      const { B, C, columns, G, ...options } = test;
      const guide = normalValues(columns * B * G, 2);
      const batch = { B, C, columns, guide: { data: guide, G } };
      const embeddings = embeddingsOf(batch);
      const expected = gistEmbedLoss({ ...options, embeddings, guide, B, C, G });
      assertRanking(await runLoss(gpu, new CachedGISTEmbedLoss(options), batch), expected, {
        name: `CachedGISTEmbedLoss ${JSON.stringify(test)}`,
        batch,
        scale: 1 / (options.temperature ?? 0.01),
        blocks: 3,
      });
      excluded += expected.excluded;
      seen++;
    }
  }
  assertEquals(seen, 6);
  assert(excluded > 100);
});

Deno.test("CachedGISTEmbedLoss of one row, of zeros and of NaN is what it must be", async () => {
  const [B, columns, G] = [5, 3, 4];
  const guide = { data: normalValues(columns * B * G, 2), G };
  const loss = new CachedGISTEmbedLoss({ temperature: 0.001 });
  await assertEdges(await testGpu(), loss, { B, C: 8, columns, guide });
  const zero = { data: new Float64Array(columns * B * G), G };
  await assertEdges(await testGpu(), loss, { B, C: 8, columns, guide: zero });
});

Deno.test("CachedGISTEmbedLoss refuses a batch without a guide's embeddings", async () => {
  const tape = new Tape(await testGpu());
  const columns = [{ name: "a", first: 0, count: 2 }, { name: "b", first: 2, count: 2 }];
  const batch = { embeddings: tape.empty([4, 4], "x"), columns, labels: null };
  const loss = new CachedGISTEmbedLoss();
  assertThrows(
    () => loss.forward(tape, batch),
    TypeError,
    "Cannot compute CachedGISTEmbedLoss: found no embeddings of a guide, wanted 4; give the trainer a guide",
  );
  assertThrows(
    () => loss.forward(tape, { ...batch, guide: tape.empty([3, 4], "g") }),
    TypeError,
    "found 3 embeddings of a guide, wanted 4",
  );
  tape.end();
});

Deno.test("CachedGISTEmbedLoss has the name and the options of upstream, and asks for a guide", () => {
  const loss = new CachedGISTEmbedLoss();
  assertEquals(loss.name, "CachedGISTEmbedLoss");
  assertEquals(loss.config, {
    temperature: 0.01,
    margin_strategy: "absolute",
    margin: 0,
    contrast_anchors: true,
    contrast_positives: true,
    mini_batch_size: 32,
    mini_batch_num_tokens: null,
  });
  assertEquals(loss.wants, { guide: true, cache: { miniBatchSize: 32, miniBatchTokens: null } });
  assertEquals(loss.smoothsLabels, false);
  assertEquals(loss.citation.startsWith("@misc{gao2021scaling,"), true);
});

Deno.test("CachedGISTEmbedLoss refuses options without sense, and another number of texts", () => {
  const create = (options: unknown) =>
    new CachedGISTEmbedLoss(options as CachedGISTEmbedLossOptions);
  const cases: [object, string][] = [
    [{ temperature: 0 }, "temperature is 0: wanted a number above 0"],
    [{ margin_strategy: "none" }, "margin_strategy must be 'absolute' or 'relative'."],
    [{ margin: "0" }, 'margin is "0": wanted a number'],
    [{ contrast_anchors: 1 }, "contrast_anchors is 1: wanted true or false"],
    [{ contrast_positive: true }, 'the nearest is "contrast_positives"'],
    [{ mini_batch_size: 0 }, "mini_batch_size is 0: wanted a whole number from 1 on"],
  ];
  for (const [options, message] of cases) {
    const { message: found } = assertThrows(() => create(options), UsageError, message);
    assert(found.startsWith("Cannot set up CachedGISTEmbedLoss: "), found);
  }
  const loss = new CachedGISTEmbedLoss();
  loss.checkColumns(["anchor", "positive", "negative"]);
  loss.checkColumns(["a", "b", "c", "d", "e"]);
  assertThrows(
    () => loss.checkColumns(["text"]),
    UsageError,
    "wanted anchor, positive and any number of negatives (Expected at least 2 embeddings, got 1)",
  );
});

import { assert, assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import {
  MegaBatchMarginLoss,
  type MegaBatchMarginLossOptions,
} from "../../src/losses/mega_batch_margin_loss.ts";
import { megaBatchMarginLoss } from "../reference/losses/mega_batch_margin_loss.ts";
import { assertClose, floatTolerance } from "../support/assert_close.ts";
import { testGpu, testGpus } from "../support/gpu.ts";
import { assertEdges, embeddingsOf, runLoss } from "../support/ranking_checks.ts";

interface Case extends MegaBatchMarginLossOptions {
  B: number;
  C: number;
}

const CASES: readonly Case[] = [
  { B: 1, C: 4 },
  { B: 2, C: 8 },
  { B: 33, C: 20 },
  { B: 70, C: 12, positive_margin: 1, negative_margin: -1, mini_batch_size: 3 },
  { B: 9, C: 8, positive_margin: -1, negative_margin: 1, use_mini_batched_version: false },
];

Deno.test("MegaBatchMarginLoss equals its reference, forward and backward", async () => {
  let seen = 0;
  for (const gpu of await testGpus()) {
    for (const test of CASES) {
      const { B, C, ...options } = test;
      const batch = { B, C, columns: 2 };
      const embeddings = embeddingsOf(batch);
      const { y, gradients } = await runLoss(gpu, new MegaBatchMarginLoss(options), batch);
      const { loss, gradient } = megaBatchMarginLoss({ ...options, embeddings, C });
      const name = `MegaBatchMarginLoss ${JSON.stringify(test)}`;
      // Cosines are within 1, and so are the entries of what a row's gradient is made of, at most B + 1.
      const absolute = 2 * floatTolerance(C + 4) + 3 * floatTolerance(B);
      assertClose(y, [loss], { op: name, absolute, relative: 0 });
      const lengths = Array.from(
        { length: 2 * B },
        (_, row) => Math.hypot(...embeddings.subarray(row * C, (row + 1) * C)),
      );
      assertClose(gradients.embeddings, gradient, {
        op: `${name} gradient`,
        shape: [2 * B, C],
        absolute: floatTolerance(B + C + 4) * 2 / Math.min(...lengths),
        relative: floatTolerance(C + 4),
      });
      seen++;
    }
  }
  assertEquals(seen, 10);
});

Deno.test("MegaBatchMarginLoss of equal texts pushes every anchor from the first other positive", async () => {
  const [B, C] = [4, 4];
  const loss = new MegaBatchMarginLoss();
  const data = new Float64Array(2 * B * C).fill(1);
  const { y } = await runLoss(await testGpu(), loss, { B, C, columns: 2, data });
  assertClose(y, [0.7], { op: "loss", absolute: 2 * floatTolerance(C + 4), relative: 0 });
});

Deno.test("MegaBatchMarginLoss of one row, of zeros and of NaN is what it must be", async () => {
  await assertEdges(await testGpu(), new MegaBatchMarginLoss(), { B: 5, C: 8, columns: 2 });
});

Deno.test("MegaBatchMarginLoss asks for parts unless it should not", () => {
  const wants = (options: MegaBatchMarginLossOptions) => new MegaBatchMarginLoss(options).wants;
  assertEquals(wants({}), { cache: { miniBatchSize: 50, miniBatchTokens: null } });
  assertEquals(wants({ mini_batch_size: 8, mini_batch_num_tokens: 99 }), {
    cache: { miniBatchSize: 8, miniBatchTokens: 99 },
  });
  assertEquals(wants({ use_mini_batched_version: false }), {});
});

Deno.test("MegaBatchMarginLoss has the name and the options of upstream", () => {
  const loss = new MegaBatchMarginLoss();
  assertEquals(loss.name, "MegaBatchMarginLoss");
  assertEquals(loss.config, {
    positive_margin: 0.8,
    negative_margin: 0.3,
    use_mini_batched_version: true,
    mini_batch_size: 50,
    mini_batch_num_tokens: null,
  });
  assertEquals(loss.smoothsLabels, false);
  assertEquals(loss.citation.startsWith("@inproceedings{wieting-gimpel-2018-paranmt,"), true);
});

Deno.test("MegaBatchMarginLoss refuses options without sense, and all but pairs", () => {
  const create = (options: unknown) =>
    new MegaBatchMarginLoss(options as MegaBatchMarginLossOptions);
  const cases: [object, string][] = [
    [{ positive_margin: "1" }, 'positive_margin is "1": wanted a number'],
    [{ negative_margin: null }, "negative_margin is null: wanted a number"],
    [{ use_mini_batched_version: 1 }, "use_mini_batched_version is 1: wanted true or false"],
    [{ mini_batch_size: 0 }, "mini_batch_size is 0: wanted a whole number from 1 on"],
    [{ margin: 1 }, 'it has no option "margin"'],
  ];
  for (const [options, message] of cases) {
    const { message: found } = assertThrows(() => create(options), UsageError, message);
    assert(found.startsWith("Cannot set up MegaBatchMarginLoss: "), found);
  }
  const loss = new MegaBatchMarginLoss();
  loss.checkColumns(["anchor", "positive"]);
  for (const columns of [["text"], ["a", "b", "c"]]) {
    assertThrows(
      () => loss.checkColumns(columns),
      UsageError,
      `MegaBatchMarginLoss expects exactly 2 input columns, (anchor, positive), but got ${columns.length}`,
    );
  }
});

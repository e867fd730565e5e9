import { assert, assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import { MSELoss } from "../../src/losses/mse_loss.ts";
import { mseLoss } from "../reference/losses/mse_loss.ts";
import { normalValues } from "../reference/random_values.ts";
import { assertClose, floatTolerance } from "../support/assert_close.ts";
import { testGpu, testGpus } from "../support/gpu.ts";
import { runLoss } from "../support/run_loss.ts";

Deno.test("MSELoss equals its reference, for one column and several", async () => {
  let seen = 0;
  for (const gpu of await testGpus()) {
    for (const [N, B, C] of [[1, 1, 4], [1, 33, 20], [3, 9, 12]]) {
      const [embeddings, labels] = [normalValues(N * B * C, 1), normalValues(B * C, 2)];
      const { y, gradients } = await runLoss(gpu, new MSELoss(), {
        B,
        C,
        inputs: { embeddings },
        labels,
      });
      const expected = mseLoss(embeddings, labels);
      const name = { op: "MSELoss", case: JSON.stringify({ N, B, C }) };
      const relative = floatTolerance(C + N * B);
      assertClose(y, [expected.loss], { ...name, absolute: 0, relative });
      assertClose(gradients.embeddings, expected.dEmbeddings, {
        ...name,
        absolute: 20 / embeddings.length * relative,
        relative: 0,
      });
      seen++;
    }
  }
  assertEquals(seen, 6);
});

Deno.test("MSELoss takes labels for each column, one after the other", async () => {
  const { y } = await runLoss(await testGpu(), new MSELoss(), {
    B: 1,
    C: 4,
    inputs: { embeddings: Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8) },
    labels: [1, 2, 3, 4, 5, 6, 7, 10],
  });
  assertEquals([...y], [0.5]);
});

Deno.test("MSELoss of a NaN is NaN", async () => {
  const { y } = await runLoss(await testGpu(), new MSELoss(), {
    B: 1,
    C: 4,
    inputs: { embeddings: Float64Array.of(NaN, 2, 3, 4) },
    labels: [1, 2, 3, 4],
  });
  assertEquals([...y], [NaN]);
});

Deno.test("MSELoss has the name of upstream and no options", () => {
  const loss = new MSELoss();
  assertEquals([loss.name, loss.config, loss.smoothsLabels], ["MSELoss", {}, false]);
  assert(loss.citation.startsWith("@inproceedings{reimers-2020-multilingual-sentence-bert,"));
  assertThrows(
    () => new MSELoss({ scale: 1 } as unknown as Record<string, never>),
    UsageError,
    'Cannot set up MSELoss: it has no option "scale"; its options are none',
  );
});

Deno.test("MSELoss wants vectors as labels", () => {
  const loss = new MSELoss();
  const facts = { width: 4, minimum: -1, maximum: 1, isWhole: false };
  loss.checkColumns(["a"], facts);
  loss.checkColumns(["a", "b"], facts);
  for (const labels of [null, { ...facts, width: 1 }]) {
    assertThrows(
      () => loss.checkColumns(["a"], labels),
      UsageError,
      "MSELoss requires pre-computed teacher embeddings as labels",
    );
  }
});

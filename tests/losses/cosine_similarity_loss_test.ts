import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import { CosineSimilarityLoss } from "../../src/losses/cosine_similarity_loss.ts";
import { cosineSimilarityLoss } from "../reference/losses/cosine_similarity_loss.ts";
import { uniformValues } from "../reference/random_values.ts";
import {
  assertEdges,
  assertLosses,
  assertRefuses,
  assertWantsLabels,
  facts,
  measureErrors,
  toleranceOf,
} from "../support/loss_cases.ts";

Deno.test("CosineSimilarityLoss equals its reference, forward and backward", async () => {
  const seen = await assertLosses([[1, 8], [33, 24], [65, 132]].map(([B, C]) => ({
    loss: new CosineSimilarityLoss(),
    B,
    C,
    columns: 2,
    labels: [...uniformValues(B, 3)],
    reference: cosineSimilarityLoss,
    // Cosine and label are at most 2 apart.
    tolerance: toleranceOf(measureErrors("cosine", C), C, {
      loss: (error) => 4 * error,
      steepest: 4 / B,
      bend: (error) => 2 * error / B,
    }),
  })));
  assertEquals(seen, 6);
});

Deno.test("CosineSimilarityLoss of one row, equal labels and zeros is finite; of not-a-number it is not a number", async () => {
  await assertEdges(new CosineSimilarityLoss(), 2, [[1], [0.5, 0.5, 0.5], [-1, 0.7, 1]]);
});

Deno.test("CosineSimilarityLoss has the name and the options of upstream", () => {
  const config = {
    loss_fct: "torch.nn.modules.loss.MSELoss",
    cos_score_transformation: "torch.nn.modules.linear.Identity",
  };
  const loss = new CosineSimilarityLoss();
  assertEquals(loss.name, "CosineSimilarityLoss");
  assertEquals(loss.config, config);
  assertEquals(loss.citation, null);
  const short = { loss_fct: "MSELoss", cos_score_transformation: "Identity" };
  assertEquals(new CosineSimilarityLoss(short).config, config);
  assertThrows(
    () => new CosineSimilarityLoss({ loss_fct: "L1Loss" }),
    UsageError,
    'Cannot set up CosineSimilarityLoss: loss_fct is "L1Loss": ',
  );
});

Deno.test("CosineSimilarityLoss wants pairs and similarities from -1 to 1", async () => {
  const loss = new CosineSimilarityLoss();
  loss.checkColumns(["a", "b"], facts({ minimum: -1, isWhole: false }));
  assertRefuses(loss, [
    [["a"], facts(), 'as text columns "a", wanted the two texts of a pair'],
    [["a", "b"], null, "no labels, wanted one similarity a row"],
    [["a", "b"], facts({ width: 2 }), "labels of 2 numbers"],
    [["a", "b"], facts({ maximum: 5 }), "labels from 0 to 5, wanted one similarity a row, from -1"],
    [["a", "b"], facts({ minimum: -2 }), "labels from -2 to 1"],
  ]);
  await assertWantsLabels(loss, 2);
});

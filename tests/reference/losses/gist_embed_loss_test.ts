import { assert, assertEquals } from "@std/assert";
import { assertClose } from "../../support/assert_close.ts";
import { gradientCheck } from "../../support/gradient_check.ts";
import { normalValues } from "../random_values.ts";
import { gistEmbedLoss } from "./gist_embed_loss.ts";
import { multipleNegativesRankingLoss } from "./multiple_negatives_ranking_loss.ts";

const [B, C, G] = [4, 4, 5];
const INPUT = {
  embeddings: normalValues(3 * B * C, 1),
  guide: normalValues(3 * B * G, 2),
  B,
  C,
  G,
};

Deno.test("gistEmbedLoss whose guide leaves out nothing is the ranking loss", () => {
  const found = gistEmbedLoss({
    ...INPUT,
    margin: -3,
    temperature: 0.05,
    contrast_anchors: false,
    contrast_positives: false,
  });
  const expected = multipleNegativesRankingLoss(INPUT);
  const close = { absolute: 1e-13, relative: 1e-13 };
  assertEquals(found.excluded, 0);
  assertClose([found.loss], [expected.loss], { op: "loss", ...close });
  assertClose(found.gradient, expected.gradient, { op: "gradient", ...close });
});

Deno.test("gistEmbedLoss whose guide leaves out everything is 0", () => {
  const { loss, gradient, excluded } = gistEmbedLoss({ ...INPUT, margin: 3 });
  assertEquals(excluded, B * (2 * B - 1 + 2 * B));
  assertClose([loss], [0], { op: "loss", absolute: 1e-13, relative: 0 });
  const none = new Float64Array(gradient.length);
  assertClose(gradient, none, { op: "gradient", absolute: 1e-13, relative: 0 });
});

Deno.test("gistEmbedLoss counts equal texts once each, unless the guide prefers them to the positive", () => {
  const embeddings = new Float64Array(2 * B * C).fill(1);
  const guide = new Float64Array(2 * B * G).fill(1);
  const loss = (options: object) => gistEmbedLoss({ embeddings, guide, B, C, G, ...options }).loss;
  const close = { op: "loss", absolute: 1e-12, relative: 0 };
  assertClose([loss({})], [Math.log(3 * B)], close);
  assertClose([loss({ contrast_anchors: false })], [Math.log(2 * B)], close);
  assertClose([loss({ margin: 0.1 })], [0], close);
  assertClose([loss({ margin: 0.1, margin_strategy: "relative" })], [0], close);
});

for (
  const options of [
    {},
    { margin: 0.2 },
    { margin: 0.3, margin_strategy: "relative" },
    { contrast_positives: false },
  ] as const
) {
  Deno.test(`gistEmbedLoss agrees with central differences, ${JSON.stringify(options)}`, () => {
    const input = { ...INPUT, temperature: 0.5, ...options };
    const { gradient, excluded } = gistEmbedLoss(input);
    assert(excluded > 0);
    gradientCheck(
      (embeddings) => gistEmbedLoss({ ...input, embeddings }).loss,
      input.embeddings,
      gradient,
    );
  });
}

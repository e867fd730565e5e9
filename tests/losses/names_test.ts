import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import { createLoss, LOSS_NAMES } from "../../src/losses/names.ts";

/** Options without which a loss cannot be made. */
const NEEDED: Readonly<Record<string, Record<string, unknown>>> = {
  AdaptiveLayerLoss: { loss: "MultipleNegativesRankingLoss" },
  Matryoshka2dLoss: { loss: "MultipleNegativesRankingLoss", matryoshka_dims: [8, 4] },
  MatryoshkaLoss: { loss: "MultipleNegativesRankingLoss", matryoshka_dims: [8, 4] },
  SoftmaxLoss: { num_labels: 3 },
};

Deno.test("createLoss() creates every loss by its name", () => {
  assertEquals(LOSS_NAMES.length, 29);
  for (const name of LOSS_NAMES) assertEquals(createLoss(name, NEEDED[name]).name, name);
});

Deno.test("createLoss() hands the options on, and refuses those that a loss does not have", () => {
  const { config } = createLoss("MultipleNegativesRankingLoss", { scale: 5 });
  assertEquals([config.scale, config.similarity_fct], [5, "cos_sim"]);
  assertThrows(() => createLoss("MultipleNegativesRankingLoss", { scale: 0 }), UsageError, "scale");
  for (const name of LOSS_NAMES) {
    const options = { ...NEEDED[name], no_such_option: 1 };
    assertThrows(() => createLoss(name, options), UsageError, "no_such_option");
  }
});

Deno.test("createLoss() refuses an unknown name and suggests the nearest", () => {
  const error = assertThrows(() => createLoss("MultipleNegativeRankingLoss"), UsageError);
  assertEquals(
    error.message,
    `Cannot create loss "MultipleNegativeRankingLoss": known are ${LOSS_NAMES.join(", ")}; ` +
      'the nearest is "MultipleNegativesRankingLoss"',
  );
  for (const name of ["toString", "", "NoSuchThing"]) {
    const known = `Cannot create loss "${name}": known are ${LOSS_NAMES.join(", ")}`;
    assertThrows(() => createLoss(name), UsageError, known);
  }
});

import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import { createLoss, LOSS_NAMES } from "../../src/losses/names.ts";

Deno.test("createLoss() creates every loss by its name", () => {
  assertEquals(LOSS_NAMES, ["MultipleNegativesRankingLoss"]);
  for (const name of LOSS_NAMES) assertEquals(createLoss(name).name, name);
});

Deno.test("createLoss() hands the options on", () => {
  const { config } = createLoss("MultipleNegativesRankingLoss", { scale: 5 });
  assertEquals(config, { scale: 5, similarity_fct: "cos_sim" });
  assertThrows(() => createLoss("MultipleNegativesRankingLoss", { scale: 0 }), UsageError, "scale");
});

Deno.test("createLoss() refuses an unknown name and suggests the nearest", () => {
  const known = "known are MultipleNegativesRankingLoss";
  assertThrows(
    () => createLoss("MultipleNegativeRankingLoss"),
    UsageError,
    `Cannot create loss "MultipleNegativeRankingLoss": ${known}; ` +
      'the nearest is "MultipleNegativesRankingLoss"',
  );
  for (const name of ["toString", "", "TripletLoss"]) {
    const error = assertThrows(() => createLoss(name), UsageError);
    assertEquals(error.message, `Cannot create loss "${name}": ${known}`);
  }
});

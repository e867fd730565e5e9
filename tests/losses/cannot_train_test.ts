import { assert, assertEquals } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import { cannotTrain } from "../../src/losses/cannot_train.ts";

Deno.test("cannotTrain() says what was found and wanted", () => {
  const facts = { width: 1, minimum: 0, maximum: 2, isWhole: true };
  const cases = [
    [["a", "b"], 'as text columns "a", "b"'],
    [[], "as text columns none"],
    [null, "no labels"],
    [facts, "labels of one number a row, from 0 to 2"],
    [
      { ...facts, width: 3, minimum: -0.5, isWhole: false },
      "labels of 3 numbers a row, from -0.5 to 2, not whole",
    ],
    [
      { ...facts, classNames: ["a", "b"] },
      "labels of one number a row, from 0 to 2 (2 classes: 0 a, 1 b)",
    ],
    [
      { ...facts, minimum: -1, classNames: ["a", "b", "c"] },
      "labels of one number a row, from -1 to 2 (3 classes: 0 a, 1 b, 2 c; -1 marks rows without a " +
      "label, which are to be left out)",
    ],
  ] as const;
  for (const [found, text] of cases) {
    const error = cannotTrain("X", found, "one");
    assert(error instanceof UsageError);
    assertEquals(error.message, `Cannot train with X: found ${text}, wanted one`);
  }
});

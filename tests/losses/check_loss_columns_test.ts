import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import { checkLossColumns, type LabelKind } from "../../src/losses/check_loss_columns.ts";
import { facts } from "../support/loss_cases.ts";

const WANTED = { texts: "two texts", count: [2, 2] } as const;

Deno.test("checkLossColumns() counts text columns and names them", () => {
  const check = (columns: string[]) =>
    checkLossColumns("X", { columns, labels: null }, { ...WANTED, label: null });
  check(["a", "b"]);
  const start = "Cannot train with X: found as text columns ";
  for (
    const [columns, found] of [[[], "none"], [["a"], '"a"'], [["a", "b", "c"], '"a", "b", "c"']]
  ) {
    const message = `${start}${found}, wanted two texts`;
    assertEquals(assertThrows(() => check(columns as string[]), UsageError).message, message);
  }
});

Deno.test("checkLossColumns() wants labels unless they are optional", () => {
  const found = { columns: ["a", "b"], labels: null };
  checkLossColumns("X", found, { ...WANTED, label: "score", optional: true });
  assertThrows(
    () =>
      checkLossColumns("X", found, { ...WANTED, label: "score", missing: "Labels are needed." }),
    UsageError,
    "Cannot train with X: found no labels (Labels are needed.), wanted one number a row; " +
      'name their column "label" or "score"',
  );
});

Deno.test("checkLossColumns() takes the labels of each kind and no others", () => {
  const check = (label: LabelKind, labels: ReturnType<typeof facts>) =>
    checkLossColumns("X", { columns: ["a", "b"], labels }, { ...WANTED, label });
  const half = { minimum: 0.5, maximum: 0.5, isWhole: false };
  const accepted: [LabelKind, Partial<ReturnType<typeof facts>>][] = [
    ["score", { minimum: -1e9, maximum: 1e9, isWhole: false }],
    ["similarity", { minimum: -1, isWhole: false }],
    ["share", half],
    ["binary", {}],
    ["class", { minimum: -(2 ** 24), maximum: 2 ** 24 }],
  ];
  for (const [kind, given] of accepted) check(kind, facts(given));
  const refused: [LabelKind, Partial<ReturnType<typeof facts>>, string][] = [
    ["score", { width: 2 }, "labels of 2 numbers"],
    ["similarity", { maximum: 1.5 }, "labels from 0 to 1.5"],
    ["share", { minimum: -0.5 }, "labels from -0.5 to 1"],
    ["binary", half, "labels that are not whole numbers"],
    ["binary", { maximum: 2 }, "labels from 0 to 2"],
    ["class", half, "labels that are not whole numbers"],
    ["class", { maximum: 2 ** 24 + 1 }, "labels from 0 to 16777217"],
  ];
  for (const [kind, given, message] of refused) {
    const text = `Cannot train with X: found ${message}, wanted `;
    assertThrows(() => check(kind, facts(given)), UsageError, text);
  }
});

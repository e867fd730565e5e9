import { assertEquals } from "@std/assert";
import {
  saveStrategies,
  saveStrategy,
} from "../../../../src/train/arguments/fields/save_strategy.ts";

Deno.test("saveStrategy takes the four strategies of upstream and no other", () => {
  const given = ["no", "steps", "epoch", "best", "", null];
  const taken = given.filter((value) => saveStrategy.safeParse(value).success);
  assertEquals(taken, [...saveStrategies]);
  assertEquals(taken, ["no", "steps", "epoch", "best"]);
});

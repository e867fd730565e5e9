import { assertEquals } from "@std/assert";
import {
  intervalStrategies,
  intervalStrategy,
} from "../../../../src/train/arguments/fields/interval_strategy.ts";

Deno.test("intervalStrategy takes the three strategies of upstream and no other", () => {
  const given = ["no", "steps", "epoch", "best", "", null];
  const taken = given.filter((value) => intervalStrategy.safeParse(value).success);
  assertEquals(taken, [...intervalStrategies]);
  assertEquals(taken, ["no", "steps", "epoch"]);
});

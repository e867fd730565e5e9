import { assertEquals } from "@std/assert";
import * as losses from "../../src/losses/mod.ts";

Deno.test("the face of the losses has a class for every name", () => {
  const classes = losses.LOSS_NAMES.map((name) => losses[name]);
  assertEquals(classes.map(({ name }) => name), [...losses.LOSS_NAMES]);
  assertEquals(classes.length, 29);
});

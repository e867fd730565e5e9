import { assertEquals, assertInstanceOf, assertStrictEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../../src/errors.ts";
import type { TrainerCallback } from "../../../src/train/callbacks/callback.ts";
import { checkedCallback } from "../../../src/train/callbacks/checked_callback.ts";
import { EarlyStoppingCallback } from "../../../src/train/callbacks/early_stopping_callback.ts";
import { MOMENTS } from "./simulated_run.ts";

class Plain implements TrainerCallback {
  readonly name = "Plain";
  onStepEnd(): void {}
}

Deno.test("checkedCallback() gives callbacks back, and makes one of a class", () => {
  const plain = new Plain();
  assertStrictEquals(checkedCallback(plain), plain);
  assertInstanceOf(checkedCallback(Plain), Plain);
  assertInstanceOf(checkedCallback(EarlyStoppingCallback), EarlyStoppingCallback);
  const moments = Object.keys(MOMENTS);
  const all = Object.fromEntries(moments.map((moment) => [moment, () => {}]));
  assertEquals(moments.length, 15);
  assertStrictEquals(checkedCallback(all), all);
});

Deno.test("checkedCallback() finds a method that nothing would call, inherited ones too", () => {
  class Misspelt extends Plain {
    onStepEnds(): void {}
  }
  class Heir extends Misspelt {}
  const message = "no moment calls its method onStepEnds; there are onInitEnd, ";
  for (const wrong of [Misspelt, new Misspelt(), Heir, { onStepEnds: () => {} }]) {
    const error = assertThrows(
      () => checkedCallback(wrong as TrainerCallback),
      UsageError,
      message,
    );
    assertEquals(error.message.endsWith('the nearest is "onStepEnd"'), true, error.message);
  }
  // Other methods are its own affair.
  checkedCallback({ once: () => {}, onward: 1 } as TrainerCallback);
});

Deno.test("checkedCallback() refuses what is no callback", () => {
  let seen = 0;
  for (const wrong of [undefined, null, 3, "EarlyStoppingCallback", true]) {
    assertThrows(
      () => checkedCallback(wrong as unknown as TrainerCallback),
      UsageError,
      "wanted an object with methods such as onStepEnd",
    );
    seen++;
  }
  assertEquals(seen, 5);
});

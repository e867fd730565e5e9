import { assertEquals, assertRejects } from "@std/assert";
import { TrainerCondition } from "../../src/train/trainer_condition.ts";

Deno.test("TrainerCondition lets one thing be done at a time, and another one after it", async () => {
  const condition = new TrainerCondition();
  const { promise, resolve } = Promise.withResolvers<number>();
  const first = condition.use(() => promise);
  await assertRejects(() => condition.use(() => promise), TypeError, "it is at work; wait");
  resolve(1);
  assertEquals(await first, 1);
  await assertRejects(() => condition.use(() => Promise.reject(new Error("mine"))), Error, "mine");
  assertEquals(await condition.use(() => Promise.resolve(2)), 2);
});

Deno.test("TrainerCondition lets nothing be done after the end", async () => {
  const condition = new TrainerCondition();
  const { promise, resolve } = Promise.withResolvers<void>();
  const last = condition.use(() => promise);
  assertEquals([condition.end(), condition.end()], [true, false]);
  resolve();
  await last;
  await assertRejects(() => condition.use(() => promise), TypeError, "it was destroyed");
});

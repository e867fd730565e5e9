import { assertEquals, assertRejects } from "@std/assert";
import { ALONE, mainProcessFirst } from "../../../src/train/arguments/process_place.ts";
import { memoryRanks } from "../../support/tiny_ranks.ts";

Deno.test("mainProcessFirst() simply works where a process is alone", () => {
  assertEquals(mainProcessFirst(ALONE, () => 3, { local: true }), 3);
});

Deno.test("mainProcessFirst() lets the others wait for the first, of each machine or of all", async () => {
  for (const local of [true, false]) {
    const done: number[] = [];
    const found = await Promise.all(
      memoryRanks(4).map((place) => {
        Object.assign(place, { localRank: place.rank % 2 });
        return mainProcessFirst(place, async () => {
          // The first are the slowest.
          await new Promise((resolve) => setTimeout(resolve, 20 - 5 * place.rank));
          return done.push(place.rank);
        }, { local });
      }),
    );
    const first = local ? 2 : 1;
    assertEquals(done.slice(0, first).sort(), local ? [0, 2] : [0]);
    assertEquals([found.length, done.length], [4, 4]);
  }
});

Deno.test("mainProcessFirst() lets the others go on where the first fails", async () => {
  const [first, second] = memoryRanks(2);
  const fails = () => Promise.reject(new Error("no room"));
  const other = mainProcessFirst(second, () => 4, { local: false });
  await assertRejects(async () => await mainProcessFirst(first, fails, { local: false }), Error);
  assertEquals(await other, 4);
});

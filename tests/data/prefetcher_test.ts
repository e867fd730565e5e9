import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Prefetcher } from "../../src/data/prefetcher.ts";
import { Random } from "../../src/data/random.ts";

/** Lets pending promise reactions run. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

/** Items that the test finishes by hand. */
function manual(count: number) {
  const items = Array.from({ length: count }, () => Promise.withResolvers<number>());
  const started: number[] = [];
  const make = (index: number) => {
    started.push(index);
    return items[index].promise;
  };
  return { items, started, make };
}

Deno.test("prefetcher: items come in order, however long each takes", async () => {
  for (const depth of [0, 1, 3, 100]) {
    const random = new Random("delays", depth);
    const prefetcher = new Prefetcher(20, async (index) => {
      for (let turns = random.integer(5); turns > 0; turns--) await settle();
      return index * index;
    }, { depth });
    for (let index = 0; index < 20; index++) {
      assertEquals(await prefetcher.next(), index * index);
    }
    await assertRejects(() => prefetcher.next(), RangeError, "Cannot take item 20: there are 20");
    await prefetcher.close();
  }
});

Deno.test("prefetcher: begins at once and is never further ahead than the depth", async () => {
  const { items, started, make } = manual(5);
  const prefetcher = new Prefetcher(5, make, { depth: 2 });
  assertEquals(started, [0, 1]);
  for (const { resolve } of items) resolve(7);
  await settle();
  assertEquals(started, [0, 1]);
  for (const wanted of [[0, 1, 2], [0, 1, 2, 3], [0, 1, 2, 3, 4], [0, 1, 2, 3, 4]]) {
    assertEquals(await prefetcher.next(), 7);
    assertEquals(started, wanted);
  }
  await prefetcher.close();
});

Deno.test("prefetcher: at depth 0 an item is made when it is asked for", async () => {
  const { items, started, make } = manual(3);
  const prefetcher = new Prefetcher(3, make, { depth: 0 });
  assertEquals(started, []);
  for (let index = 0; index < 3; index++) {
    items[index].resolve(index);
    assertEquals(await prefetcher.next(), index);
    assertEquals(started.length, index + 1);
  }
  await prefetcher.close();
});

Deno.test("prefetcher: several calls that wait receive items in the order of the calls", async () => {
  const { items, started, make } = manual(4);
  const prefetcher = new Prefetcher(4, make, { depth: 1 });
  const calls = [prefetcher.next(), prefetcher.next(), prefetcher.next()];
  assertEquals(started, [0, 1, 2, 3]);
  for (const index of [3, 2, 1, 0]) items[index].resolve(index);
  assertEquals(await Promise.all(calls), [0, 1, 2]);
  await prefetcher.close();
});

Deno.test("prefetcher: an error arrives at its item, and the next item after it", async () => {
  for (const depth of [0, 1, 4]) {
    for (const when of ["before", "after"]) {
      const prefetcher = new Prefetcher(4, (index) => {
        if (index === 1 && when === "before") throw new RangeError("item 1 fails");
        if (index === 1) return settle().then(() => Promise.reject(new RangeError("item 1 fails")));
        return Promise.resolve(index);
      }, { depth });
      await settle();
      assertEquals(await prefetcher.next(), 0);
      await assertRejects(() => prefetcher.next(), RangeError, "item 1 fails");
      assertEquals(await prefetcher.next(), 2);
      assertEquals(await prefetcher.next(), 3);
      await prefetcher.close();
    }
  }
});

Deno.test("prefetcher: closing waits for what is being made and drops it, errors too", async () => {
  const { items, started, make } = manual(9);
  const prefetcher = new Prefetcher(9, make, { depth: 3 });
  const asked = prefetcher.next();
  let closed = false;
  const closing = prefetcher.close().then(() => closed = true);
  await assertRejects(
    () => prefetcher.next(),
    TypeError,
    "Cannot take an item: the prefetcher is closed",
  );
  items[1].resolve(1);
  items[2].reject(new Error("nobody asked"));
  items[3].resolve(3);
  await settle();
  assert(!closed);
  items[0].resolve(0);
  assertEquals(await asked, 0);
  await closing;
  assertEquals(started, [0, 1, 2, 3]);
  await prefetcher.close();
});

Deno.test("prefetcher: no items", async () => {
  const prefetcher = new Prefetcher(0, () => Promise.reject(new Error("never")), { depth: 2 });
  await assertRejects(() => prefetcher.next(), RangeError, "Cannot take item 0: there are 0");
  await prefetcher.close();
});

Deno.test("prefetcher: wrong numbers are refused", () => {
  const make = () => Promise.resolve(0);
  for (const wrong of [-1, 0.5, NaN]) {
    const wanted = `is ${wrong}, wanted an integer from 0 on`;
    assertThrows(() => new Prefetcher(wrong, make, { depth: 1 }), RangeError, `count ${wanted}`);
    assertThrows(() => new Prefetcher(1, make, { depth: wrong }), RangeError, `depth ${wanted}`);
  }
});

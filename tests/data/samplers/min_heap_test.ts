import { assertEquals, assertThrows } from "@std/assert";
import { Random } from "../../../src/data/random.ts";
import { MinHeap } from "../../../src/data/samplers/min_heap.ts";

Deno.test("min heap: gives the smallest item, like a sorted list", () => {
  const random = new Random("min heap");
  const heap = new MinHeap();
  const list: number[] = [];
  for (let round = 0; round < 5000; round++) {
    assertEquals(heap.size, list.length);
    if (list.length > 0 && random.float() < 0.48) {
      assertEquals(heap.pop(), list.shift());
    } else {
      const item = random.integer(100);
      heap.push(item);
      list.push(item);
      list.sort((a, b) => a - b);
    }
  }
  while (list.length > 0) assertEquals(heap.pop(), list.shift());
  assertEquals(heap.size, 0);
});

Deno.test("min heap: nothing can be taken out of an empty one", () => {
  assertThrows(() => new MinHeap().pop(), RangeError, "it is empty");
});

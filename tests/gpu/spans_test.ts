import { assert, assertEquals } from "@std/assert";
import { Spans } from "../../src/gpu/spans.ts";

Deno.test("Spans keeps who did what, and what the pool held at its begin and end", () => {
  let live = 0;
  const spans = new Spans(() => ({ live: live += 1, held: 10 }));
  const before = performance.now();
  {
    using _outer = spans.open("outer");
    using _inner = spans.open("inner", "tokenizers");
  }
  const found = spans.closedAt(Infinity);
  assertEquals(found.map(({ name, track }) => [name, track]), [
    ["outer", "host"],
    ["inner", "tokenizers"],
  ]);
  const [outer, inner] = found;
  assert(before <= outer.start && outer.start <= inner.start && inner.end <= outer.end);
  assert(outer.end <= performance.now());
  assertEquals(spans.samples.map(({ live, held }) => [live, held]), [
    [1, 10],
    [2, 10],
    [3, 10],
    [4, 10],
  ]);
  assertEquals(spans.samples.map(({ time }) => time), [
    outer.start,
    inner.start,
    inner.end,
    outer.end,
  ]);
});

Deno.test("Spans ends where it is told what is open still, and leaves the rest", () => {
  const spans = new Spans(() => ({ live: 0, held: 0 }));
  const open = spans.open("open");
  spans.open("shut")[Symbol.dispose]();
  const now = performance.now() + 1;
  const ends = spans.closedAt(now).map(({ end }) => end);
  assertEquals(ends[0], now);
  assert(ends[1] < now);
  open[Symbol.dispose]();
  assert(spans.closedAt(now)[0].end < now + 1000);
});

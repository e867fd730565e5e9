import { assert, assertEquals } from "@std/assert";
import { Random } from "../../src/data/random.ts";
import { nestSpans } from "../../src/gpu/nest_spans.ts";
import type { Span, SpanTrack } from "../../src/gpu/spans.ts";

const span = (name: string, start: number, end: number, track: SpanTrack = "host"): Span => ({
  ...{ name, track, start, end },
});

Deno.test("nestSpans() leaves in one lane what is nested, and takes inner from outer time", () => {
  const spans = [
    span("inner", 1, 4),
    span("outer", 0, 10),
    span("innermost", 2, 3),
    span("next", 4, 6),
    span("after", 10, 11),
    span("same begin", 0, 1),
  ];
  assertEquals(nestSpans(spans).map(({ name, lane, self }) => [name, lane, self]), [
    ["outer", 0, 4],
    ["same begin", 0, 1],
    ["inner", 0, 2],
    ["innermost", 0, 1],
    ["next", 0, 2],
    ["after", 0, 1],
  ]);
});

Deno.test("nestSpans() puts what crosses into another lane, each track for itself", () => {
  const spans = [
    span("a", 0, 4),
    span("b", 2, 6),
    span("c", 3, 5),
    span("d", 4, 7),
    span("t", 1, 8, "tokenizers"),
  ];
  assertEquals(nestSpans(spans).map(({ name, lane, self }) => [name, lane, self]), [
    ["a", 0, 4],
    ["t", 0, 7],
    ["b", 1, 2],
    ["c", 1, 2],
    ["d", 0, 3],
  ]);
});

Deno.test("nestSpans() crosses nothing within a lane, whatever the spans", () => {
  const random = new Random("nest", 1);
  const spans = Array.from({ length: 300 }, (_, i) => {
    const start = random.integer(200);
    return span(String(i), start, start + random.integer(40));
  });
  const placed = nestSpans(spans);
  assertEquals(placed.length, 300);
  let pairs = 0;
  for (const [i, a] of placed.entries()) {
    for (const b of placed.slice(i + 1)) {
      if (a.lane !== b.lane) continue;
      pairs++;
      assert(a.end <= b.start || b.end <= a.end, `${a.start}-${a.end} ${b.start}-${b.end}`);
    }
  }
  assert(pairs > 100);
});

import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { thinned } from "../../../src/reporters/report/thinned.ts";

type Point = [number, number | null];

Deno.test("thinned() leaves short lines as they are", () => {
  const points: Point[] = [[1, 1], [2, null]];
  assertStrictEquals(thinned(points, 8), points);
});

Deno.test("thinned() keeps ends, spikes and gaps of a long line", () => {
  const points = Array.from({ length: 10_000 }, (_, i): Point => [i, Math.sin(i)]);
  points[5000] = [5000, 99];
  points[7000] = [7000, -99];
  points[8000] = [8000, null];
  for (const most of [8, 100, 2000]) {
    const kept = thinned(points, most);
    assert(kept.length <= most && kept.length >= most / 2, `${kept.length} of ${most}`);
    for (const i of [0, 5000, 7000, 8000, 9999]) assert(kept.includes(points[i]), `${i}`);
    const steps = kept.map(([x]) => x);
    assertEquals(steps, [...steps].sort((a, b) => a - b));
  }
});

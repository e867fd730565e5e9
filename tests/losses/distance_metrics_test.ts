import { assertEquals } from "@std/assert";
import {
  type DistanceFamily,
  distanceMetric,
  measureOf,
} from "../../src/losses/distance_metrics.ts";
import { MEASURES } from "../reference/losses/compared.ts";

const FAMILIES: readonly [DistanceFamily, readonly string[]][] = [
  ["SiameseDistanceMetric", ["COSINE_DISTANCE", "EUCLIDEAN", "MANHATTAN"]],
  ["TripletDistanceMetric", ["COSINE", "EUCLIDEAN", "MANHATTAN"]],
];

Deno.test("distanceMetric() takes the members of a family, with or without its name", () => {
  for (const [family, members] of FAMILIES) {
    const type = distanceMetric(family, members[1]);
    assertEquals(type.parse(undefined), `${family}.EUCLIDEAN`);
    for (const name of members) {
      assertEquals(type.parse(name), `${family}.${name}`);
      assertEquals(type.parse(`${family}.${name}`), `${family}.${name}`);
    }
    for (const name of ["cosine", "Other.EUCLIDEAN", "", "toString", 1]) {
      assertEquals(type.safeParse(name).success, false, `${name}`);
    }
  }
});

Deno.test("measureOf() gives the measures of upstream", () => {
  let seen = 0;
  for (const [family, members] of FAMILIES) {
    for (const member of members) {
      const name = `${family}.${member}`;
      const { measure, epsilon } = measureOf(name);
      const standard = measure === "cosine" ? 1e-12 : 0;
      const expected = MEASURES[name];
      const filled = { ...measureOf(name), epsilon: epsilon ?? standard };
      assertEquals(filled, expected as typeof filled);
      seen++;
    }
  }
  assertEquals(seen, 6);
});

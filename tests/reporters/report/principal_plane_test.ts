import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { principalPlane } from "../../../src/reporters/report/principal_plane.ts";

/** Points a*u + b*v + c*w + mean, with u, v, w orthonormal. */
function cloud(): { vectors: Float32Array; a: number[]; b: number[] } {
  const axes = [
    [0.5, 0.5, 0.5, 0.5],
    [0.5, -0.5, 0.5, -0.5],
    [0.5, 0.5, -0.5, -0.5],
  ];
  const sides = [-1, 1];
  const weights = sides.flatMap((i) => sides.flatMap((j) => sides.map((k) => [4 * i, 2 * j, k])));
  const vectors = weights.flatMap((weight) =>
    [0, 1, 2, 3].map((column) =>
      10 + axes.reduce((sum, axis, i) => sum + weight[i] * axis[column], 0)
    )
  );
  return {
    vectors: Float32Array.from(vectors),
    a: weights.map(([a]) => a),
    b: weights.map(([, b]) => b),
  };
}

Deno.test("principalPlane() finds the two axes of most variance, and their shares", () => {
  const { vectors, a, b } = cloud();
  const { points, shares } = principalPlane(vectors, 4);
  // The second axis starts with a positive entry, the one of ties that comes first.
  points.forEach(([x, y], i) => {
    assertAlmostEquals(x, a[i], 1e-5);
    assertAlmostEquals(Math.abs(y), Math.abs(b[i]), 1e-5);
  });
  const signs = new Set(points.map(([, y], i) => Math.sign(y) * Math.sign(b[i])));
  assertEquals(signs.size, 1);
  assertAlmostEquals(shares[0], 16 / 21, 1e-6);
  assertAlmostEquals(shares[1], 4 / 21, 1e-6);
});

Deno.test("principalPlane() of equal vectors is a point, of a line a line", () => {
  assertEquals(principalPlane(new Float32Array(6).fill(3), 3), {
    points: [[0, 0], [0, 0]],
    shares: [0, 0],
  });
  const { points, shares } = principalPlane(Float32Array.from([0, 0, 1, 1, 2, 2]), 2);
  points.forEach(([x, y], i) => {
    assertAlmostEquals(x, (i - 1) * Math.SQRT2, 1e-6);
    assertAlmostEquals(y, 0, 1e-6);
  });
  assertAlmostEquals(shares[0], 1, 1e-9);
  assertEquals(principalPlane(Float32Array.from([1, 2]), 2).points, [[0, 0]]);
});

Deno.test("principalPlane() of what is not finite is NaN, and ends", () => {
  const { points } = principalPlane(Float32Array.from([1, NaN, 2, 3]), 2);
  assert(points.flat().every(Number.isNaN));
});

/**
 * Fewer points for the same picture.
 *
 * @module
 */

/** Step and value. */
type Point = readonly [x: number, y: number | null];

/**
 * Leaves out points of a long line: of each stretch stay the least and the greatest value, and one that
 * is missing, so that no spike and no gap is lost; so do the first and the last point.
 *
 * @param points the line
 * @param most how many points may stay, at least 8
 * @returns some of the points, in their order
 */
export function thinned<P extends Point>(points: readonly P[], most: number): readonly P[] {
  if (points.length <= most) return points;
  const last = points.length - 1;
  // Three of each stretch, and the two ends.
  const stretches = Math.floor((most - 2) / 3);
  const kept = new Set([0, last]);
  for (let stretch = 0; stretch < stretches; stretch++) {
    const from = Math.floor(stretch * points.length / stretches);
    const to = Math.floor((stretch + 1) * points.length / stretches);
    let [least, greatest, missing] = [-1, -1, -1];
    for (let i = from; i < to; i++) {
      const y = points[i][1];
      if (y === null) missing = i;
      else {
        if (least < 0 || y < points[least][1]!) least = i;
        if (greatest < 0 || y > points[greatest][1]!) greatest = i;
      }
    }
    for (const i of [least, greatest, missing]) if (i >= 0) kept.add(i);
  }
  return points.filter((_, i) => kept.has(i));
}

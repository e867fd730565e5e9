/**
 * The texts that shaders may import.
 *
 * @module
 */
import grid from "../../shaders/lib/grid.wgsl" with { type: "text" };
import random from "../../shaders/lib/random.wgsl" with { type: "text" };
import rows from "../../shaders/lib/rows.wgsl" with { type: "text" };

/** Text by the name that follows `#import`. */
export const SHADER_LIBRARY: Readonly<Record<string, string>> = {
  "lib/grid": grid,
  "lib/random": random,
  "lib/rows": rows,
};

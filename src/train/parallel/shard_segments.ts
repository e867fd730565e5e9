/**
 * Which rank owns which parameters.
 *
 * @module
 */
import type { Parameter } from "../../gpu/parameter_slab.ts";
import type { ParameterSegment } from "../../optim/parameter_groups.ts";
import { splitSegments } from "../../optim/split_segments.ts";

/**
 * Divides pieces among ranks: whole parameters, which follow each other, as even as their sizes let them.
 *
 * @param segments The pieces.
 * @param size Number of ranks.
 * @returns For each rank its pieces; none where there are fewer parameters than ranks.
 */
export function shardSegments(
  segments: readonly ParameterSegment[],
  size: number,
): (readonly ParameterSegment[])[] {
  const all = segments.flatMap(({ parameters }) => parameters);
  const total = all.reduce((sum, { value }) => sum + value.bindingBytes, 0);
  const owners = new Map<Parameter, number>();
  let before = 0;
  for (const parameter of all) {
    const { bindingBytes } = parameter.value;
    // The rank in whose share the middle of the parameter lies.
    owners.set(parameter, Math.floor((before + bindingBytes / 2) * size / total));
    before += bindingBytes;
  }
  return Array.from(
    { length: size },
    (_, rank) => splitSegments(segments, (parameter) => owners.get(parameter) === rank).chosen,
  );
}

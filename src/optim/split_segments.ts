/**
 * Divides the pieces of a slab by a property of their parameters.
 *
 * @module
 */
import type { Parameter } from "../gpu/parameter_slab.ts";
import { ELEMENT_BYTES, Tensor } from "../gpu/tensor.ts";
import type { ParameterSegment } from "./parameter_groups.ts";

/** Pieces whose parameters have a property, and the others. */
export interface SplitSegments {
  /** Pieces of parameters that have it. */
  readonly chosen: readonly ParameterSegment[];
  /** Pieces of all others. */
  readonly rest: readonly ParameterSegment[];
}

/**
 * Divides pieces so that the parameters of each are of one kind.
 *
 * @param segments The pieces.
 * @param isChosen The property.
 * @returns The pieces of either kind, in order.
 */
export function splitSegments(
  segments: readonly ParameterSegment[],
  isChosen: (parameter: Parameter) => boolean,
): SplitSegments {
  const [chosen, rest]: ParameterSegment[][] = [[], []];
  for (const segment of segments) {
    let run: Parameter[] = [];
    for (const [i, parameter] of segment.parameters.entries()) {
      run.push(parameter);
      const next = segment.parameters[i + 1];
      if (next !== undefined && isChosen(next) === isChosen(parameter)) continue;
      (isChosen(parameter) ? chosen : rest).push(narrowed(segment, run));
      run = [];
    }
  }
  return { chosen, rest };
}

function narrowed(segment: ParameterSegment, parameters: readonly Parameter[]): ParameterSegment {
  const [first, last] = [parameters[0].value, parameters[parameters.length - 1].value];
  const bindingBytes = last.byteOffset + last.bindingBytes - first.byteOffset;
  const piece = ({ allocation, label }: Tensor) =>
    new Tensor({
      allocation,
      byteOffset: first.byteOffset,
      bindingBytes,
      shape: [bindingBytes / ELEMENT_BYTES],
      label,
    });
  return {
    ...segment,
    values: piece(segment.values),
    gradients: piece(segment.gradients),
    parameters,
  };
}

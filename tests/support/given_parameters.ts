/**
 * Runs a module on tensors of the test's choosing, so that `runOp` can set its traps for it too.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import {
  Parameter,
  type ParameterInit,
  type ParameterStore,
} from "../../src/gpu/parameter_slab.ts";
import type { Tensor } from "../../src/gpu/tensor.ts";

/**
 * A store whose parameters are given.
 *
 * @param tensors Values by the name of a parameter's first part.
 * @param declared Receives what modules declare.
 * @throws {AssertionError} If a module declares another name or shape.
 */
export function givenParameters(
  tensors: Readonly<Record<string, Tensor>>,
  declared: ParameterInit[] = [],
): ParameterStore {
  const declare = (init: ParameterInit): Parameter => {
    const parameter = new Parameter(init);
    assert(Object.hasOwn(tensors, parameter.name), `no values for ${parameter.name}`);
    parameter.value = tensors[parameter.name];
    assertEquals(init.shape, parameter.value.shape, `shape of ${parameter.name}`);
    declared.push(init);
    return parameter;
  };
  return { declare } as unknown as ParameterStore;
}

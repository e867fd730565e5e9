/**
 * The residual sum.
 *
 * @module
 */
import source from "../../shaders/add.wgsl" with { type: "text" };
import { Kernel } from "../gpu/kernel.ts";
import { foldWorkgroups } from "../gpu/recorder.ts";
import { checkShape, type Tensor } from "../gpu/tensor.ts";
import type { Tape } from "./tape.ts";

const FORWARD = new Kernel({ name: "add", source, entryPoint: "forward" });
const ACCUMULATE = new Kernel({ name: "add", source, entryPoint: "accumulate" });

/**
 * y = a + b, element by element. Saves nothing; the gradient goes on to both, without a kernel where
 * neither has another one.
 *
 * @param tape Runs and records the op.
 * @param a Any shape; a tensor that an op returned.
 * @param b In the shape of `a`; a tensor that an op returned.
 * @returns y, in the same shape.
 * @throws {TypeError} If shapes disagree.
 */
export function add(tape: Tape, a: Tensor, b: Tensor): Tensor {
  const { recorder } = tape.gpu;
  checkShape("add", "b", b, a.shape);
  const quads = Math.ceil(a.size / 4);
  const run = { params: { quads }, workgroups: foldWorkgroups(Math.ceil(quads / 64)) };
  const y = tape.empty(a.shape, `${a.label} + ${b.label}`);
  recorder.dispatch(FORWARD, { tensors: { a, b, y }, ...run });
  const addTo = (input: Tensor, dY: Tensor) => {
    const slot = tape.slot(input);
    if (slot === null) return;
    const tensors = { a: dY, y: slot.gradient };
    if (slot.accumulate) recorder.dispatch(ACCUMULATE, { tensors, ...run });
    else recorder.copy(dY, slot.gradient);
  };
  tape.record(y, [a, b], [], (dY) => {
    addTo(b, dY);
    if (a === b || !tape.passGradient(y, a)) addTo(a, dY);
  });
  return y;
}

/**
 * `full_determinism`: shows before training that the adapter computes the same gradients twice.
 *
 * @module
 */
import { DeviceError } from "../errors.ts";
import { Tape, type TapeOptions } from "../ops/tape.ts";
import { computeLoss, type LossBatch, type RunModels } from "./compute_loss.ts";

/**
 * Computes the gradients of a batch twice and compares their bits. The gradients are zero afterwards.
 *
 * @param models The models.
 * @param part A batch and its objective.
 * @param tape How tapes run.
 * @throws {DeviceError} If two bits differ; it names the parameter.
 */
export async function verifyDeterminism(
  models: RunModels,
  part: LossBatch,
  tape: Omit<TapeOptions, "recording">,
): Promise<void> {
  const first = await gradientBits(models, part, tape);
  const second = await gradientBits(models, part, tape);
  for (const [name, bits] of first) {
    const other = second.get(name)!;
    const at = bits.findIndex((word, i) => word !== other[i]);
    if (at < 0) continue;
    throw new DeviceError(
      `Cannot train with full_determinism: "${models.model.gpu.info.description}" gave two gradients of "${name}" that differ, first at element ${at}; unset full_determinism to train all the same`,
    );
  }
}

async function gradientBits(
  models: RunModels,
  part: LossBatch,
  options: Omit<TapeOptions, "recording">,
): Promise<Map<string, Uint32Array>> {
  const { gpu, adapter, store: whole } = models.model;
  const store = adapter?.store ?? whole;
  const tape = new Tape(gpu, { ...options, recording: true });
  tape.backward(computeLoss(tape, models, part).value);
  tape.end();
  const gradients = await store.download((slab) => slab.gradients);
  for (const { gradients } of store.slabs) gpu.recorder.clear(gradients);
  gpu.recorder.submit();
  return new Map([...gradients].map(([name, { data }]) => [name, new Uint32Array(data.buffer)]));
}

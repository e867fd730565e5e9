/**
 * A batch sampler of one's own, which may be wrong.
 *
 * @module
 */
import type { Dataset } from "../dataset.ts";
import type { BatchSampler } from "./sampler.ts";

/**
 * Checks what a sampler gives: without that, a row of another dataset or a batch too few would go
 * unnoticed.
 *
 * @param sampler What a function of one's own gave.
 * @param dataset The dataset that it samples from.
 * @returns The sampler. Asking for an epoch throws a RangeError if it announces a number of batches that
 *   is none, or gives another number; if a batch is empty or has a row that does not exist; and a
 *   TypeError if it gives something else than batches.
 * @throws {TypeError} If it is no sampler.
 */
export function checkedSampler(sampler: BatchSampler, dataset: Dataset): BatchSampler {
  const { name, length } = dataset;
  const failed = `Cannot sample from dataset "${name}"`;
  const lacks = (["batches", "steps"] as const).find((method) =>
    typeof sampler?.[method] !== "function"
  );
  if (lacks !== undefined) {
    const found = sampler === null || typeof sampler !== "object"
      ? `${sampler}`
      : `an object without ${lacks}()`;
    throw new TypeError(
      `${failed}: the function given as batch sampler returned ${found}, wanted an object with ` +
        "batches(epoch) and steps(epoch)",
    );
  }
  const constantSteps = sampler.constantSteps === true;
  const steps = (epoch: number) => {
    const count = sampler.steps(epoch);
    if (Number.isSafeInteger(count) && count >= 0) return count;
    throw new RangeError(
      `${failed}: its sampler announces ${count} batches for epoch ${epoch}, wanted a whole number`,
    );
  };
  const batches = (epoch: number) => {
    const drawn = sampler.batches(epoch);
    if (!Array.isArray(drawn)) {
      throw new TypeError(
        `${failed}: its sampler gives ${drawn} for epoch ${epoch}, wanted a list of batches`,
      );
    }
    const announced = steps(constantSteps ? 0 : epoch);
    if (drawn.length !== announced) {
      throw new RangeError(
        `${failed}: its sampler announces ${announced} batches for epoch ${epoch} and gives ` +
          `${drawn.length}; steps(epoch) must be the length of batches(epoch)`,
      );
    }
    drawn.forEach((batch, step) => checkBatch(batch, length, `${failed}: batch ${step}`));
    return drawn;
  };
  return { batches, steps, constantSteps };
}

function checkBatch(batch: unknown, length: number, failed: string): void {
  if (!(batch instanceof Uint32Array)) {
    throw new TypeError(`${failed} is ${batch}, wanted row indices as a Uint32Array`);
  }
  if (batch.length === 0) throw new RangeError(`${failed} is empty`);
  const row = batch.find((row) => row >= length);
  if (row !== undefined) {
    throw new RangeError(`${failed} has row ${row}, but there are ${length}`);
  }
}

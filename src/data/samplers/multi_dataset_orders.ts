/**
 * In which order the batches of several datasets follow each other.
 *
 * @module
 */
import { UsageError } from "../../errors.ts";
import { nearest } from "../../nearest.ts";
import { Random } from "../random.ts";
import type { BatchSampler, SamplerOptions } from "./sampler.ts";

/**
 * For an epoch, from 0: the index of the dataset that each batch is of. Every time it is asked for an
 * epoch, it must give the same; the number of indices is the number of batches.
 */
export type MultiDatasetOrder = (epoch: number) => ArrayLike<number>;

/**
 * Makes an order of batches, given one sampler a dataset, in the order of the datasets. This one takes
 * all batches of the first dataset, then all of the second, and so on:
 *
 * ```ts
 * const oneByOne: MultiDatasetSamplerFactory = (samplers) => (epoch) =>
 *   samplers.flatMap((sampler, i) => new Array(sampler.steps(epoch)).fill(i));
 * ```
 */
export type MultiDatasetSamplerFactory = (
  samplers: readonly BatchSampler[],
  options: SamplerOptions,
) => MultiDatasetOrder;

const orders: Readonly<Record<string, MultiDatasetSamplerFactory>> = {
  proportional: (samplers, { seed }) => (epoch) => {
    const steps = samplers.map((sampler) => sampler.steps(epoch));
    const order = new Uint32Array(steps.reduce((sum, count) => sum + count, 0));
    let start = 0;
    steps.forEach((count, i) => order.fill(i, start, start += count));
    return new Random(seed, epoch, "multi-dataset order").shuffle(order);
  },
  round_robin: (samplers) => (epoch) => {
    const rounds = Math.min(...samplers.map((sampler) => sampler.steps(epoch)));
    return Uint32Array.from({ length: rounds * samplers.length }, (_, i) => i % samplers.length);
  },
};

/** The upstream names of the orders. */
export const multiDatasetBatchSamplerNames: readonly string[] = Object.keys(orders);

/**
 * Makes the order of the batches of several datasets: by name, or with a function of one's own, whose
 * indices are checked.
 *
 * @param chosen One of {@linkcode multiDatasetBatchSamplerNames}, or a function.
 * @param samplers One for each dataset.
 * @param options Batch size, seed and whether short batches are left out.
 * @returns The order; asking for an epoch throws a RangeError if a function of one's own names a
 *   dataset that does not exist or has no batch, and a TypeError if it gives no list.
 * @throws {TypeError} If a function gave no order.
 * @throws {UsageError} If the name is unknown.
 */
export function createMultiDatasetOrder(
  chosen: string | MultiDatasetSamplerFactory,
  samplers: readonly BatchSampler[],
  options: SamplerOptions,
): MultiDatasetOrder {
  if (typeof chosen === "string") {
    if (Object.hasOwn(orders, chosen)) return orders[chosen](samplers, options);
    const guess = nearest(chosen, multiDatasetBatchSamplerNames);
    throw new UsageError(
      `Cannot create multi-dataset batch sampler "${chosen}": known are ${
        multiDatasetBatchSamplerNames.map((known) => `"${known}"`).join(", ")
      }${guess === null ? "" : `; the nearest is "${guess}"`}`,
    );
  }
  const order = chosen(samplers, options);
  if (typeof order !== "function") {
    throw new TypeError(
      `Cannot order batches: the function given as multi-dataset batch sampler returned ${order}, ` +
        "wanted a function of the epoch",
    );
  }
  return (epoch) => {
    const indices = order(epoch);
    if (typeof indices?.length !== "number") {
      throw new TypeError(
        `Cannot order batches: the order of epoch ${epoch} is ${indices}, wanted a list of indices`,
      );
    }
    const steps = samplers.map((sampler) => sampler.steps(epoch));
    for (let step = 0; step < indices.length; step++) {
      if ((steps[indices[step]] ?? 0) > 0) continue;
      throw new RangeError(
        `Cannot order batches: batch ${step} of epoch ${epoch} is to be of dataset ${
          indices[step]
        }, but there are ${samplers.length} datasets of ${steps.join(", ")} batches`,
      );
    }
    return indices;
  };
}

/**
 * A loss over the batch of all ranks: every rank embeds its own rows, gets the embeddings of all, and takes
 * the gradient of its own further back.
 *
 * @module
 */
import { Tensor } from "../../gpu/tensor.ts";
import type { EmbeddedBatch } from "../../losses/loss.ts";
import { Tape } from "../../ops/tape.ts";
import {
  adviceOf,
  componentsOf,
  type ComputedLoss,
  embedInParts,
  type LossBatch,
} from "../compute_loss.ts";
import { backwardInParts, type GradCacheInputs } from "../grad_cache.ts";
import { gatherRows, placesOf } from "./gather_rows.ts";
import type { RankGroup } from "./rank_group.ts";

/**
 * Adds the gradients of a rank's rows to those of the parameters. The loss is that of all rows on every
 * rank, so that the sum of gradients over ranks is the gradient of one process with the whole batch.
 * Where the loss wants a cache, the rows are embedded in parts, twice.
 *
 * Source: `all_gather_with_grad` of sentence-transformers, which scales by the number of ranks what DDP
 * divides by it again.
 *
 * @param inputs Models, the rank's batch and an objective that `wants.gather`.
 * @param group The ranks.
 */
export async function gatheredLoss(inputs: GradCacheInputs, group: RankGroup): Promise<void> {
  const { models: { model }, part, scale, labelSmoothing } = inputs;
  const { gpu } = model;
  const { batch, loss: { wants } } = part;
  const options = { ...inputs.tape, training: true };
  const shape = [batch.sequenceStarts.length - 1, model.fullDimension];
  // With a cache nothing is kept between the two passes; without one, the tape of the first stays.
  const kept = wants!.cache ? null : new Tape(gpu, { ...options, recording: true });
  const own = gpu.tensor(shape, "own embeddings");
  let embeddings: Tensor | null = null;
  try {
    if (kept === null) {
      embedInParts(model, batch, { tape: options, cache: wants!.cache!, into: own });
    } else {
      embeddings = model.embed(kept, batch);
      gpu.recorder.copy(embeddings, own);
    }
    await backwardOfLoss(inputs, group, own);
    if (embeddings !== null) kept!.backward(embeddings, own);
    else backwardInParts(model, batch, { tape: options, cache: wants!.cache!, gradient: own });
  } finally {
    kept?.end();
    gpu.recorder.submit();
    gpu.release(own);
  }

  /** Replaces the rank's embeddings by their gradient. */
  async function backwardOfLoss(
    { report }: GradCacheInputs,
    ranks: RankGroup,
    values: Tensor,
  ): Promise<void> {
    const tape = new Tape(gpu, { ...options, recording: true });
    let all: Tensor | null = null;
    try {
      const { whole, of } = await gatheredBatch(tape, { part, group: ranks, values, inputs });
      all = whole.embeddings;
      const result = part.loss.forward(tape, { ...whole, labelSmoothing });
      const loss: ComputedLoss = componentsOf(tape, part.loss, result);
      report(loss);
      tape.backward(loss.value, scale);
      gpu.recorder.clear(values);
      placesOf(of, ranks.rank).forEach(({ first, count }, column) => {
        const from = rowsOf(all!.gradient!, first, count);
        gpu.recorder.copyInto(from, values, column * count * values.columns);
      });
    } finally {
      tape.end();
      if (all !== null) gpu.release(all, all.gradient!);
    }
  }
}

/** The embedded batch of all ranks, and how many rows each has. */
async function gatheredBatch(
  tape: Tape,
  { part, group, values, inputs }: {
    part: LossBatch;
    group: RankGroup;
    values: Tensor;
    inputs: GradCacheInputs;
  },
): Promise<{ whole: EmbeddedBatch; of: { rows: number[]; columns: number } }> {
  const { batch, guideBatch, loss: { wants }, weight = 1 } = part;
  const { gpu } = tape;
  const { communicator } = group;
  const columns = batch.columns.length;
  // A row that only keeps the rank busy is not a candidate of others.
  const counts = weight > 0;
  const gather = async (tensor: Tensor) => {
    const found = await gpu.read(tensor);
    return await gatherRows(communicator, counts ? found : found.subarray(0, 0), {
      columns,
      width: tensor.columns,
    });
  };
  const { data, rows } = await gather(values);
  const total = rows.reduce((sum, count) => sum + count, 0);
  const shape = [total * columns, values.columns];
  const { allocation, label } = gpu.upload(shape, data, "embeddings of all ranks");
  const gradient = gpu.tensor(shape, "d_embeddings of all ranks");
  gpu.recorder.clear(gradient);
  let guide: Tensor | undefined;
  if (wants?.guide) {
    const advice = adviceOf(tape, inputs.models.guide!, guideBatch!);
    const found = await gather(advice);
    guide = tape.upload([total * columns, advice.columns], found.data, "advice of all ranks");
  }
  let labels: Tensor | null = null;
  if (batch.labels !== null) {
    const { data } = await gatherRows(
      communicator,
      counts ? batch.labels : batch.labels.subarray(0, 0),
      { columns: 1, width: batch.labels.length / batch.columns[0].count },
    );
    labels = tape.upload([data.length], data, "labels of all ranks");
  }
  const whole = {
    embeddings: new Tensor({ allocation, shape, label, gradient }),
    columns: batch.columns.map(({ name }, i) => ({ name, first: i * total, count: total })),
    labels,
    ...(guide !== undefined && { guide }),
  };
  return { whole, of: { rows, columns } };
}

function rowsOf({ allocation, columns, label, byteOffset }: Tensor, first: number, count: number) {
  return new Tensor({
    allocation,
    byteOffset: byteOffset + first * columns * 4,
    shape: [count, columns],
    label,
  });
}

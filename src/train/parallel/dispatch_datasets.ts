/**
 * Datasets that rank 0 alone reads.
 *
 * @module
 */
import type { Dataset, Label } from "../../data/dataset.ts";
import { DispatchedDataset } from "../../data/dispatched_dataset.ts";
import { RemoteTexts } from "../../data/remote_texts.ts";
import type { RowValues } from "../../data/samplers/remaining_rows.ts";
import { hashedValues, textValues } from "../../data/samplers/row_values.ts";
import type { Communicator } from "../../distributed/communicator.ts";
import { rowsFingerprint } from "../rows_fingerprint.ts";
import { RankGroup } from "./rank_group.ts";

/** Rows whose texts all ranks get at once: a model card measures so many. */
const HEAD = 1000;

/** What the other ranks need of rows. */
export interface DispatchOptions {
  /** The value of `batch_sampler`: some ask which texts are equal. Default: none of them. */
  readonly batchSampler?: string;
  /** Whether all ranks get all texts at once, as evaluations need them. Default: false. */
  readonly whole?: boolean;
}

/** A dataset as it is told. */
interface Told {
  readonly name: string;
  readonly length: number;
  readonly heads: readonly (readonly [column: string, texts: readonly string[]])[];
  readonly labels: readonly Label[] | null;
  readonly labelColumn: string | null;
  readonly classNames: readonly string[] | null;
  readonly lengths: readonly number[] | null;
  readonly droppedColumns: readonly string[];
  readonly fingerprint: string;
  readonly distinct: number;
}

/**
 * Reads datasets on rank 0 and tells the other ranks what a trainer with `dispatch_batches` needs there:
 * columns, labels, lengths, which texts are equal where the sampler asks, and the first 1000 rows. The texts
 * of a batch follow when it is their turn. All ranks call it, and give the trainer what they get.
 *
 * @param communicator The ranks.
 * @param read Reads; it is called on rank 0 alone.
 * @param options What the other ranks need.
 * @returns The datasets, those of other ranks without most of their texts; what was read of a single process.
 * @throws {Error} On all ranks, what `read` throws on rank 0.
 *
 * @example A file that rank 0 alone has
 * ```ts ignore
 * const [trainDataset] = await dispatchDatasets(
 *   communicator,
 *   async () => [await readDataset("pairs.jsonl")],
 *   { batchSampler: args.batchSampler },
 * );
 * ```
 */
export async function dispatchDatasets(
  communicator: Communicator,
  read: () => Promise<readonly Dataset[]>,
  { batchSampler = "batch_sampler", whole = false }: DispatchOptions = {},
): Promise<readonly Dataset[]> {
  if (communicator.size === 1) return await read();
  let own: readonly Dataset[] = [];
  let values: (RowValues | null)[] = [];
  const told = await new RankGroup(communicator).once(async () => {
    own = await read();
    values = own.map((dataset) => whole ? null : valuesFor(batchSampler, dataset));
    return own.map((dataset, i) => tell(dataset, { values: values[i], whole }));
  });
  const datasets: Dataset[] = [];
  for (const [i, facts] of told.entries()) {
    const width = facts.heads.length;
    const shared = facts.distinct === 0 ? null : values[i] ?? {
      ids: new Uint32Array(facts.length * width),
      width,
      distinct: facts.distinct,
    };
    if (shared !== null) await communicator.broadcast(shared.ids);
    datasets.push(own.length === 0 ? elsewhere(facts, shared) : here(own[i], facts, shared));
  }
  return datasets;
}

function valuesFor(batchSampler: string, dataset: Dataset): RowValues | null {
  if (batchSampler === "no_duplicates") return textValues(dataset);
  return batchSampler === "no_duplicates_hashed" ? hashedValues(dataset) : null;
}

function tell(
  dataset: Dataset,
  { values, whole }: { values: RowValues | null; whole: boolean },
): Told {
  const { name, length, columns, labels, labelColumn, classNames, lengths, droppedColumns } =
    dataset;
  const count = whole ? length : Math.min(HEAD, length);
  return {
    ...{ name, length, labels, labelColumn, classNames, droppedColumns },
    heads: columns.map((column) => {
      const texts = dataset.text(column);
      return [column, Array.from({ length: count }, (_, row) => texts.at(row)!)];
    }),
    lengths: lengths && Array.from(lengths),
    fingerprint: rowsFingerprint(dataset),
    distinct: values?.distinct ?? 0,
  };
}

function here(dataset: Dataset, { fingerprint }: Told, values: RowValues | null): Dataset {
  return new DispatchedDataset(dataset.parts, { fingerprint, values, isHere: true });
}

function elsewhere({ heads, fingerprint, ...facts }: Told, values: RowValues | null): Dataset {
  const { name, length } = facts;
  // All of a column is an array, as it is where a dataset is in memory.
  const texts = new Map(heads.map(([column, head]) => [
    column,
    head.length === length ? head : new RemoteTexts({ dataset: name, length, head }),
  ]));
  return new DispatchedDataset({ ...facts, texts }, { fingerprint, values, isHere: false });
}

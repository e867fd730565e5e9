/**
 * From what programs printed to ratios, checks and tables.
 *
 * @module
 */
import { formatTable } from "../src/reporters/table.ts";
import { type Measured, median } from "./rivals/measure.ts";
import type { OtherWork } from "./rivals/programs.ts";
import type { NotRun } from "./rivals/run_program.ts";

/** The most by which losses of two engines may differ in any of their first steps. */
export const TOLERANCE = 1e-4;

/** An engine in a job. */
export interface RivalResult {
  /** What `--only` calls it. */
  readonly key: string;
  /** Where it is not the same work: what is different. */
  readonly differs?: string;
  /** What it printed, or why there is nothing. */
  readonly result: Measured | NotRun;
}

/** A job's results in the order of their runs: sentrain, rival 0, sentrain, rival 1, ..., sentrain. */
export interface JobResults {
  /** Work of one run. */
  readonly work: number;
  /** Its unit a second. */
  readonly unit: string;
  /** Other measures of the same work. */
  readonly more?: OtherWork;
  /** One more than rivals. */
  readonly ours: readonly Measured[];
  /** The rivals. */
  readonly rivals: readonly RivalResult[];
}

/** What the table and the file say of an engine. */
export interface ReportRow {
  /** Engine and backend. */
  readonly name: string;
  /** What it printed. */
  readonly measured: Measured;
  /** Work a second. */
  readonly speed: number;
  /** Its time over sentrain's, before and after it. */
  readonly ratio: number;
  /** The largest difference of its first values from sentrain's; null where the work is not the same. */
  readonly difference: number | null;
  /** Its speed by other measures, where the job has them. */
  readonly more?: OtherSpeeds;
}

/** Speeds by what else a run is. */
export interface OtherSpeeds {
  /** Tokens a second, where the work has any. */
  readonly tokens_per_second?: number;
  /** Floating-point operations that the work takes, over the most that could be done in the time. */
  readonly share_of_peak: number;
}

/**
 * Compares engines.
 *
 * @param results A job's results.
 * @returns sentrain first, then every rival that ran.
 */
export function reportRows({ work, more, ours, rivals }: JobResults): ReportRow[] {
  const speed = (milliseconds: number) => 1000 * work / milliseconds;
  const others = (milliseconds: number) =>
    more && {
      more: {
        ...(more.tokens !== undefined && { tokens_per_second: 1000 * more.tokens / milliseconds }),
        share_of_peak: more.flops / milliseconds / 1e6 / more.peakGflops,
      },
    };
  const all = pooled(ours);
  const rows: ReportRow[] = [{
    name: all.name,
    measured: all,
    speed: speed(all.median_ms),
    ratio: 1,
    difference: 0,
    ...others(all.median_ms),
  }];
  rivals.forEach(({ differs, result }, i) => {
    if ("reason" in result) return;
    const beside = (ours[i].median_ms + ours[i + 1].median_ms) / 2;
    rows.push({
      name: differs === undefined ? result.name : `${result.name} (${differs})`,
      measured: result,
      speed: speed(result.median_ms),
      ratio: result.median_ms / beside,
      difference: differs === undefined ? valueDifference(all, result) : null,
      ...others(result.median_ms),
    });
  });
  return rows;
}

/** Several runs of one program: the median of medians, and the extremes of all. */
function pooled(runs: readonly Measured[]): Measured {
  return {
    ...runs[0],
    n: runs.reduce((sum, { n }) => sum + n, 0),
    median_ms: median(runs.map(({ median_ms }) => median_ms)),
    min_ms: Math.min(...runs.map(({ min_ms }) => min_ms)),
    max_ms: Math.max(...runs.map(({ max_ms }) => max_ms)),
    peak_rss_mb: Math.max(...runs.map(({ peak_rss_mb }) => peak_rss_mb)),
    ...(runs[0].peak_gpu_mb !== undefined && {
      peak_gpu_mb: Math.max(...runs.map(({ peak_gpu_mb = 0 }) => peak_gpu_mb)),
    }),
  };
}

/**
 * The largest difference between two engines' first values.
 *
 * @param left One engine.
 * @param right Another one; of the two the shorter list counts.
 * @returns NaN if any value is.
 */
export function valueDifference(left: Measured, right: Measured): number {
  const count = Math.min(left.first_values.length, right.first_values.length);
  const differences = Array.from(
    { length: count },
    (_, i) => Math.abs(left.first_values[i] - right.first_values[i]),
  );
  return Math.max(...differences);
}

/**
 * Whether an engine computed what sentrain did.
 *
 * @param row What is said of it.
 * @returns Yes, too, where the work is not the same.
 */
export function agrees({ difference }: ReportRow): boolean {
  return difference === null || difference <= TOLERANCE;
}

/**
 * Lays out a job's table, and below it one line for each engine that did not run.
 *
 * @param results A job's results.
 * @returns The text.
 */
export function reportTable(results: JobResults): string {
  const rows = reportRows(results);
  const isStep = results.unit === "pairs/s";
  const tokens = results.more?.tokens === undefined ? [] : ["tokens/s"];
  const others = results.more === undefined ? [] : [...tokens, "of peak", "GPU MB"];
  const times = ["ms", "min", "max", results.unit, "time / ours"];
  const header = ["", ...times, ...others, "peak MB", "first values"];
  const cells = rows.map((row, i) => {
    const { measured: { median_ms, min_ms, max_ms, peak_rss_mb } } = row;
    const times = [median_ms, min_ms, max_ms].map((value) => value.toFixed(1));
    const ratio = row.ratio.toFixed(2);
    return [
      row.name,
      ...times,
      row.speed.toFixed(1),
      ratio,
      ...otherCells(row),
      peak_rss_mb.toFixed(0),
      i === 0 ? "" : check(row),
    ];
  });
  const losses = !isStep
    ? []
    : rows.map(({ name, measured: { loss_first, loss_last } }) =>
      `${name}: loss ${loss_first.toFixed(6)} at first, ${loss_last.toFixed(6)} at last`
    );
  const medians = results.ours.map(({ median_ms }) => median_ms.toFixed(1)).join(", ");
  return [
    `\n${rows[0].measured.what}`,
    formatTable(header, cells),
    ...losses,
    `sentrain's medians in the order of its runs: ${medians} ms`,
    ...results.rivals.flatMap(({ key, result }) =>
      "reason" in result ? [`${key}: not run; ${result.reason}`] : []
    ),
  ].join("\n");
}

function otherCells({ more, measured }: ReportRow): string[] {
  if (more === undefined) return [];
  const { tokens_per_second: tokens, share_of_peak: share } = more;
  return [
    ...(tokens === undefined ? [] : [tokens.toFixed(0)]),
    `${(100 * share).toFixed(1)} %`,
    measured.peak_gpu_mb?.toFixed(0) ?? "unknown",
  ];
}

/** What the first values say: by how much at most they differ from sentrain's, in how many runs. */
function check(row: ReportRow): string {
  if (row.difference === null) return "not compared";
  const { length } = row.measured.first_values;
  return `${agrees(row) ? "agree" : "DIFFER"}: ${row.difference.toExponential(1)} in ${length}`;
}

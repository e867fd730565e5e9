/**
 * The charts of a report.
 *
 * @module
 */
import type { ReportRecord, ReportRun } from "./report_run.ts";
import { thinned } from "./thinned.ts";

/** Values of one key in one run. */
export interface PanelLine {
  /** Number of the run. */
  readonly run: number;
  /** What the line is called within its panel; empty where it is the only one of its run. */
  readonly label: string;
  /** Optimizer steps, rising. */
  readonly x: readonly number[];
  /** A value for each; `null` where it is not finite. */
  readonly y: readonly (number | null)[];
}

/** One chart. */
export interface Panel {
  /** The part of the page. */
  readonly section: "Training" | "Evaluation" | "Speed and memory";
  /** What it shows. */
  readonly title: string;
  /** What the values count. */
  readonly unit: "" | "MiB";
  /** Its lines. */
  readonly lines: readonly PanelLine[];
}

/** Most points of a line: a chart has about a thousand columns of pixels. */
const MOST_POINTS = 2000;

/** Panels of fixed keys, in their order. */
const FIXED = {
  loss: { section: "Training", title: "Loss" },
  learning_rate: { section: "Training", title: "Learning rate" },
  grad_norm: { section: "Training", title: "Gradient norm" },
  rows_per_second: { section: "Speed and memory", title: "Rows per second" },
  tokens_per_second: { section: "Speed and memory", title: "Tokens per second" },
  host_bytes: { section: "Speed and memory", title: "Memory of the process", unit: "MiB" },
  device_bytes: { section: "Speed and memory", title: "Activations on the GPU", unit: "MiB" },
} as const satisfies Readonly<Record<string, Partial<Panel>>>;

/** Keys that no chart shows. */
const HIDDEN =
  /^(step|epoch|time|total_flos|num_input_tokens_seen|train_.*)$|^eval_.*(_runtime|_per_second)$|^eval_(runtime|samples_per_second|steps_per_second)$|_mem_[cg]pu_/;

/**
 * Draws up the charts that the logs of runs give: loss, its components, learning rate, gradient norm,
 * evaluations, speed and memory. Metrics that differ in what follows `@` share a chart.
 *
 * @param runs the runs
 * @returns charts in the order of the page; those without values are left out
 */
export function panelsOf(runs: readonly ReportRun[]): Panel[] {
  const keys = [...new Set(runs.flatMap(({ records }) => records.flatMap(Object.keys)))]
    .filter((key) => !HIDDEN.test(key));
  const fixed = Object.entries(FIXED).filter(([key]) => keys.includes(key));
  const evaluated = keys.filter((key) => key.startsWith("eval_"));
  const components = keys.filter((key) => !(key in FIXED) && !key.startsWith("eval_"));
  const [losses, metrics] = [true, false].map((isLoss) =>
    evaluated.filter((key) => key.endsWith("loss") === isLoss)
  );
  const made: Panel[] = fixed.map(([key, panel]) => panelOf(runs, panel, { "": key }));
  const more: Panel[] = [
    panelOf(runs, { section: "Training", title: "Components of the loss" }, named(components)),
    panelOf(
      runs,
      { section: "Evaluation", title: "Evaluation loss" },
      named(losses, (key) => datasetOf(key) || (losses.length > 1 ? "mean" : "")),
    ),
    ...Map.groupBy(metrics, (key) => key.replace(/@\d+$/, "")).entries().map(([family, members]) =>
      panelOf(
        runs,
        { section: "Evaluation", title: family.slice("eval_".length) },
        members.length === 1
          ? { "": members[0] }
          : named(members, (key) => key.slice(family.length)),
      )
    ),
  ];
  const order = ["Training", "Evaluation", "Speed and memory"];
  return [...made, ...more].filter(({ lines }) => lines.length > 0)
    .sort((a, b) => order.indexOf(a.section) - order.indexOf(b.section));
}

function datasetOf(key: string): string {
  return key.slice("eval_".length, -"loss".length).replace(/_$/, "");
}

/** Keys by what their lines are called. */
function named(
  keys: readonly string[],
  label: (key: string) => string = (key) => key,
): Record<string, string> {
  return Object.fromEntries(keys.map((key) => [label(key), key]));
}

function panelOf(
  runs: readonly ReportRun[],
  { section, title, unit = "" }: Pick<Panel, "section" | "title"> & { unit?: Panel["unit"] },
  keys: Readonly<Record<string, string>>,
): Panel {
  const lines = runs.flatMap(({ records }, run) =>
    Object.entries(keys).flatMap(([label, key]) => {
      const divisor = unit === "MiB" ? 2 ** 20 : 1;
      const points = thinned(pointsOf(records, { key, divisor }), MOST_POINTS);
      if (points.length === 0) return [];
      return [{ run, label, x: points.map(([x]) => x), y: points.map(([, y]) => y) }];
    })
  );
  return { section, title, unit, lines };
}

function pointsOf(
  records: readonly ReportRecord[],
  { key, divisor }: { key: string; divisor: number },
): [step: number, value: number | null][] {
  const points = new Map<number, number | null>();
  for (const { step, [key]: value } of records) {
    if (typeof step === "number" && value !== undefined) {
      points.set(step, value === null ? null : value / divisor);
    }
  }
  return [...points].sort(([a], [b]) => a - b);
}

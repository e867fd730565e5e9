/**
 * What the page of a report shows.
 *
 * @module
 */
import { formatCount, formatDuration } from "../format.ts";
import type { EmbeddingMap } from "./embedding_map.ts";
import { type Panel, panelsOf } from "./panels.ts";
import type { ReportRecord, ReportRun } from "./report_run.ts";

/** What is told of one run in words. */
export interface RunSummary {
  /** What it is called. */
  readonly name: string;
  /** Whether it goes on. */
  readonly status: ReportRun["status"];
  /** Name and value of what is known of it. */
  readonly facts: readonly (readonly [name: string, value: string])[];
}

/** One metric in all runs. */
export interface MetricRow {
  /** Its name. */
  readonly name: string;
  /** For each run the last value and the best one with its step; `null` where there is none. */
  readonly cells: readonly ({ last: number; best: number; bestStep: number } | null)[];
}

/** One training argument in all runs. */
export interface ArgumentRow {
  /** Its upstream name. */
  readonly name: string;
  /** Its value in each run, as JSON; empty where it is not known. */
  readonly values: readonly string[];
  /** Whether runs differ in it. */
  readonly differs: boolean;
}

/** The content of the page. */
export interface ReportData {
  /** Its headline. */
  readonly title: string;
  /** The runs. */
  readonly runs: readonly RunSummary[];
  /** The charts. */
  readonly panels: readonly Panel[];
  /** The maps of embeddings, with the numbers of their runs. */
  readonly maps: readonly (EmbeddingMap & { readonly run: number })[];
  /** The table of evaluations. */
  readonly metrics: readonly MetricRow[];
  /** The table of arguments. */
  readonly arguments: readonly ArgumentRow[];
  /** What is not there, in words. */
  readonly notes: readonly string[];
}

/**
 * Draws up the page of one run, or of several beside each other.
 *
 * @param runs the runs
 * @returns the content of the page
 */
export function reportData(runs: readonly ReportRun[]): ReportData {
  const names = distinctNames(runs);
  const metrics = metricRows(runs);
  return {
    title: runs.length === 1 ? names[0] : `${runs.length} runs`,
    runs: runs.map((run, i) => ({ name: names[i], status: run.status, facts: factsOf(run) })),
    panels: panelsOf(runs),
    maps: runs.flatMap(({ map }, run) => map === undefined ? [] : [{ run, ...map }]),
    metrics,
    arguments: argumentRows(runs),
    notes: notesOf(runs, names),
  };
}

function distinctNames(runs: readonly ReportRun[]): string[] {
  const names: string[] = [];
  for (const { name } of runs) {
    let distinct = name;
    for (let i = 2; names.includes(distinct); i++) distinct = `${name} (${i})`;
    names.push(distinct);
  }
  return names;
}

function factsOf({ facts, records }: ReportRun): [string, string][] {
  const last = (key: string) => lastOf(records, key)?.[key] ?? null;
  const steps = Math.max(0, ...records.map(({ step }) => step ?? 0));
  const total = facts.total_steps;
  const texts: [string, string | null][] = [
    ["model", text(facts.model)],
    ["device", text(facts.device)],
    ["parameters", typeof facts.parameters === "number" ? formatCount(facts.parameters) : null],
    ["training rows", text(facts.examples)],
    ["rows a step", text(facts.batch_size)],
    ["steps", typeof total === "number" ? `${steps} of ${total}` : String(steps)],
    ["training time", duration(last("train_runtime"))],
    ["mean loss", number(last("train_loss"))],
    ["latest loss", number(last("loss"))],
  ];
  return texts.filter((fact): fact is [string, string] => fact[1] !== null);
}

function text(value: unknown): string | null {
  return value === undefined || value === null ? null : String(value);
}

function duration(seconds: number | null): string | null {
  return seconds === null ? null : formatDuration(seconds);
}

function number(value: number | null): string | null {
  return value === null ? null : String(Number(value.toPrecision(4)));
}

function lastOf(records: readonly ReportRecord[], key: string): ReportRecord | undefined {
  return records.findLast((record) => typeof record[key] === "number");
}

function metricRows(runs: readonly ReportRun[]): MetricRow[] {
  const keys = new Set(
    runs.flatMap(({ records }) => records.flatMap(Object.keys)).filter((key) =>
      key.startsWith("eval_") && !/_(runtime|per_second)$|_mem_[cg]pu_/.test(key)
    ),
  );
  return [...keys].map((key) => ({
    name: key.slice("eval_".length),
    cells: runs.map(({ records }) => metricCell(records, key)),
  }));
}

function metricCell(records: readonly ReportRecord[], key: string): MetricRow["cells"][number] {
  const found = records.filter((record) => typeof record[key] === "number");
  if (found.length === 0) return null;
  const sign = key.endsWith("loss") ? -1 : 1;
  const best = found.reduce((a, b) => sign * b[key]! > sign * a[key]! ? b : a);
  return { last: found.at(-1)![key]!, best: best[key]!, bestStep: Number(best.step ?? 0) };
}

function argumentRows(runs: readonly ReportRun[]): ArgumentRow[] {
  const known = runs.filter((run) => Object.keys(run.arguments).length > 0);
  const names = new Set(known.flatMap((run) => Object.keys(run.arguments)));
  return [...names].map((name) => {
    const values = runs.map((run) => JSON.stringify(run.arguments[name]) ?? "");
    const compared = known.map((run) => JSON.stringify(run.arguments[name]));
    return { name, values, differs: new Set(compared).size > 1 };
  });
}

function notesOf(runs: readonly ReportRun[], names: readonly string[]): string[] {
  const without = (key: RegExp) =>
    runs.flatMap(({ records }, i) =>
      records.some((record) => Object.keys(record).some((name) => key.test(name))) ? [] : [names[i]]
    );
  const note = (lacking: string[], what: string) =>
    lacking.length === 0 ? [] : [runs.length === 1 ? what : `${lacking.join(", ")}: ${what}`];
  const begun = without(/^loss$/);
  return [
    ...note(begun, "No training loss is logged yet: the first comes after logging_steps steps."),
    ...note(
      without(/^eval_/),
      "There is no evaluation: give an evaluation dataset or an evaluator to see how well the model does.",
    ),
    ...note(
      runs.flatMap((run, i) => Object.keys(run.arguments).length === 0 ? [names[i]] : []),
      "The training arguments are not known: they stand in training_log.jsonl, which only runs of " +
        "this program have.",
    ),
  ];
}

/**
 * How reporters write numbers, durations, log records and the facts of a run.
 *
 * @module
 */

import type { LogEntry, RunFacts } from "./reporter.ts";

/**
 * A number for people: four significant digits, but all digits before the point; below 1e-4 as
 * Python writes it, such as `4.01e-05`; `nan`, `inf` and `-inf` for what is no finite number.
 *
 * @param value any number
 */
export function formatNumber(value: number): string {
  if (Number.isNaN(value)) return "nan";
  const size = Math.abs(value);
  if (size === Infinity) return value > 0 ? "inf" : "-inf";
  if (size >= 1e15 || (size > 0 && size < 1e-4)) {
    const [digits, exponent] = Number(value.toPrecision(4)).toExponential().split("e");
    return `${digits}e${exponent[0]}${exponent.slice(1).padStart(2, "0")}`;
  }
  return String(size >= 1000 ? Math.round(value) : Number(value.toPrecision(4)));
}

/**
 * A rate or count in three digits and a unit: `812`, `24.1k`, `1.02M`, `3.5G`.
 *
 * @param value a number of at least 0
 */
export function formatCount(value: number): string {
  let unit = 0;
  while (unit < UNITS.length - 1 && Number(value.toPrecision(3)) >= 1000) {
    value /= 1000;
    unit++;
  }
  return Number.isFinite(value)
    ? `${Number(value.toPrecision(3))}${UNITS[unit]}`
    : formatNumber(value);
}

const UNITS = ["", "k", "M", "G", "T"];

/**
 * A duration as `m:ss`, or `h:mm:ss` from an hour on; `?` where it is not finite.
 *
 * @param seconds at least 0
 */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return "?";
  const total = Math.round(seconds);
  const hours = Math.floor(total / 3600);
  const minutes = Math.floor(total / 60) % 60;
  const rest = String(total % 60).padStart(2, "0");
  return hours === 0
    ? `${minutes}:${rest}`
    : `${hours}:${String(minutes).padStart(2, "0")}:${rest}`;
}

/**
 * A log record as upstream prints it, a Python dict without `step` and `total_flos`:
 * `{'loss': 0.0604, 'grad_norm': 0.5578, 'learning_rate': 4.01e-05, 'epoch': 0.28}`.
 *
 * @param entry the record
 */
export function formatLogEntry(entry: LogEntry): string {
  const items = Object.entries(entry)
    .filter(([key]) => key !== "step" && key !== "total_flos")
    .map(([key, value]) => `'${key}': ${formatNumber(value)}`);
  return `{${items.join(", ")}}`;
}

/**
 * What is known of a run before its first step, on one line.
 *
 * @param facts the run
 */
export function formatFacts(facts: RunFacts): string {
  const resumed = facts.startStep === 0 ? "" : `, from step ${facts.startStep}`;
  return `training ${facts.model} (${
    formatCount(facts.parameters)
  } parameters) on ${facts.device}: ` +
    `${facts.examples} examples, batch ${facts.batchSize}, ${formatNumber(facts.epochs)} epochs, ` +
    `${facts.totalSteps} steps${resumed}`;
}

/**
 * Reads the journal of a run.
 *
 * @module
 */
import type { ReportRecord, ReportRun } from "./report_run.ts";

/** What a journal tells. */
export type Journal = Omit<ReportRun, "name">;

/**
 * Reads `training_log.jsonl`. A run that goes on from a checkpoint takes the place of what came after
 * that checkpoint; one that begins anew takes the place of all before it. Of records of the same keys
 * and step the last counts. Lines that are no JSON, as a crash leaves them, are skipped.
 *
 * @param text the content of the file
 * @returns the latest run
 */
export function readJournal(text: string): Journal {
  let journal: Journal = { facts: {}, arguments: {}, records: [], status: "unknown" };
  let records = new Map<string, ReportRecord>();
  for (const line of text.split("\n")) {
    const { event, ...values } = parseLine(line);
    if (event === "start") {
      const { time: _time, arguments: given, ...facts } = values;
      const startStep = Number(facts.start_step ?? 0);
      records = new Map(
        [...records].filter(([, { step }]) => startStep > 0 && Number(step ?? 0) <= startStep),
      );
      journal = { facts, arguments: objectOf(given), records: [], status: "running" };
    } else if (event === "log") {
      const record = numbersOf(values);
      const { time: _time, ...logged } = record;
      const key = `${logged.step} ${Object.keys(logged).sort()}`;
      records.delete(key);
      records.set(key, record);
    } else if (event === "end") {
      const isDone = [...records.values()].some((record) => "train_runtime" in record);
      journal = { ...journal, status: isDone ? "finished" : "stopped" };
    }
  }
  const inOrder = [...records.values()].sort((a, b) => Number(a.step ?? 0) - Number(b.step ?? 0));
  return { ...journal, records: inOrder };
}

/** The numbers of an object, `null` among them. */
export function numbersOf(values: Readonly<Record<string, unknown>>): ReportRecord {
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, number | null] =>
      entry[1] === null || typeof entry[1] === "number"
    ),
  );
}

function parseLine(line: string): Record<string, unknown> {
  try {
    return objectOf(JSON.parse(line));
  } catch {
    return {};
  }
}

function objectOf(value: unknown): Record<string, unknown> {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject ? value as Record<string, unknown> : {};
}

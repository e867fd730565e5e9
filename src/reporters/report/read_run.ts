/**
 * Reads a run from its directory.
 *
 * @module
 */
import { dirname, join } from "@std/path";
import { InputError } from "../../errors.ts";
import { isNotADirectory, isNotFound } from "../../host/file_errors.ts";
import { host } from "../../host/host.ts";
import { missingPermission } from "../../host/missing_permission.ts";
import { readTextSync } from "../../host/read_text.ts";
import { JOURNAL_NAME } from "../run_journal.ts";
import { readEmbeddingMap } from "./embedding_map.ts";
import { numbersOf, readJournal } from "./read_journal.ts";
import type { ReportRecord, ReportRun } from "./report_run.ts";

/** Name of the file in which transformers' Trainer keeps its log. */
const STATE_NAME = "trainer_state.json";

/**
 * Reads a run from the files in its directory: `training_log.jsonl`, or where that is missing, as in
 * runs of the original, the `log_history` of `trainer_state.json`, there or in the newest checkpoint.
 *
 * @param directory the output directory of the run, or a checkpoint
 * @returns the run
 * @throws {InputError} If there is no such file, or it cannot be read.
 */
export function readRun(directory: string): ReportRun {
  const journalText = readText(join(directory, JOURNAL_NAME));
  const journal = journalText === null ? null : readJournal(journalText);
  const name = nameOf(directory, journal);
  // A journal without records may lie beside the state of an older run.
  if (journal !== null && (journal.records.length > 0 || journal.status !== "unknown")) {
    return { name, ...journal, map: readEmbeddingMap(directory) ?? undefined };
  }
  const path = stateFile(directory);
  if (path === null) {
    throw new InputError(
      `Cannot read the run in ${directory}: found neither ${JOURNAL_NAME} nor ${STATE_NAME}; ` +
        "give the output directory of a run",
    );
  }
  const records = readHistory(path);
  const isDone = records.some((record) => "train_runtime" in record);
  return { name, facts: {}, arguments: {}, records, status: isDone ? "finished" : "unknown" };
}

function nameOf(directory: string, journal: Omit<ReportRun, "name"> | null): string {
  const given = journal?.facts.run_name;
  const isChosen = typeof given === "string" && given !== journal?.arguments.output_dir;
  return isChosen ? given : directory.replace(/(?<=.)\/+$/, "");
}

function readText(path: string): string | null {
  try {
    return readTextSync(path);
  } catch (cause) {
    if (isNotFound(cause) || isNotADirectory(cause)) {
      return null;
    }
    const reason = missingPermission(cause, dirname) ?? (cause as Error).message;
    throw new InputError(`Cannot read ${path}: ${reason}`, { cause });
  }
}

/** The state of the run, or of its newest checkpoint. */
function stateFile(directory: string): string | null {
  const checkpoints = namesIn(directory)
    .flatMap((name) => /^checkpoint-(\d+)$/.exec(name) ?? [])
    .filter((name) => name.startsWith("checkpoint-"))
    .sort((a, b) => Number(b.slice(11)) - Number(a.slice(11)));
  const files = ["", ...checkpoints].map((name) => join(directory, name, STATE_NAME));
  return files.find((file) => readText(file) !== null) ?? null;
}

function namesIn(directory: string): string[] {
  try {
    return [...host().files.readDirSync(directory)].map(({ name }) => name);
  } catch (cause) {
    throw new InputError(
      `Cannot read the run in ${directory}: ${
        missingPermission(cause) ?? (cause as Error).message
      }; give the output directory ` +
        "of a run",
      { cause },
    );
  }
}

function readHistory(path: string): ReportRecord[] {
  const state = parsePython(readText(path)!, path);
  const history = (state as { log_history?: unknown } | null)?.log_history;
  if (!Array.isArray(history)) {
    throw new InputError(
      `Cannot read ${path}: it has no list "log_history"; give the output directory of a run`,
    );
  }
  return history.filter((entry) => typeof entry === "object" && entry !== null).map(numbersOf);
}

/** JSON as Python writes it: with NaN and infinities, which become `null`. */
function parsePython(text: string, path: string): unknown {
  try {
    return JSON.parse(text.replace(/(?<=[:[,]\s*)(?:NaN|-?Infinity)(?=\s*[,\]}])/g, "null"));
  } catch (cause) {
    const { message } = cause as SyntaxError;
    throw new InputError(`Cannot read ${path}: it is not JSON (${message})`, { cause });
  }
}

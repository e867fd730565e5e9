/**
 * The reporter for TensorBoard: event files.
 *
 * @module
 */
import { join } from "@std/path";
import { host } from "../host/host.ts";
import { appendFile } from "./append_file.ts";
import type { Histogram } from "./histogram.ts";
import { hostName } from "./host_name.ts";
import type { LogEntry, Reporter, RunFacts } from "./reporter.ts";
import { eventRecord } from "./tensorboard/event_record.ts";
import {
  type EventPlace,
  histogramsEvent,
  hparamsEndEvent,
  hparamsEvent,
  type Hyperparameter,
  scalarsEvent,
  textEvent,
  versionEvent,
} from "./tensorboard/events.ts";
import type { ProtobufMessage } from "./tensorboard/protobuf.ts";
import { taggedScalars } from "./tensorboard/tagged_scalars.ts";

/** How a {@linkcode TensorBoardReporter} writes. */
export interface TensorBoardOptions {
  /** Seconds since 1970; the clock where not given. */
  readonly now?: () => number;
}

/** Files of this process so far: two that begin in one second must not be one. */
let files = 0;

/** What the tab of hyper-parameters shows beside them. */
const METRICS = ["train/loss", "eval/loss"];

/**
 * Writes an event file that TensorBoard opens: every number of the log under the tags of upstream
 * (`train/loss`, `eval/...`), and when the run begins its arguments and the model's configuration as
 * texts, and its hyper-parameters. Every record is on disk when the call returns.
 *
 * Source: `TensorBoardCallback` and `rewrite_logs` of transformers. Differences: hyper-parameters lie
 * in the file of the run, not in one of their own; `total_flos`, which is not counted, is left out.
 */
export class TensorBoardReporter implements Reporter {
  readonly #path: string;
  readonly #now: () => number;
  readonly #madeAt: number;
  #step = 0;
  #isBegun = false;
  #isDone = false;

  /**
   * Writes nothing yet.
   *
   * @param directory Directory of the event file.
   * @param options The clock.
   */
  constructor(directory: string, { now = () => Date.now() / 1000 }: TensorBoardOptions = {}) {
    this.#now = now;
    this.#madeAt = now();
    const second = String(Math.floor(this.#madeAt)).padStart(10, "0");
    const name = `events.out.tfevents.${second}.${hostName()}.${host().process.pid}.${files++}`;
    this.#path = join(directory, name);
  }

  /** The event file. */
  get path(): string {
    return this.#path;
  }

  start(facts: RunFacts): void {
    this.#step = facts.startStep;
    const { arguments: values, modelConfig } = facts;
    const events: ProtobufMessage[] = [];
    if (values !== undefined) events.push(textEvent("args", indented(values), this.#place()));
    if (modelConfig !== undefined) {
      events.push(textEvent("model_config", indented(modelConfig), this.#place()));
    }
    if (values !== undefined) {
      events.push(hparamsEvent(hyperparameters(values), METRICS, this.#place()));
    }
    this.#write(events);
  }

  log({ step = this.#step, ...values }: LogEntry): void {
    this.#step = step;
    this.#isDone ||= "train_runtime" in values;
    const scalars = taggedScalars(values);
    if (Object.keys(scalars).length > 0) this.#write([scalarsEvent(scalars, this.#place())]);
  }

  gradients(histograms: Readonly<Record<string, Histogram>>, step: number): void {
    const tagged = Object.fromEntries(
      Object.entries(histograms).filter(([, { count }]) => count > 0)
        .map(([name, histogram]) => [`gradients/${name}`, histogram]),
    );
    this.#write([histogramsEvent(tagged, { wallTime: this.#now(), step })]);
  }

  finish(): void {
    this.#write([hparamsEndEvent(this.#isDone ? "success" : "failure", this.#place())]);
  }

  #place(): EventPlace {
    return { wallTime: this.#now(), step: this.#step };
  }

  #write(events: readonly ProtobufMessage[]): void {
    const first = this.#isBegun ? [] : [versionEvent(this.#madeAt)];
    const records = [...first, ...events].map(eventRecord);
    const whole = new Uint8Array(records.reduce((sum, { length }) => sum + length, 0));
    let offset = 0;
    for (const record of records) {
      whole.set(record, offset);
      offset += record.length;
    }
    appendFile(this.#path, whole);
    this.#isBegun = true;
  }
}

/** JSON that Markdown shows as it is. */
function indented(value: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(value, null, 2).replace(/^/gm, "    ");
}

/** As `to_sanitized_dict` of upstream: what is no boolean, number or text becomes text. */
function hyperparameters(
  values: Readonly<Record<string, unknown>>,
): Record<string, Hyperparameter> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      value === null
        ? "None"
        : typeof value === "object"
        ? JSON.stringify(value)
        : value as Hyperparameter,
    ]),
  );
}

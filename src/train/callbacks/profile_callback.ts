/**
 * Records where the time of some steps goes.
 *
 * @module
 */
import { dirname } from "@std/path";
import { OutputError, UsageError } from "../../errors.ts";
import { chromeTrace } from "../../gpu/chrome_trace.ts";
import { TraceRecording } from "../../gpu/trace_recording.ts";
import { ensureWritableDirectory, writeFileAtomically } from "../../io/write_files.ts";
import { VERSION } from "../../version.ts";
import { profileTable } from "../profile_table.ts";
import type { CallbackRun, TrainerCallback } from "./callback.ts";

/** What to record, and where it goes. */
export interface ProfileOptions {
  /** The file of the trace, which chrome://tracing and Perfetto open. */
  file: string;
  /** The first step that is recorded, counted from 1 where this training begins. Default: 5. */
  firstStep?: number;
  /** How many steps are recorded. Default: 10. */
  steps?: number;
  /** Receives the tables at the end of training. Default: whoever watches the run. */
  print?: (tables: string) => void;
}

/**
 * Records some steps of a training, and what is done between them: a Chrome trace with a track of the
 * GPU's kernels, tracks of the host, counters of memory and of submits; at the end of training tables of
 * the same. Kernels are timed one by one, which makes the steps that are recorded a little slower; their
 * results are the same, bit for bit. The GPU is waited for before the first of them and after the last.
 *
 * A training that fails within these steps writes no trace.
 *
 * @example
 * ```ts
 * import { ProfileCallback } from "@sentrain/sentrain";
 *
 * const callback = new ProfileCallback({ file: "trace.json", firstStep: 20, steps: 5 });
 * ```
 */
export class ProfileCallback implements TrainerCallback {
  /** Of its class, for messages. */
  readonly name = "ProfileCallback";
  readonly #options: Required<Omit<ProfileOptions, "print">> & Pick<ProfileOptions, "print">;
  #recording: TraceRecording | null = null;
  /** Steps done before this training. */
  #before = 0;
  #isDone = false;
  #tables: string | null = null;

  /**
   * Records nothing yet.
   *
   * @param options What to record, and where it goes.
   * @throws {UsageError} If the steps are no whole numbers from 1 on.
   */
  constructor({ file, firstStep = 5, steps = 10, print }: ProfileOptions) {
    for (const [name, value] of Object.entries({ firstStep, steps })) {
      if (!Number.isSafeInteger(value) || value < 1) {
        throw new UsageError(
          `Cannot profile: ${name} is ${value}, wanted a whole number from 1 on`,
        );
      }
    }
    this.#options = { file, firstStep, steps, print };
  }

  /**
   * Makes sure that there will be something to record, and a place for it.
   *
   * @param run The run.
   * @throws {UsageError} If the training ends before the first step that is to be recorded.
   * @throws {OutputError} If the directory of the file cannot be written.
   */
  async onTrainBegin({ state, plan }: CallbackRun): Promise<void> {
    // Memory may not have sufficed for the training before this one.
    this.#recording?.discard();
    this.#recording = null;
    this.#isDone = false;
    this.#tables = null;
    this.#before = state.globalStep;
    const { file, firstStep } = this.#options;
    const left = plan.totalSteps - this.#before;
    if (left < firstStep) {
      throw new UsageError(
        `Cannot profile from step ${firstStep} on: this training has ${left}; profile earlier ones`,
      );
    }
    await ensureWritableDirectory(dirname(file));
  }

  /** Begins before the first step, ends before the first that is not recorded. */
  async onStepBegin(run: CallbackRun): Promise<void> {
    if (this.#isDone) return;
    const { firstStep, steps } = this.#options;
    const step = run.state.globalStep - this.#before + 1;
    if (this.#recording !== null && step >= firstStep + steps) await this.#finish(run);
    else if (this.#recording === null && step >= firstStep) {
      this.#recording = await TraceRecording.begin(run.model.gpu);
    }
  }

  /** Ends what goes on still, and shows the tables. */
  async onTrainEnd(run: CallbackRun): Promise<void> {
    if (this.#recording !== null) await this.#finish(run);
    const { firstStep, print = run.message } = this.#options;
    if (this.#tables !== null) print?.(this.#tables);
    else if (!this.#isDone) {
      print?.(`Nothing was profiled: training ended before step ${firstStep} of it`);
    }
  }

  async #finish({ state, model, args, message }: CallbackRun): Promise<void> {
    const { file, firstStep } = this.#options;
    const trace = await this.#recording!.end();
    this.#recording = null;
    this.#isDone = true;
    const steps = state.globalStep - this.#before - firstStep + 1;
    const { info, kind, lanes } = model.gpu;
    const content = chromeTrace(trace, {
      sentrain: VERSION,
      device: info.description,
      adapter: { vendor: info.vendor, architecture: info.architecture, kind, lanes },
      gpuTimes: trace.dispatches === null
        ? "none: the adapter has no timestamp queries"
        : "measured",
      model: model.config,
      steps: { first: state.globalStep - steps + 1, last: state.globalStep },
      arguments: args.toDict(),
    });
    try {
      await writeFileAtomically(file, JSON.stringify(content));
      this.#tables = `Profile of ${profileTable(trace, steps)}\n\nThe trace lies in ${file}`;
    } catch (error) {
      if (!(error instanceof OutputError)) throw error;
      message?.(`${error.message}; training goes on`);
    }
  }
}

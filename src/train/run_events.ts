/**
 * What a run tells: moments to callbacks, entries to the log, lines to whoever watches.
 *
 * @module
 */
import type { CallbackMoment, CallbackRun } from "./callbacks/callback.ts";
import type { CallbackHandler } from "./callbacks/callback_handler.ts";
import { TrainerControl } from "./callbacks/trainer_control.ts";
import type { RunLog } from "./run_log.ts";
import type { RunPlan } from "./run_plan.ts";
import type { RunSetup } from "./run_setup.ts";
import { TrainerState } from "./state.ts";
import type { TrainStepHooks } from "./train_step.ts";

/** Tells of one run, and holds what is told: where it stands. */
export class RunEvents {
  /** Where the run stands. */
  state: TrainerState = new TrainerState();
  /** What callbacks decided. */
  readonly control: TrainerControl = new TrainerControl();
  readonly #setup: RunSetup;
  readonly #plan: RunPlan;
  readonly #handler: CallbackHandler;
  readonly #log: RunLog;

  /**
   * Nothing is told yet.
   *
   * @param setup What the run works with.
   * @param to Lengths of the run, and who is told.
   */
  constructor(setup: RunSetup, to: { plan: RunPlan; handler: CallbackHandler; log: RunLog }) {
    this.#setup = setup;
    this.#plan = to.plan;
    this.#handler = to.handler;
    this.#log = to.log;
  }

  /**
   * Calls the callbacks that want a moment.
   *
   * @param moment The moment.
   * @param more What belongs to this moment alone.
   */
  async call(moment: CallbackMoment, more: Partial<CallbackRun> = {}): Promise<void> {
    await this.#handler.call(moment, {
      args: this.#setup.args,
      state: this.state,
      control: this.control,
      plan: this.#plan,
      model: this.#setup.inputs.model,
      message: (line) => this.#log.message(line),
      tellGradients: (histograms, step) =>
        this.#log.tell((reporter) => reporter.gradients?.(histograms, step)),
      ...more,
    });
  }

  /**
   * Adds an entry to the log; callbacks may change it first.
   *
   * @param entry Its values.
   * @returns The whole entry.
   */
  async write(entry: Readonly<Record<string, number>>): Promise<Record<string, number>> {
    const logs: Record<string, number> = { ...entry };
    if (this.#setup.args.includeNumInputTokensSeen) {
      logs.num_input_tokens_seen = this.state.tokensSeen;
    }
    await this.call("onLog", { logs });
    const whole = this.state.log(logs);
    this.#log.write(whole);
    return whole;
  }

  /** Moments within a step, for those that someone listens to. */
  hooks(): TrainStepHooks {
    return {
      substepEnd: this.#caller("onSubstepEnd"),
      preOptimizerStep: this.#caller("onPreOptimizerStep"),
      optimizerStep: this.#caller("onOptimizerStep"),
    };
  }

  /** Tells of the batches of an evaluation, if someone listens. */
  onBatch(): ((evaluation: CallbackRun["evaluation"]) => Promise<void>) | undefined {
    const call = this.#caller("onPredictionStep");
    return call && ((evaluation) => call({ evaluation }));
  }

  /** Keeps the states of callbacks in that of the run. */
  keepStates(): void {
    this.state.callbackStates = this.#handler.state(this.control);
  }

  /** Gives callbacks their states back, and says which of them nobody takes. */
  restoreStates(): void {
    const strangers = this.#handler.restore(this.state.callbackStates, this.control);
    if (strangers.length === 0) return;
    this.#log.message(`The checkpoint has states of callbacks that are not here: ${strangers}`);
  }

  #caller(
    moment: CallbackMoment,
  ): ((more?: Partial<CallbackRun>) => Promise<void>) | undefined {
    return this.#handler.listens(moment) ? (more) => this.call(moment, more) : undefined;
  }
}

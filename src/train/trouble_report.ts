/**
 * What a run tells of losses and gradients that are not finite.
 *
 * It costs a sound step one dispatch a slab that ends at once (`optim/bad_gradient.ts`), and nothing on the
 * host: the numbers of a step come late, and with them the news that something is wrong.
 *
 * @module
 */
import type { RunEvents } from "./run_events.ts";
import type { RunLog } from "./run_log.ts";
import type { RunParts } from "./run_parts.ts";
import type { RunSetup } from "./run_setup.ts";
import type { BadStep } from "./step_trouble.ts";

/** Steps skipped in a row after which loss scaling is of no help: it has then come down from 2^16 to 2^-14. */
const ENDLESS = 30;
/** Rows that are named. */
const ROWS = 8;

/** What the report needs of the run. */
export interface TroubleInputs {
  /** What the run works with. */
  readonly setup: RunSetup;
  /** What it is made of. */
  readonly parts: RunParts;
  /** Shows lines. */
  readonly log: RunLog;
  /** Where the run stands. */
  readonly events: RunEvents;
}

/** Tells each kind of trouble once. */
export class TroubleReport {
  readonly #inputs: TroubleInputs;
  readonly #told = new Set<"step" | "skipped">();

  /**
   * Nothing is told yet.
   *
   * @param inputs What it needs of the run.
   */
  constructor(inputs: TroubleInputs) {
    this.#inputs = inputs;
  }

  /** Tells what the steps that were read last have shown. */
  async tell(): Promise<void> {
    const { parts: { control, badGradient }, log } = this.#inputs;
    const { first, firstLoss, skippedInARow } = log.trouble;
    // With loss scaling a gradient that overflows is no trouble: its step is skipped.
    const bad = control.scaling ? firstLoss : first;
    if (bad !== null && !this.#told.has("step")) {
      this.#told.add("step");
      log.message(await this.#describe(bad));
    }
    if (skippedInARow < ENDLESS || this.#told.has("skipped")) return;
    // Parameters are as they were, so that the gradients of a later step show the same.
    const place = badGradient.isLooking ? await badGradient.find() : null;
    badGradient.isLooking = true;
    if (place === null) return;
    this.#told.add("skipped");
    log.message(
      `The last ${skippedInARow} steps were all skipped, for gradients overflow in fp16 however the loss is scaled: the first of the backward pass that does is that of "${place.name}"; train with bf16, or without fp16`,
    );
  }

  /** Tells at the end that nothing was trained, or how many steps loss scaling has skipped. */
  async tellLast(): Promise<void> {
    const { parts: { control }, log, events: { state } } = this.#inputs;
    const { steps, isIdle } = log.trouble;
    if (steps > 0 && isIdle) {
      log.message(
        `The gradient was 0 in each of the ${steps} steps, so that nothing was trained: a loss that compares the rows of a batch needs several, and labels that differ`,
      );
    }
    if (!control.scaling || state.skippedSteps === 0) return;
    const { scale } = await control.read();
    log.message(
      `${state.skippedSteps} of ${state.globalStep} steps were skipped, for their gradients overflowed in fp16; the loss scale is ${scale} now`,
    );
  }

  async #describe(bad: BadStep): Promise<string> {
    const { setup: { args }, parts: { badGradient, control } } = this.#inputs;
    const place = control.scaling ? null : await badGradient.find();
    const where = place === null
      ? control.scaling ? "" : "; every gradient is finite, but the sum of their squares is not"
      : `; the first gradient of the backward pass that is not finite is that of "${place.name}"`;
    const after = control.scaling
      ? "the step was skipped"
      : "the update spoils the parameters, so that only a checkpoint from before it is of use";
    const precision = args.fp16
      ? ", train with bf16 or without fp16"
      : args.bf16
      ? ", train without bf16"
      : "";
    return `Step ${
      bad.step + 1
    }: the loss is ${bad.loss} and the norm of the gradient ${bad.gradientNorm}${where}${
      this.#rowsOf(bad)
    }; ${after}; lower learning_rate (${args.learningRate})${precision}, look at the data, or see the first tensor that is not finite with --debug underflow_overflow`;
  }

  /** The rows of the batch; nothing where callbacks have ended epochs early, and nobody can tell. */
  #rowsOf({ step, batch }: BadStep): string {
    const { setup: { trainDatasets }, parts: { timeline }, events: { state } } = this.#inputs;
    const { position, globalStep } = state;
    const back = globalStep - step;
    const next = timeline.locate(globalStep);
    const isRegular = next.epoch === position.epoch && next.index === position.index;
    if (!isRegular && position.index < back) return "";
    const place = isRegular ? timeline.locate(step) : {
      epoch: position.epoch,
      index: position.index - back,
      steps: timeline.stepsIn(position.epoch),
    };
    const batches = timeline.batches(place);
    const all = [...batches[batch ?? 0] ?? []];
    if (all.length === 0 || batch === null && batches.length > 1) return "";
    const { dataset } = trainDatasets.locate(all[0]);
    const rows = all.map((index) => trainDatasets.locate(index).row);
    const named = rows.slice(0, ROWS).join(", ");
    const rest = rows.length > ROWS ? ` and ${rows.length - ROWS} more` : "";
    return `; its batch is rows ${named}${rest} of "${dataset.name}", counted from 0`;
  }
}

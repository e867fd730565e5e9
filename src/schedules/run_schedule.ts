/**
 * What a run holds of its learning-rate schedule: the factor, and where the factor follows an
 * evaluation metric, what the schedule remembers of it.
 *
 * @module
 */
import type { Schedule } from "./schedule.ts";
import { StateReader } from "./state_reader.ts";

/** A schedule in the course of a run. */
export interface RunSchedule {
  /**
   * Gives the factor of the base learning rate for the update that follows `step` finished updates.
   *
   * @param step finished optimizer steps
   * @returns the factor
   */
  factor(step: number): number;

  /** Whether it follows an evaluation metric; then it wants one after each evaluation. */
  readonly followsMetric: boolean;

  /**
   * Takes in a metric; without effect on schedules that follow the steps alone.
   *
   * @param metric its value; may be infinite or no number, as losses are that went wrong
   */
  observe(metric: number): void;

  /**
   * Gives what a checkpoint keeps of it.
   *
   * @returns what JSON can hold; `{}` where there is nothing to keep
   */
  state(): Record<string, unknown>;

  /**
   * Goes on from what {@linkcode RunSchedule.state} gave; on an error nothing changes.
   *
   * @param state the kept state, of a schedule of the same name
   * @throws {InputError} where it is not such a state
   */
  restore(state: Record<string, unknown>): void;
}

/**
 * Makes a pure schedule one of a run. It has no state.
 *
 * @param schedule the factor as a function of the finished steps
 * @returns the schedule of a run, which follows the steps alone
 */
export function followSteps(schedule: Schedule): RunSchedule {
  return {
    factor: schedule,
    followsMetric: false,
    observe: () => {},
    state: () => ({}),
    restore(state) {
      new StateReader("a schedule that follows the steps alone", state, []);
    },
  };
}

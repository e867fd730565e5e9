/**
 * What this program keeps in `trainer_state.json` beyond upstream's keys. JSON has no infinities and no
 * NaN: such numbers are kept by name.
 *
 * @module
 */
import { z } from "zod";
import { InputError } from "../errors.ts";
import { jsonNumber } from "../schedules/state_reader.ts";

/** Where in the data a run stands. */
export interface DataPosition {
  /** The epoch, from 0. */
  epoch: number;
  /** Optimizer steps of this epoch that are done. */
  index: number;
}

/** Losses that were read back and not logged yet. */
export interface PendingLosses {
  /** Sum of the losses of steps. */
  loss: number;
  /** How many steps. */
  steps: number;
  /** Sum of all losses of the run. */
  totalLoss: number;
  /** Steps of that sum. */
  totalSteps: number;
  /** The latest gradient norm. */
  gradientNorm: number;
  /** Steps that were skipped because a 16-bit gradient was not finite. */
  skippedSteps: number;
  /** Sums and counts of the components of losses, by name. */
  components: Record<string, [number, number]>;
}

/** What is kept. */
export interface OwnState {
  /** The next step's place in the data. */
  position: DataPosition;
  /** Losses not logged yet. */
  pending: PendingLosses;
  /** The best metric so far, which may be infinite; null before the first. */
  bestMetric: number | null;
  /** What the run is made of. */
  identity: Readonly<Record<string, unknown>>;
}

const count = z.int().min(0);
const number = z.union([z.number(), z.enum(["Infinity", "-Infinity", "NaN"])])
  .transform(Number) as unknown as z.ZodType<number>;

const schema: z.ZodType<OwnState> = z.object({
  position: z.object({ epoch: count, index: count }),
  pending: z.object({
    loss: number,
    steps: count,
    totalLoss: number,
    totalSteps: count,
    gradientNorm: number,
    skippedSteps: count,
    components: z.record(z.string(), z.tuple([number, count])),
  }),
  bestMetric: number.nullable(),
  identity: z.record(z.string(), z.unknown()),
});

/**
 * Writes a state as JSON can hold it.
 *
 * @param state The state.
 * @returns An object for JSON.
 */
export function encodeOwnState({ position, pending, bestMetric, identity }: OwnState): unknown {
  const { loss, totalLoss, gradientNorm, components } = pending;
  return {
    position: { ...position },
    pending: {
      ...pending,
      loss: jsonNumber(loss),
      totalLoss: jsonNumber(totalLoss),
      gradientNorm: jsonNumber(gradientNorm),
      components: Object.fromEntries(
        Object.entries(components).map(([name, [sum, n]]) => [name, [jsonNumber(sum), n]]),
      ),
    },
    bestMetric: bestMetric === null ? null : jsonNumber(bestMetric),
    identity,
  };
}

/**
 * Reads a state back.
 *
 * @param value What {@linkcode encodeOwnState} gave, or undefined where a file has none.
 * @param source The file, for messages.
 * @returns The state, or null.
 * @throws {InputError} If it is damaged.
 */
export function parseOwnState(value: unknown, source: string): OwnState | null {
  if (value === undefined) return null;
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [{ path, message }] = parsed.error.issues;
  throw new InputError(
    `Cannot read ${source}: stateful_callbacks.sentrain.${path.join(".")} is damaged: ${message}`,
  );
}

/**
 * Gives a reader many damaged inputs and checks what it makes of each.
 *
 * @module
 */
import { InputError, OutputError, UsageError } from "../../src/errors.ts";
import { Dice } from "./dice.ts";
import { WriteWatch } from "./write_watch.ts";

/** A reader that is ready to be given inputs. */
export interface Reader {
  /** Damages one of the target's own inputs. */
  mutate(dice: Dice): Uint8Array<ArrayBuffer>;
  /** Reads an input; throws what the project's readers throw. */
  read(bytes: Uint8Array<ArrayBuffer>): unknown;
  /** Gives back what it holds. */
  close?(): void;
}

/** What is tested. */
export interface Target {
  /** Its name on the command line. */
  readonly name: string;
  /**
   * Makes the reader.
   *
   * @param folder An empty folder of its own, the only place where it may write.
   */
  prepare(folder: string): Reader | Promise<Reader>;
}

/** How a target is run. */
export interface RunOptions {
  /** How many inputs. */
  readonly runs: number;
  /** Chooses the inputs, together with their indices. */
  readonly seed: number;
  /** The first index. Default: 0. */
  readonly from?: number;
  /** The most failures that are kept; then the run ends. Default: 20. */
  readonly mostFailures?: number;
  /** Seconds after which an input hangs, and the process ends. Default: 20. */
  readonly hangSeconds?: number;
}

/** What is wrong with an input. */
export interface Failure {
  /** Its index, which with the seed makes it again. */
  readonly index: number;
  /** In words. */
  readonly problem: string;
}

/** What came of a run. */
export interface Outcome {
  /** Inputs that were read. */
  inputs: number;
  /** Of these, read without error. */
  results: number;
  /** Of these, refused with an error of the project's own. */
  clearErrors: number;
  /** The longest time of one input. Unit: milliseconds. */
  slowestMs: number;
  /** The index of that input. */
  slowestIndex: number;
  /** The most that memory grew in one input. Unit: bytes. */
  growth: number;
  /** What is wrong. */
  failures: Failure[];
}

/** An input may take so long. Unit: milliseconds. */
const MOST_MS = 1000;

/** Memory may grow by this, and by so many times the size of the input. Unit: bytes. */
const [MOST_BYTES, MOST_TIMES] = [64 << 20, 200];

const CLEAR = [InputError, UsageError, OutputError];

/**
 * Runs a target in a new folder in memory.
 *
 * @param target What to test.
 * @param options How many inputs, and which.
 * @returns What came of it.
 */
export async function runTarget(target: Target, options: RunOptions): Promise<Outcome> {
  const { runs, seed, from = 0, mostFailures = 20, hangSeconds = 20 } = options;
  const outcome: Outcome = {
    inputs: 0,
    results: 0,
    clearErrors: 0,
    slowestMs: 0,
    slowestIndex: from,
    growth: 0,
    failures: [],
  };
  const folder = await Deno.makeTempDir({ dir: await memoryFolder() });
  const { progress, stop } = watched(`${target.name}, seed ${seed}`, hangSeconds);
  try {
    const reader = await target.prepare(folder);
    const watch = new WriteWatch(folder);
    const { warn } = console;
    // The library of tokenizers warns of what it then takes.
    console.warn = () => {};
    try {
      for (let index = from; index < from + runs; index++) {
        progress(index);
        const bytes = reader.mutate(new Dice(seed, index));
        const problem = await readOne(reader, bytes, { outcome, watch, index });
        if (problem !== null) outcome.failures.push({ index, problem });
        if (outcome.failures.length >= mostFailures) break;
      }
    } finally {
      watch.stop();
      console.warn = warn;
      reader.close?.();
    }
  } finally {
    stop();
    await Deno.remove(folder, { recursive: true });
  }
  return outcome;
}

async function readOne(
  reader: Reader,
  bytes: Uint8Array<ArrayBuffer>,
  { outcome, watch, index }: { outcome: Outcome; watch: WriteWatch; index: number },
): Promise<string | null> {
  const before = memoryInUse();
  const start = performance.now();
  const problem = await kindOf(reader, bytes, outcome);
  let elapsed = performance.now() - start;
  const growth = memoryInUse() - before;
  outcome.inputs++;
  if (elapsed > MOST_MS) {
    // Another process may have had the core.
    const again = performance.now();
    await kindOf(reader, bytes, { ...outcome });
    elapsed = Math.min(elapsed, performance.now() - again);
  }
  if (elapsed > outcome.slowestMs) [outcome.slowestMs, outcome.slowestIndex] = [elapsed, index];
  outcome.growth = Math.max(outcome.growth, growth);
  const outside = watch.take();
  if (outside.length > 0) return `it changed files outside: ${outside.join(", ")}`;
  if (problem !== null) return problem;
  if (elapsed > MOST_MS) return `it took ${Math.round(elapsed)} ms`;
  if (growth > MOST_BYTES + MOST_TIMES * bytes.length) {
    return `memory grew by ${growth} bytes for an input of ${bytes.length}`;
  }
  return null;
}

/** Counts a result or a clear error; tells of any other. */
async function kindOf(
  reader: Reader,
  bytes: Uint8Array<ArrayBuffer>,
  counts: Pick<Outcome, "results" | "clearErrors">,
): Promise<string | null> {
  try {
    await reader.read(bytes);
    counts.results++;
    return null;
  } catch (error) {
    const isClear = CLEAR.some((kind) => error instanceof kind) &&
      (error as Error).message.startsWith("Cannot ");
    if (isClear) {
      counts.clearErrors++;
      return null;
    }
    return error instanceof Error ? error.stack ?? String(error) : `it threw ${error}`;
  }
}

function memoryInUse(): number {
  const { heapUsed, external } = Deno.memoryUsage();
  return heapUsed + external;
}

async function memoryFolder(): Promise<string | undefined> {
  const isThere = await Deno.stat("/dev/shm").then(() => true, () => false);
  return isThere ? "/dev/shm" : undefined;
}

function watched(
  name: string,
  seconds: number,
): { progress: (index: number) => void; stop: () => void } {
  const counts = new Int32Array(new SharedArrayBuffer(8));
  const worker = new Worker(new URL("watchdog.ts", import.meta.url), { type: "module" });
  worker.postMessage({ progress: counts.buffer, name, seconds });
  return {
    progress(index) {
      Atomics.store(counts, 1, index);
      Atomics.add(counts, 0, 1);
    },
    stop: () => worker.terminate(),
  };
}

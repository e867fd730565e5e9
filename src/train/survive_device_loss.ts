/**
 * Training that goes on where the device is lost: a new device, the model loaded anew, the run resumed.
 *
 * @module
 */
import { DeviceLostError } from "../errors.ts";
import type { Gpu, GpuOptions } from "../gpu/device.ts";
import { openGpu } from "../io/open_gpu.ts";
import type { SentenceTransformerTrainer } from "./trainer.ts";

/** How losses of the device are met. */
export interface DeviceLossOptions {
  /** Which adapter to take. Default: the fastest. */
  gpu?: GpuOptions;
  /** What the first training goes on from: see `SentenceTransformerTrainer.train`. Default: null, nothing. */
  resumeFromCheckpoint?: string | boolean | null;
  /**
   * How long to wait before each new device: drivers take a while to recover. Unit: seconds. Their number is
   * how many losses in a row are survived, in which no newer checkpoint was written. Default: [2, 8, 32].
   */
  pauses?: readonly number[];
  /** Ends a wait early when it is aborted; the trainer should be given the same. Default: none. */
  signal?: AbortSignal;
  /** Is told of every loss and of what is done. Default: standard error. */
  message?: (line: string) => void;
}

/**
 * Makes a device and a trainer, and works with it. Where the device is lost meanwhile, all of it is given
 * up and made again on a new device, and the work is done again from the newest checkpoint of the run, or
 * from the beginning where none was written. The result is that of a run whose device was not lost, bit for
 * bit on the same adapter, provided that `makeTrainer` always makes the same.
 *
 * ```ts ignore
 * await surviveDeviceLoss(
 *   async (gpu) => {
 *     const model = await SentenceTransformer.load(gpu, "path/to/bert", { trainable: true });
 *     return new SentenceTransformerTrainer({ model, args, trainDataset, loss });
 *   },
 *   async (trainer, checkpoint) => {
 *     await trainer.train(checkpoint);
 *     await trainer.saveModel("final");
 *   },
 * );
 * ```
 *
 * @param makeTrainer Loads a model onto the device and makes a trainer of it; callbacks and reporters too
 *   should be new ones each time.
 * @param work What to do with it: the second argument is for `trainer.train`.
 * @param options How losses are met.
 * @returns What the work returned; the device is gone by then.
 * @throws {DeviceLostError} If the device was lost too often.
 */
export async function surviveDeviceLoss<T>(
  makeTrainer: (gpu: Gpu) => Promise<SentenceTransformerTrainer>,
  work: (trainer: SentenceTransformerTrainer, checkpoint: string | boolean | null) => Promise<T>,
  options: DeviceLossOptions = {},
): Promise<T> {
  const { pauses = [2, 8, 32], message = console.error } = options;
  let checkpoint = options.resumeFromCheckpoint ?? null;
  let gpu = await openGpu(options.gpu);
  for (let losses = 0;;) {
    let trainer: SentenceTransformerTrainer | null = null;
    try {
      trainer = await makeTrainer(gpu);
      return await work(trainer, checkpoint);
    } catch (error) {
      const found = await gpu.explained(error);
      if (!(found instanceof DeviceLostError)) throw error;
      const newest = trainer?.latestCheckpoint ?? checkpoint;
      losses = newest === checkpoint ? losses + 1 : 1;
      checkpoint = newest;
      if (losses > pauses.length) throw tooOften(found, losses);
      message(`${found.message}: goes on ${placeOf(checkpoint)} on a new device`);
    } finally {
      await release(gpu, trainer);
    }
    ({ gpu, losses } = await newDevice(losses, { ...options, pauses, message }));
  }
}

/** Waits and asks, again where no device can be had yet. */
async function newDevice(
  losses: number,
  { gpu, pauses, signal, message }:
    & Pick<DeviceLossOptions, "gpu" | "signal">
    & Required<Pick<DeviceLossOptions, "pauses" | "message">>,
): Promise<{ gpu: Gpu; losses: number }> {
  for (;; losses++) {
    await pause(pauses[losses - 1], signal);
    try {
      return { gpu: await openGpu(gpu), losses };
    } catch (error) {
      if (losses >= pauses.length) throw error;
      message(`No device yet: ${(error as Error).message}`);
    }
  }
}

async function release(gpu: Gpu, trainer: SentenceTransformerTrainer | null): Promise<void> {
  try {
    await trainer?.destroy();
  } catch (error) {
    // Of a lost device nothing need be returned.
    if (!gpu.isLost) throw error;
  } finally {
    gpu.destroy();
  }
}

function tooOften(error: DeviceLostError, losses: number): DeviceLostError {
  return new DeviceLostError(
    `${error.message}; it was lost ${losses} times in a row without a checkpoint in between: look at the driver and at other work on the device, or lower the batch size`,
    { cause: error },
  );
}

function placeOf(checkpoint: string | boolean | null): string {
  if (checkpoint === null || checkpoint === false) {
    return "from the beginning, no checkpoint was written,";
  }
  return checkpoint === true ? "from the newest checkpoint" : `from ${checkpoint}`;
}

async function pause(seconds: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return;
  await new Promise<void>((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, 1000 * seconds);
    signal?.addEventListener("abort", end);
  });
}

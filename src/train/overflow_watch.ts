/**
 * `debug=underflow_overflow`: finds the first tensor of a step that holds a number that is not finite, as
 * transformers' DebugUnderflowOverflow does.
 *
 * @module
 */
import { DeviceError } from "../errors.ts";
import type { Gpu } from "../gpu/device.ts";
import type { Tensor } from "../gpu/tensor.ts";
import { extremes } from "../ops/extremes.ts";

/** Lines of the report before the bad tensor, as upstream. */
const FRAMES = 21;
/** Tensors between two looks: several times those of a batch through 48 layers. */
const SLOTS = 16384;

/** Watches the tensors of steps. */
export class OverflowWatch {
  readonly #gpu: Gpu;
  readonly #stats: Tensor;
  readonly #gradients: boolean;
  #labels: string[] = [];

  /**
   * Takes the little memory that it needs.
   *
   * @param gpu The device.
   * @param gradients Whether gradients are watched: with loss scaling they may overflow.
   */
  constructor(gpu: Gpu, { gradients }: { gradients: boolean }) {
    this.#gpu = gpu;
    this.#gradients = gradients;
    this.#stats = gpu.tensor([SLOTS, 4], "extremes");
  }

  /** Measures a tensor: for {@linkcode TapeOptions.observe}. */
  readonly observe = (tensor: Tensor, kind: "value" | "gradient"): void => {
    if (tensor.dtype !== "f32" || kind === "gradient" && !this.#gradients) return;
    if (this.#labels.length === SLOTS) {
      throw new DeviceError(
        `Cannot watch a step of more than ${SLOTS} tensors for underflow_overflow; leave debug out`,
      );
    }
    extremes(this.#gpu, tensor, this.#stats, this.#labels.length);
    this.#labels.push(tensor.label);
  };

  /**
   * Waits for the GPU and looks at what was measured since the last call.
   *
   * @param step Optimizer steps done, for the message.
   * @throws {DeviceError} If a tensor held NaN or infinity: it names the first one, and the greatest and
   *   smallest sizes of those before it.
   */
  async check(step: number): Promise<void> {
    const labels = this.#labels;
    this.#labels = [];
    if (labels.length === 0) return;
    const stats = await this.#gpu.read(this.#stats);
    const bad = labels.findIndex((_, i) => stats[4 * i + 2] > 0);
    if (bad < 0) return;
    const first = Math.max(0, bad - FRAMES + 1);
    const frames = labels.slice(first, bad + 1).map((label, i) => {
      const [least, most, count] = stats.subarray(4 * (first + i), 4 * (first + i) + 3);
      const range = least > most
        ? "none finite"
        : `${least.toExponential(2)} ${most.toExponential(2)}`;
      return `  ${range} ${label}${count > 0 ? ` (${count} not finite)` : ""}`;
    });
    throw new DeviceError(
      `Cannot go on: inf/nan detected at step ${step} in "${
        labels[bad]
      }"; the tensors up to it, with their smallest and greatest absolute values:\n${
        frames.join("\n")
      }`,
    );
  }

  /** Returns its memory. */
  destroy(): void {
    this.#gpu.release(this.#stats);
  }
}

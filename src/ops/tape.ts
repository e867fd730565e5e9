/**
 * A linear tape: an op that runs while the tape records pushes one closure for its backward pass;
 * {@linkcode Tape.backward} runs them from the end.
 *
 * @module
 */
import type { Gpu } from "../gpu/device.ts";
import type { Allocation, DataType, Tensor } from "../gpu/tensor.ts";
import type { GradientSlot, Precision, TapeOptions } from "./tape_options.ts";

export type { GradientSlot, Precision, TapeOptions };

interface Node {
  readonly output: Tensor;
  readonly saved: readonly Tensor[];
  readonly backward: (dOutput: Tensor) => void;
}

/** What ops need to run: the device, memory for results, random keys and the record for backward. */
export class Tape {
  /** The device. */
  readonly gpu: Gpu;
  /** Whether backward will follow. */
  readonly recording: boolean;
  /** Whether dropout is active. */
  readonly training: boolean;
  /** Tokens of the batch before those that the tape runs over. */
  readonly firstRow: number;
  /** How the operands of linear layers are stored. */
  readonly precision: Precision;
  /** Strength of the noise on token embeddings; 0 outside training. */
  readonly neftuneNoiseAlpha: number;
  readonly #options: TapeOptions;
  readonly #key: [number, number];
  readonly #nodes: Node[] = [];
  readonly #owned = new Map<Allocation, number>();
  /** What {@linkcode empty} gave and no scope gave up. */
  readonly #made = new Map<Allocation, Tensor>();
  readonly #givenUp = new WeakSet<Tensor>();
  readonly #tracked = new Set<Tensor>();
  readonly #gradients = new Map<Tensor, Tensor>();
  #randomOps = 0;
  /** Where a part that runs again begins: its argument, whose gradient the tape around it keeps. */
  #boundary: { tape: Tape; input: Tensor } | null = null;

  /**
   * An empty tape.
   *
   * @param gpu The device.
   * @param options How to run.
   */
  constructor(gpu: Gpu, options: TapeOptions = {}) {
    this.gpu = gpu;
    this.#options = options;
    this.recording = options.recording ?? false;
    this.training = options.training ?? this.recording;
    this.firstRow = options.firstRow ?? 0;
    this.precision = options.precision ?? "f32";
    this.neftuneNoiseAlpha = this.training ? options.neftuneNoiseAlpha ?? 0 : 0;
    this.#key = [options.seed ?? 0, options.step ?? 0];
  }

  /**
   * Takes a tensor that lives as long as the tape needs it: until its backward has run, or until the
   * enclosing {@linkcode scope} or the tape ends.
   */
  empty(shape: readonly number[], label: string, dtype: DataType = "f32"): Tensor {
    const tensor = this.gpu.tensor(shape, label, dtype);
    this.#owned.set(tensor.allocation, 1);
    this.#made.set(tensor.allocation, tensor);
    return tensor;
  }

  /** Uploads host values into a tensor that lives as long as the tape. */
  upload(
    shape: readonly number[],
    data: Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>,
    label: string,
  ): Tensor {
    const tensor = this.gpu.upload(shape, data, label);
    this.#owned.set(tensor.allocation, 1);
    return tensor;
  }

  /** Runs `use` with a tensor that is free again afterwards. */
  temporary(shape: readonly number[], label: string, use: (tensor: Tensor) => void): void {
    const tensor = this.gpu.tensor(shape, label);
    use(tensor);
    this.gpu.release(tensor);
  }

  /**
   * Records how gradients flow through an op.
   *
   * @param output What the op returned.
   * @param inputs Its differentiable arguments; without a tracked one nothing is recorded.
   * @param saved Tensors that `backward` reads; they stay alive until it has run.
   * @param backward Receives the gradient of `output` and fills the slots of the inputs.
   */
  record(
    output: Tensor,
    inputs: readonly Tensor[],
    saved: readonly Tensor[],
    backward: (dOutput: Tensor) => void,
  ): void {
    if (!this.recording || !inputs.some((input) => this.isTracked(input))) return;
    for (const tensor of saved) this.#retain(tensor);
    this.#tracked.add(output);
    this.#nodes.push({ output, saved, backward });
    this.#options.observe?.(output, "value");
  }

  /** Whether layer `index` of a model runs again for backward instead of being kept. */
  recomputes(index: number): boolean {
    const { checkpointEvery = 0 } = this.#options;
    return this.recording && checkpointEvery > 0 && index % checkpointEvery === 0;
  }

  /**
   * Runs a part of a model and keeps only its argument and its result; for backward it runs again,
   * with the same random bits. Source: Chen et al., "Training Deep Nets with Sublinear Memory Cost",
   * 2016.
   *
   * @param input The part's only argument with a gradient, parameters aside.
   * @param run The part: runs ops on the tape that it is given and returns one tensor.
   * @returns What it returned.
   */
  checkpoint(input: Tensor, run: (tape: Tape) => Tensor): Tensor {
    if (!this.recording || !this.isTracked(input)) return run(this);
    const before = this.#randomOps;
    const first = this.#fork(false, before);
    const output = first.scope(() => run(first));
    this.#randomOps = first.#randomOps;
    this.#owned.set(output.allocation, 1);
    this.#made.set(output.allocation, output);
    first.#owned.delete(output.allocation);
    first.end();
    this.record(output, [input], [input], (dOutput) => {
      const again = this.#fork(true, before);
      again.#boundary = { tape: this, input };
      const same = run(again);
      this.#gradients.delete(output);
      again.#backwardFrom(same, dOutput);
      again.end();
    });
    return output;
  }

  /** Whether a gradient of this tensor is wanted. */
  isTracked(tensor: Tensor): boolean {
    return tensor.gradient !== null || this.#tracked.has(tensor) ||
      tensor === this.#boundary?.input;
  }

  /**
   * Where to add the gradient of an argument.
   *
   * @param tensor The argument.
   * @returns The slot, or null when no gradient of it is wanted.
   */
  slot(tensor: Tensor): GradientSlot | null {
    if (tensor.gradient !== null) return { gradient: tensor.gradient, accumulate: true };
    if (tensor === this.#boundary?.input) return this.#boundary.tape.slot(tensor);
    if (!this.#tracked.has(tensor)) return null;
    const known = this.#gradients.get(tensor);
    if (known !== undefined) return { gradient: known, accumulate: true };
    const gradient = this.gpu.tensor(tensor.shape, `d_${tensor.label}`);
    this.#gradients.set(tensor, gradient);
    return { gradient, accumulate: false };
  }

  /**
   * Makes the gradient of an op's output the gradient of its argument, without a copy, where the
   * argument has none yet.
   *
   * @param output The op's output, whose backward is running.
   * @param input The argument.
   * @returns Whether it was possible; otherwise the op must add.
   */
  passGradient(output: Tensor, input: Tensor): boolean {
    const gradient = this.#gradients.get(output);
    const isTaken = this.#gradients.has(input) || input === this.#boundary?.input;
    if (gradient === undefined || input.gradient !== null || isTaken) return false;
    if (this.#tracked.has(input)) {
      this.#gradients.delete(output);
      this.#gradients.set(input, gradient);
    }
    return true;
  }

  /**
   * The key of the next random op: the same for the same seed, step and order of ops.
   *
   * @returns Two words.
   */
  randomKey(): [number, number] {
    const op = ++this.#randomOps;
    return [mix(this.#key[0], op), mix(this.#key[1], mix(this.#key[0], op))];
  }

  /**
   * Frees, when `work` ends, what it took and did not return. A recording tape keeps what ops saved,
   * until their backward has run, and what was uploaded.
   *
   * @param work Runs ops and returns the tensor to keep.
   * @returns That tensor.
   */
  scope(work: () => Tensor): Tensor {
    const before = new Set((this.recording ? this.#made : this.#owned).keys());
    const kept = work();
    for (const taken of [...(this.recording ? this.#made : this.#owned).keys()]) {
      if (before.has(taken) || taken === kept.allocation) continue;
      if (this.recording) this.#giveUp(this.#made.get(taken)!);
      else this.#drop(taken);
    }
    return kept;
  }

  /**
   * Runs the recorded closures from the last to the first.
   *
   * @param loss What an op returned: a scalar, unless its gradient is given.
   * @param scale Its gradient: 1 / n when n micro-batches make a step, or a tensor of its shape.
   *   Default: 1.
   * @throws {TypeError} If the loss depends on no parameter.
   */
  backward(loss: Tensor, scale: number | Tensor = 1): void {
    if (!this.#tracked.has(loss)) {
      throw new TypeError(`Cannot run backward from "${loss.label}": it depends on no parameter`);
    }
    using _span = this.gpu.recorder.spans?.open("record backward");
    const seed = this.gpu.tensor(loss.shape, "d_loss");
    this.gpu.recorder.copy(typeof scale === "number" ? this.gpu.constant(scale) : scale, seed);
    this.#backwardFrom(loss, seed);
  }

  #backwardFrom(loss: Tensor, dLoss: Tensor): void {
    this.#gradients.set(loss, dLoss);
    for (let node = this.#nodes.pop(); node !== undefined; node = this.#nodes.pop()) {
      const dOutput = this.#gradients.get(node.output);
      if (dOutput !== undefined) {
        this.#options.observe?.(dOutput, "gradient");
        node.backward(dOutput);
        if (this.#gradients.delete(node.output)) this.gpu.release(dOutput);
      }
      for (const tensor of node.saved) this.#releaseOne(tensor);
      if (node.output !== loss && !this.#givenUp.has(node.output)) this.#releaseOne(node.output);
    }
  }

  /** Frees what the tape still holds. */
  end(): void {
    this.gpu.release(...this.#gradients.values());
    this.#gradients.clear();
    this.#nodes.length = 0;
    this.#tracked.clear();
    for (const taken of [...this.#owned.keys()]) this.#drop(taken);
  }

  /** A tape with the same options and place in the sequence of random ops. */
  #fork(recording: boolean, randomOps: number): Tape {
    const tape = new Tape(this.gpu, { ...this.#options, recording, training: this.training });
    tape.#randomOps = randomOps;
    return tape;
  }

  #giveUp(tensor: Tensor): void {
    this.#made.delete(tensor.allocation);
    this.#givenUp.add(tensor);
    this.#releaseOne(tensor);
  }

  #retain(tensor: Tensor): void {
    const count = this.#owned.get(tensor.allocation);
    if (count !== undefined) this.#owned.set(tensor.allocation, count + 1);
  }

  #releaseOne(tensor: Tensor): void {
    const count = this.#owned.get(tensor.allocation);
    if (count === undefined) return;
    if (count === 1) this.#drop(tensor.allocation);
    else this.#owned.set(tensor.allocation, count - 1);
  }

  #drop(taken: Allocation): void {
    this.#owned.delete(taken);
    this.#made.delete(taken);
    this.gpu.pool.release(taken);
  }
}

function mix(a: number, b: number): number {
  let h = Math.imul(a ^ (b + 0x9e3779b9), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

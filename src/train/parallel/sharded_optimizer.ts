/**
 * An optimizer whose state is divided among ranks.
 *
 * @module
 */
import type { Communicator } from "../../distributed/communicator.ts";
import type { Gpu } from "../../gpu/device.ts";
import type { Optimizer, StateArray, StateReader } from "../../optim/optimizer.ts";
import type { ParameterGroups } from "../../optim/parameter_groups.ts";
import type { ScheduledScalars, StepControl } from "../../optim/step_control.ts";
import { ParameterExchange } from "./parameter_exchange.ts";
import { shardSegments } from "./shard_segments.ts";

/** What a tensor of the state is, without its elements. */
interface StateFacts {
  readonly name: string;
  readonly shape: readonly number[];
  readonly isFloat: boolean;
  readonly length: number;
}

/** What a {@linkcode ShardedOptimizer} is made with. */
export interface ShardedOptions {
  /** The ranks. */
  readonly communicator: Communicator;
  /** Makes the optimizer of the parameters that a rank owns. */
  readonly create: (groups: ParameterGroups) => Optimizer;
}

/**
 * Each rank holds the state of its own parameters, updates them, and gives them to all: the numbers are
 * those of an optimizer that is not divided, bit for bit.
 *
 * Source: Rajbhandari et al., "ZeRO: Memory Optimizations Toward Training Trillion Parameter Models", 2020.
 */
export class ShardedOptimizer implements Optimizer {
  readonly #gpu: Gpu;
  readonly #communicator: Communicator;
  readonly #groups: ParameterGroups;
  readonly #inner: Optimizer;
  readonly #parameters: ParameterExchange;

  /**
   * States of zero.
   *
   * @param gpu The device.
   * @param groups The parameters of the model.
   * @param options The ranks, and what makes an optimizer.
   */
  constructor(gpu: Gpu, groups: ParameterGroups, { communicator, create }: ShardedOptions) {
    this.#gpu = gpu;
    this.#communicator = communicator;
    this.#groups = groups;
    const shards = shardSegments(groups.segments, communicator.size);
    this.#inner = create({ ...groups, segments: shards[communicator.rank] });
    this.#parameters = new ParameterExchange(gpu, shards, communicator);
  }

  /** What the states of this rank take on the GPU. Unit: bytes. */
  get stateBytes(): number {
    return this.#inner.stateBytes;
  }

  /** Numbers of an update. */
  scalars(step: number, learningRate: number): ScheduledScalars {
    return this.#inner.scalars(step, learningRate);
  }

  /** Records the update of this rank's parameters; {@linkcode share} must follow. */
  step(control: StepControl): void {
    this.#inner.step(control);
    for (const { gradients } of this.#groups.segments) this.#gpu.recorder.clear(gradients);
  }

  /** Gives every rank the parameters of all. */
  async share(): Promise<void> {
    await this.#parameters.share();
  }

  /** Reads the states of all ranks; called by all of them. */
  async download(): Promise<Map<string, StateArray>> {
    const own = [...await this.#inner.download()];
    const facts = await this.#communicator.gatherJson(
      own.map(([name, { shape, data }]): StateFacts => ({
        name,
        shape,
        isFloat: data instanceof Float32Array,
        length: data.length,
      })),
    );
    const datas = own.map(([, { data }]) => data);
    const floats = await this.#communicator.allGather(
      concatenated(Float32Array, datas.filter((data) => data instanceof Float32Array)),
    );
    const bytes = await this.#communicator.allGather(
      concatenated(Uint8Array, datas.filter((data) => data instanceof Uint8Array)),
    );
    const all = new Map<string, StateArray>();
    facts.forEach((tensors, rank) => {
      const ends = { floats: 0, bytes: 0 };
      for (const { name, shape, isFloat, length } of tensors) {
        const data = isFloat
          ? floats[rank].slice(ends.floats, ends.floats += length)
          : bytes[rank].slice(ends.bytes, ends.bytes += length);
        all.set(name, { shape, data: data as StateArray["data"] });
      }
    });
    return all;
  }

  /** Puts the states of this rank's parameters back. */
  upload(read: StateReader): void {
    this.#inner.upload(read);
  }

  /** Frees the states. */
  destroy(): void {
    this.#inner.destroy();
    this.#parameters.destroy();
  }
}

/** One array after the other. */
function concatenated<T extends Float32Array | Uint8Array>(
  Kind: { new (length: number): T },
  parts: readonly (Float32Array | Uint8Array)[],
): T {
  const all = new Kind(parts.reduce((sum, { length }) => sum + length, 0));
  let end = 0;
  for (const part of parts) {
    all.set(part, end);
    end += part.length;
  }
  return all;
}

/**
 * Optimizers whose states take one byte a number.
 *
 * @module
 */
import source from "../../shaders/optim/blockwise_8bit.wgsl" with { type: "text" };
import type { AdapterKind, Gpu } from "../gpu/device.ts";
import { Kernel } from "../gpu/kernel.ts";
import type { Parameter } from "../gpu/parameter_slab.ts";
import { foldWorkgroups } from "../gpu/recorder.ts";
import { ELEMENT_BYTES, sizeOf, type Tensor } from "../gpu/tensor.ts";
import { adamw, type AdamWOptions } from "./adamw.ts";
import { dynamicMap } from "./dynamic_map.ts";
import { ElementwiseOptimizer, type UpdateRule } from "./elementwise_optimizer.ts";
import { lion, type LionOptions } from "./lion.ts";
import type { Optimizer, StateArray, StateReader } from "./optimizer.ts";
import { type ParameterGroups, type ParameterSegment, partsOf } from "./parameter_groups.ts";
import { readBytes, readFloats } from "./read_state.ts";
import { splitSegments } from "./split_segments.ts";
import type { ScheduledScalars, StepControl } from "./step_control.ts";
import { zeroState } from "./zero_state.ts";

/** Elements that share a scale. */
const BLOCK = 256;
/** Smaller tensors keep states of four bytes, as bitsandbytes' `min_8bit_size`. */
const LEAST_SIZE = 4096;
const THREADS = 64;

/** Threads that share a block, by the kind of adapter. */
const LANES: Readonly<Record<AdapterKind, number>> = { gpu: 64, software: 1 };

/** What tells one such optimizer from another. */
export interface EightBitRule {
  /** The same update with states of four bytes, for parameters that keep them. */
  readonly wide: UpdateRule;
  /** The kernels, by the kind of adapter that they are for. */
  readonly kernels: Readonly<Record<AdapterKind, Kernel>>;
  /** Names of the states in files, by the beginning of the shader's variables. */
  readonly states: Readonly<Record<string, string>>;
}

const kernels = (entryPoint: string): Readonly<Record<AdapterKind, Kernel>> => {
  const kernel = (kind: AdapterKind) =>
    new Kernel({
      name: "optim/blockwise_8bit",
      source,
      entryPoint,
      overrides: { LANES: LANES[kind] },
    });
  return { gpu: kernel("gpu"), software: kernel("software") };
};
const ADAMW = kernels("adamw");
const LION = kernels("lion");

/**
 * AdamW with states of one byte: the formula of `adamw`. (bitsandbytes takes the decay after the update
 * instead of before it, a difference of lr^2 decay.)
 *
 * @param options Its settings.
 * @returns The rule.
 */
export function adamw8bit(options: AdamWOptions): EightBitRule {
  return {
    wide: adamw(options),
    kernels: ADAMW,
    states: { first: "exp_avg", second: "exp_avg_sq" },
  };
}

/**
 * Lion with a state of one byte.
 *
 * @param options Its settings.
 * @returns The rule.
 */
export function lion8bit(options: LionOptions): EightBitRule {
  return { wide: lion(options), kernels: LION, states: { first: "exp_avg" } };
}

/**
 * Whether a parameter's states take one byte a number. Embeddings keep four, as transformers asks
 * bitsandbytes, and so do tensors of fewer than 4,096 elements. Beyond that, parameters do of which any part
 * is smaller, or no multiple of four; published encoders have none.
 *
 * @param parameter The parameter.
 * @returns Yes for large weights of layers.
 */
export function hasEightBitStates({ init: { parts } }: Parameter): boolean {
  return parts.every(({ name, shape }) =>
    !/embeddings\.weight$/.test(name) && sizeOf(shape) >= LEAST_SIZE && sizeOf(shape) % 4 === 0
  );
}

/** A piece with its states. */
interface EightBitSegment {
  readonly segment: ParameterSegment;
  /** First vector and number of vectors of every block. */
  readonly ranges: Tensor;
  readonly blocks: number;
  /** Codes and scales by the shader's variables. */
  readonly states: Readonly<Record<string, Tensor>>;
}

/**
 * Changes parameters by a rule whose states are quantized in blocks of 256 neighbours: the greatest
 * magnitude of a block in f32, and for each element the code of the nearest of the 256 numbers of
 * {@linkcode dynamicMap} times that magnitude. A block never reaches into another tensor. A state takes
 * 1 + 4 / 256 bytes a number, and 8 / 256 more for all states together.
 *
 * In files, `exp_avg.NAME` holds the codes as U8 in the tensor's shape, `exp_avg_absmax.NAME` the scales.
 * The codes are the nearest ones; bitsandbytes, after that, turns the code of 0 into the nearest one below
 * for numbers below 0.
 */
export class EightBitOptimizer implements Optimizer {
  readonly #gpu: Gpu;
  readonly #rule: EightBitRule;
  readonly #kind: AdapterKind;
  readonly #wide: ElementwiseOptimizer;
  readonly #segments: readonly EightBitSegment[];
  readonly #maps: Readonly<Record<string, Tensor>>;

  /**
   * States of zero.
   *
   * @param gpu The device.
   * @param groups The parameters.
   * @param options The rule, and the kind of kernel (default: the adapter's).
   */
  constructor(
    gpu: Gpu,
    { learningRates, segments }: ParameterGroups,
    { rule, kind = gpu.kind }: { rule: EightBitRule; kind?: AdapterKind },
  ) {
    const { chosen, rest } = splitSegments(segments, hasEightBitStates);
    this.#gpu = gpu;
    this.#rule = rule;
    this.#kind = kind;
    this.#wide = new ElementwiseOptimizer(gpu, { learningRates, segments: rest }, rule.wide);
    this.#segments = chosen.map((segment) => this.#createStates(segment));
    this.#maps = {
      signed_map: this.#uploaded(dynamicMap(true), "signed map"),
      unsigned_map: this.#uploaded(dynamicMap(false), "unsigned map"),
    };
  }

  /** What the states take on the GPU. Unit: bytes. */
  get stateBytes(): number {
    const bytes = this.#segments.flatMap(({ states, ranges }) =>
      [...Object.values(states), ranges].map(({ allocation }) => allocation.bytes)
    );
    return this.#wide.stateBytes + bytes.reduce((sum, each) => sum + each, 0);
  }

  /** Numbers of an update. */
  scalars(step: number, learningRate: number): ScheduledScalars {
    return this.#rule.wide.scalars(step, learningRate);
  }

  /** Records one update. */
  step(control: StepControl): void {
    this.#wide.step(control);
    for (const { segment, ranges, blocks, states } of this.#segments) {
      const { values, gradients, group, decay } = segment;
      this.#gpu.recorder.dispatch(this.#rule.kernels[this.#kind], {
        tensors: { values, gradients, control: control.choice, ranges, ...this.#maps, ...states },
        params: { epsilon: 0, ...this.#rule.wide.params, blocks, group, decay: decay ? 1 : 0 },
        workgroups: foldWorkgroups(Math.ceil(blocks * LANES[this.#kind] / THREADS)),
      });
    }
  }

  /** Reads the states back. */
  async download(): Promise<Map<string, StateArray>> {
    const tensors = await this.#wide.download();
    for (const [variable, state] of Object.entries(this.#rule.states)) {
      for (const { segment, states } of this.#segments) {
        const words = await this.#gpu.readIntegers(states[`${variable}_codes`]);
        const codes = new Uint8Array(words.buffer);
        const scales = await this.#gpu.read(states[`${variable}_scales`]);
        for (const { name, shape, offset, block, blocks } of blockedParts(segment)) {
          const data = codes.slice(offset, offset + sizeOf(shape));
          tensors.set(`${state}.${name}`, { shape, data });
          tensors.set(`${state}_absmax.${name}`, {
            shape: [blocks],
            data: scales.slice(block, block + blocks),
          });
        }
      }
    }
    return tensors;
  }

  /** Puts states back. */
  upload(read: StateReader): void {
    this.#wide.upload(read);
    this.#gpu.recorder.submit();
    const write = (
      { allocation }: Tensor,
      at: number,
      data: Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>,
    ) => this.#gpu.recorder.write(allocation, at, data);
    for (const [variable, state] of Object.entries(this.#rule.states)) {
      for (const { segment, states } of this.#segments) {
        for (const { name, shape, offset, block, blocks } of blockedParts(segment)) {
          // A copy, so that the words are aligned.
          const { buffer } = readBytes(read, `${state}.${name}`, shape).slice();
          write(states[`${variable}_codes`], offset, new Uint32Array(buffer));
          const scales = readFloats(read, `${state}_absmax.${name}`, [blocks]);
          write(states[`${variable}_scales`], block * ELEMENT_BYTES, scales);
        }
      }
    }
  }

  /** Frees the states. */
  destroy(): void {
    this.#wide.destroy();
    const tensors = this.#segments.flatMap(({ ranges, states }) => [
      ranges,
      ...Object.values(states),
    ]);
    for (const { allocation } of [...tensors, ...Object.values(this.#maps)]) {
      allocation.buffer.destroy();
    }
  }

  #createStates(segment: ParameterSegment): EightBitSegment {
    const ranges: number[] = [];
    for (const { shape, offset } of partsOf(segment)) {
      for (let at = 0; at < sizeOf(shape); at += BLOCK) {
        ranges.push((offset + at) / 4, Math.min(BLOCK, sizeOf(shape) - at) / 4);
      }
    }
    const blocks = ranges.length / 2;
    const states: Record<string, Tensor> = {};
    for (const [variable, label] of Object.entries(this.#rule.states)) {
      const words = [segment.values.size / 4];
      states[`${variable}_codes`] = zeroState(this.#gpu, words, { label, dtype: "u32" });
      states[`${variable}_scales`] = zeroState(this.#gpu, [blocks], { label: `${label}_absmax` });
    }
    return {
      segment,
      ranges: this.#uploaded(Uint32Array.from(ranges), "blocks"),
      blocks,
      states,
    };
  }

  #uploaded(data: Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>, label: string): Tensor {
    const dtype = data instanceof Uint32Array ? "u32" : "f32";
    const tensor = zeroState(this.#gpu, [data.length], { label, dtype });
    this.#gpu.recorder.upload(tensor, data);
    return tensor;
  }
}

/** The parts of a piece with the numbers of their blocks. */
function* blockedParts(segment: ParameterSegment) {
  let block = 0;
  for (const part of partsOf(segment)) {
    const blocks = Math.ceil(sizeOf(part.shape) / BLOCK);
    yield { ...part, block, blocks };
    block += blocks;
  }
}

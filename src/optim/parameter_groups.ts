/**
 * Which parameters share decay and learning rate, and where they lie: contiguous pieces of slabs, so
 * that an update is one dispatch a piece.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import type { Gpu } from "../gpu/device.ts";
import type { Parameter, ParameterSlab, ParameterStore } from "../gpu/parameter_slab.ts";
import { type Allocation, allocation, ELEMENT_BYTES, Tensor } from "../gpu/tensor.ts";

/** A contiguous piece of a slab whose parameters are updated alike. */
export interface ParameterSegment {
  /** The piece of the values, the gaps between parameters included. */
  readonly values: Tensor;
  /** The piece of the gradients. */
  readonly gradients: Tensor;
  /** Whether weight decay applies. */
  readonly decay: boolean;
  /** Which learning rate applies: an index of {@linkcode ParameterGroups.learningRates}. */
  readonly group: number;
  /** The parameters in it, in order. */
  readonly parameters: readonly Parameter[];
}

/** The parameters of a model, divided for an optimizer. */
export interface ParameterGroups {
  /** Base learning rates: the run's, then one for each pattern. */
  readonly learningRates: readonly number[];
  /** All parameters. */
  readonly segments: readonly ParameterSegment[];
}

/** How parameters are divided. */
export interface ParameterGroupsOptions {
  /** The learning rate of parameters that no pattern matches. */
  learningRate: number;
  /**
   * Learning rates of parameters whose name a regular expression matches somewhere; of several that
   * match, the first counts. Source: `learning_rate_mapping` of sentence-transformers.
   */
  learningRateMapping?: Readonly<Record<string, number>>;
}

/**
 * Names of parameters that do not decay, in lower case. Source: `Trainer.get_decay_parameter_names` of
 * transformers 5.
 */
const UNDECAYED = /bias|layernorm|rmsnorm|(?:^|\.)norm(?:$|\.)|_norm(?:$|\.)/;

/**
 * Whether weight decay applies to a parameter.
 *
 * @param name Its name in files.
 * @returns No for biases and normalisation weights.
 */
export function decays(name: string): boolean {
  return !UNDECAYED.test(name.toLowerCase());
}

/**
 * Divides the parameters of one store or several.
 *
 * @param stores Their slabs must be allocated.
 * @param options Learning rates.
 * @returns Groups and pieces.
 * @throws {UsageError} If a pattern matches no parameter.
 */
export function parameterGroups(
  stores: ParameterStore | readonly ParameterStore[],
  { learningRate, learningRateMapping = {} }: ParameterGroupsOptions,
): ParameterGroups {
  const all = [stores].flat();
  const patterns = Object.keys(learningRateMapping).map((text) => new RegExp(text));
  const matched = new Set<number>();
  const groupOf = (parameter: Parameter): number => {
    const names = parameter.init.parts.map(({ name }) => name);
    const index = patterns.findIndex((pattern) => names.some((name) => pattern.test(name)));
    matched.add(index);
    return index + 1;
  };
  const segments = all.flatMap((store) =>
    store.slabs.flatMap((slab) => segmentsOf(store, slab, groupOf))
  );
  const idle = patterns.findIndex((_, i) => !matched.has(i));
  if (idle >= 0) {
    throw new UsageError(
      `Cannot set learning_rate_mapping: "${patterns[idle].source}" matches no parameter; their ` +
        `names are such as "${all[0].parameters[0]?.name}"`,
    );
  }
  return { learningRates: [learningRate, ...Object.values(learningRateMapping)], segments };
}

function segmentsOf(
  store: ParameterStore,
  slab: ParameterSlab,
  groupOf: (parameter: Parameter) => number,
): ParameterSegment[] {
  const members = store.parameters.filter(({ value }) =>
    value.allocation === slab.values.allocation
  );
  const runs: { parameters: Parameter[]; group: number; decay: boolean }[] = [];
  for (const parameter of members) {
    const [group, decay] = [groupOf(parameter), decays(parameter.name)];
    const last = runs.at(-1);
    if (last?.group === group && last.decay === decay) last.parameters.push(parameter);
    else runs.push({ parameters: [parameter], group, decay });
  }
  return runs.map(({ parameters, group, decay }) => {
    const [first, last] = [parameters[0].value, parameters[parameters.length - 1].value];
    const bytes = last.byteOffset + last.bindingBytes - first.byteOffset;
    const piece = (whole: Tensor) =>
      new Tensor({
        allocation: whole.allocation,
        byteOffset: first.byteOffset,
        bindingBytes: bytes,
        shape: [bytes / ELEMENT_BYTES],
        label: whole.label,
      });
    return {
      values: piece(slab.values),
      gradients: piece(slab.gradients),
      decay,
      group,
      parameters,
    };
  });
}

/**
 * Takes memory laid out like a piece, filled with zeros.
 *
 * @param gpu The device.
 * @param segment The piece.
 * @param label What it is for.
 * @returns A tensor with a buffer of its own.
 */
export function allocateLike(gpu: Gpu, segment: ParameterSegment, label: string): Tensor {
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  const size = segment.values.bytes;
  const buffer: Allocation = allocation(gpu.device.createBuffer({ label, size, usage }));
  return new Tensor({ allocation: buffer, shape: segment.values.shape, label });
}

/** The values of every named part of a piece, as views of what was read from it. */
export function* partsOf(
  segment: ParameterSegment,
): Generator<{ name: string; shape: readonly number[]; offset: number }> {
  for (const { init, value } of segment.parameters) {
    let offset = (value.byteOffset - segment.values.byteOffset) / ELEMENT_BYTES;
    for (const { name, shape } of init.parts) {
      yield { name, shape, offset };
      offset += shape.reduce((product, extent) => product * extent, 1);
    }
  }
}

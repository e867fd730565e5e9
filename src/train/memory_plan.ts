/**
 * What a run will take of a GPU's memory. There is no formula: one step runs on a device that holds
 * nothing, with the code and the kernels of training, and what it would have taken is counted.
 *
 * @module
 */
import type { Gpu } from "../gpu/device.ts";
import { ParameterStore } from "../gpu/parameter_slab.ts";
import { PlanningDevice } from "../gpu/planning_device.ts";
import type { SentenceTransformer } from "../models/sentence_transformer.ts";
import { BadGradient } from "../optim/bad_gradient.ts";
import { GradientNorm } from "../optim/clip_grad_norm.ts";
import { type ParameterGroups, parameterGroups } from "../optim/parameter_groups.ts";
import { StepControl } from "../optim/step_control.ts";
import { shardsOptimizer } from "./arguments/sharding.ts";
import type { LossBatch } from "./compute_loss.ts";
import { shardSegments } from "./parallel/shard_segments.ts";
import { optimizerOf } from "./run_parts.ts";
import type { RunSetup } from "./run_setup.ts";
import { tapeOptions } from "./run_step.ts";
import { trainedStores } from "./trained_stores.ts";
import { trainStep } from "./train_step.ts";

/** What a run takes on the GPU. Unit: bytes. */
export interface MemoryPlan {
  /** Parameters of the model, of its adapter, of the objectives and of a guide. */
  readonly parameters: number;
  /** Their gradients; those that are frozen have none. */
  readonly gradients: number;
  /** The states of the optimizer; where ranks divide them, of the one that holds most. */
  readonly optimizer: number;
  /** The most that the pool has in use in a step: activations, their gradients, temporaries. */
  readonly activations: number;
  /** Copies of operands as textures; none on GPUs. */
  readonly textures: number;
  /** All of it. */
  readonly total: number;
  /** What comes on top for buffers that are free, and kept for batches of other lengths. */
  readonly kept: number;
  /** What the step is planned with: the batch that takes most. */
  readonly batch: {
    /** Rows. */
    readonly rows: number;
    /** Tokens of all columns. */
    readonly tokens: number;
  };
}

/** How the steps that are planned differ from those of the run. */
export interface MemoryPlanOptions {
  /** Whether layers run again for backward. Default: as the arguments say. */
  readonly gradientCheckpointing?: true;
  /** Batches of other lengths that the run meets. Default: none. */
  readonly others?: readonly LossBatch[];
}

/**
 * Plans the memory of training steps. Evaluations keep no activations; with far larger batches than those
 * of training they may take more.
 *
 * @param setup What the run works with; nothing of it changes, and nothing runs on its GPU.
 * @param batches The largest batch of each objective.
 * @param options How the steps differ from those of the run. Default: not at all.
 * @returns The plan for the one that takes most.
 * @throws {RangeError} If there is no batch.
 * @throws {OutOfMemoryError} If one tensor is larger than this adapter lets any be.
 */
export async function planMemory(
  setup: RunSetup,
  batches: readonly LossBatch[],
  options: MemoryPlanOptions = {},
): Promise<MemoryPlan> {
  if (batches.length === 0) throw new RangeError("Cannot plan memory: there is no batch");
  const plans: MemoryPlan[] = [];
  for (const batch of batches) plans.push(await planOf(setup, [batch], options));
  const plan = plans.reduce((most, plan) => plan.total > most.total ? plan : most);
  const { others = [] } = options;
  if (batches.length + others.length === 1) return plan;
  const { total, kept } = await planOf(setup, [...batches, ...others], options);
  return { ...plan, kept: total + kept - plan.total };
}

async function planOf(
  setup: RunSetup,
  batches: readonly LossBatch[],
  { gradientCheckpointing }: MemoryPlanOptions,
): Promise<MemoryPlan> {
  const { args, inputs: { model, guide }, lossStores } = setup;
  const planning = new PlanningDevice(model.gpu);
  const { gpu } = planning;
  // What begins as a copy of the model is among the objectives' own.
  const trained = trainedStores(model, lossStores).map((store) => planned(gpu, store));
  const frozen = [...model.adapter === null ? [] : [model.store], ...guide ? [guide.store] : []]
    .map((store) => planned(gpu, store));
  const groups = parameterGroups(trained, args);
  const optimizer = optimizerOf(gpu, largestShare(setup, groups), args);
  const count = groups.learningRates.length;
  const control = new StepControl(gpu, { groups: count, scaling: args.fp16 });
  const badGradient = new BadGradient(gpu, trained, { isLooking: !args.fp16 });
  const rows = [groups.learningRates.map((rate) => optimizer.scalars(1, rate))];
  await trainStep({
    models: onDevice(setup.models, gpu),
    optimizer,
    gradientNorm: new GradientNorm(gpu, trained),
    look: (norm) => badGradient.look(norm, 1),
    control,
    maxGradNorm: args.maxGradNorm,
    schedule: { first: 0, rows },
    tape: {
      ...tapeOptions(setup, { watch: null }),
      ...(gradientCheckpointing && { checkpointEvery: 1 }),
    },
    labelSmoothing: args.labelSmoothingFactor,
    firstBatch: 0,
    batches,
    report: () => {},
  });
  const { peak, held } = gpu.pool.counters;
  const bytes = {
    parameters: slabBytes([...trained, ...frozen], "values"),
    gradients: slabBytes(trained, "gradients"),
    optimizer: optimizer.stateBytes,
    activations: peak,
    textures: planning.bytes.textures,
  };
  return {
    ...bytes,
    total: Object.values(bytes).reduce((sum, part) => sum + part, 0),
    kept: held - peak,
    batch: { rows: batches[0].batch.columns[0].count, tokens: batches[0].batch.ids.length },
  };
}

/** What the rank updates that holds most; all, unless the optimizer's state is divided. */
function largestShare({ args, group }: RunSetup, groups: ParameterGroups): ParameterGroups {
  if (group === null || !shardsOptimizer(args)) return groups;
  const bytes = (segments: ParameterGroups["segments"]) =>
    segments.reduce((sum, { values }) => sum + values.bytes, 0);
  const shares = shardSegments(groups.segments, group.size);
  const segments = shares.reduce((most, share) => bytes(share) > bytes(most) ? share : most);
  return { ...groups, segments };
}

/** A store of the same parameters on another device. */
function planned(gpu: Gpu, like: ParameterStore): ParameterStore {
  const store = new ParameterStore(gpu);
  for (const { init } of like.parameters) store.declare(init);
  // No values: what is empty is not written.
  store.allocate(() => new Float32Array(), like.isTrainable);
  return store;
}

function slabBytes(stores: readonly ParameterStore[], kind: "values" | "gradients"): number {
  return stores.flatMap(({ slabs }) => slabs)
    .filter(({ values, gradients }) =>
      kind === "values" || gradients.allocation !== values.allocation
    )
    .reduce((sum, slab) => sum + slab[kind].allocation.bytes, 0);
}

/** The models of a run, but that what works with them records on another device. */
function onDevice({ model, guide, twin, decoders }: RunSetup["models"], gpu: Gpu) {
  const at = (model: SentenceTransformer) =>
    new Proxy(model, {
      get(target, key) {
        if (key === "gpu") return gpu;
        const value = Reflect.get(target, key, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
  return { model: at(model), guide: guide && at(guide), twin: twin && at(twin), decoders };
}

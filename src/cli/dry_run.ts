/**
 * What `train --dry-run` shows: the run that would begin, without beginning it.
 *
 * @module
 */
import { join } from "@std/path";
import type { Dataset } from "../data/dataset.ts";
import { shownClasses } from "../data/shown_classes.ts";
import { DeviceError, OutOfMemoryError } from "../errors.ts";
import type { Gpu, GpuOptions } from "../gpu/device.ts";
import { openGpu } from "../io/open_gpu.ts";
import { formatCount, formatDuration, formatNumber } from "../reporters/format.ts";
import { largestBatches } from "../train/largest_batches.ts";
import { planMemory } from "../train/memory_plan.ts";
import { memorySavings } from "../train/memory_savings.ts";
import { assembleRun, releaseParts, type RunParts } from "../train/run_parts.ts";
import { type RunSetup, setUpRun } from "../train/run_setup.ts";
import { timeSteps } from "../train/time_steps.ts";
import { trainedStores } from "../train/trained_stores.ts";
import type { TrainerInputs } from "../train/trainer_inputs.ts";
import { memoryTable } from "./memory_table.ts";

/** What a run works with, its arguments among it. */
type DryRunInputs = TrainerInputs & Pick<RunSetup, "args">;

/**
 * Prints model, data, steps, memory and an estimate of the time. Checks what a run checks before its first
 * step, plans the memory, and takes five steps to time three of them, on a model that is then thrown away.
 * Nothing is written.
 *
 * @param options Which adapter to take.
 * @param makeInputs Loads the model onto the device, and says what else the run would work with.
 * @throws {UsageError} If arguments, model, rows and objective do not fit together.
 * @throws {DeviceError} If there is no adapter, or memory does not suffice for a step.
 */
export async function dryRun(
  options: GpuOptions,
  makeInputs: (gpu: Gpu) => Promise<DryRunInputs>,
): Promise<void> {
  const gpu = await openGpu(options);
  try {
    await show(await makeInputs(gpu));
  } finally {
    gpu.destroy();
  }
}

async function show(inputs: DryRunInputs): Promise<void> {
  const { args } = inputs;
  args.check();
  const setup = setUpRun(inputs, args);
  // Other ranks do the same, and say nothing.
  const isMain = setup.group?.isMain ?? true;
  const say = (text: string) => isMain && console.log(text);
  for (const warning of isMain ? args.warnings : []) console.error(`Warning: ${warning}`);
  const parts = assembleRun(setup, args.perDeviceTrainBatchSize);
  try {
    say(facts(setup, parts).map(([name, text]) => `${name.padEnd(9)} ${text}`).join("\n"));
    // A rank that reads no rows cannot look for the largest batch.
    if (setup.trainDatasets.isHere) {
      const batches = await largestBatches(setup, parts);
      const others = batches.flatMap(({ others }) => others);
      const plan = await planMemory(setup, batches.map(({ whole }) => whole), { others });
      const savings = await memorySavings(setup, batches, plan);
      say(`\n${memoryTable(plan, savings)}`);
    }
    const seconds = await timeSteps(setup, parts);
    say(`\n${timeLine(seconds, parts.plan.totalSteps)}`);
  } catch (cause) {
    if (!(cause instanceof OutOfMemoryError)) throw cause;
    throw new DeviceError(`Cannot train with these arguments: ${cause.message}`, { cause });
  } finally {
    await releaseParts(parts);
    setup.lossStores.destroy();
  }
}

function facts(setup: RunSetup, { plan, timeline, globalBatchSize }: RunParts): [string, string][] {
  const { args, inputs: { model, modelName = "model" }, trainDatasets, evalDatasets } = setup;
  const { model_type: type, num_hidden_layers: layers } = model.config;
  const trained = trainedStores(model, setup.lossStores).reduce((sum, { size }) => sum + size, 0);
  const adapter = model.adapter?.store.size ?? 0;
  const loss = [...new Set(trainDatasets.datasets.map((dataset) => setup.lossFor(dataset).name))];
  const batch = globalBatchSize * args.gradientAccumulationSteps;
  const accumulated = args.gradientAccumulationSteps === 1
    ? ""
    : ` in ${args.gradientAccumulationSteps} batches of ${globalBatchSize}`;
  return [
    [
      "model",
      `${modelName}: ${type}, ${typeof layers === "number" ? `${layers} layers, ` : ""}` +
      `${model.fullDimension} columns, at most ${model.maxSequenceLength} tokens a text`,
    ],
    [
      "",
      `${formatCount(model.store.size + adapter)} parameters, ${formatCount(trained)} trained`,
    ],
    ["device", model.gpu.info.description],
    ...[...trainDatasets.datasets, ...evalDatasets].map((dataset, i): [string, string] => [
      i < trainDatasets.datasets.length ? "train on" : "evaluate",
      `${dataset.name}: ${dataset.length} rows of ${dataset.columns.join(", ")}${classes(dataset)}`,
    ]),
    ["loss", loss.join(", ")],
    [
      "steps",
      `${plan.totalSteps} of ${batch} rows${accumulated}, ${timeline.stepsIn(0)} an epoch, ` +
      `${formatNumber(plan.epochs)} epochs, ${plan.warmupSteps} to warm up`,
    ],
    ["output", join(args.outputDir, "final")],
  ];
}

/** What the labels of a dataset count, where it tells. */
function classes({ labelColumn, classNames }: Dataset): string {
  return classNames === null ? "" : `; ${labelColumn} is ${shownClasses(classNames)}`;
}

function timeLine(seconds: number, steps: number): string {
  return `about ${formatDuration(seconds * steps)} for ${steps} steps at ${
    formatNumber(seconds)
  } s each: an estimate from three steps, without evaluations and checkpoints`;
}

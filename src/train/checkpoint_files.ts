/**
 * Writing and reading a checkpoint: the model, the optimizer's moments, the arguments and the state, as
 * one directory that is there as a whole or not at all.
 *
 * @module
 */
import { join } from "@std/path";
import { InputError } from "../errors.ts";
import { encodeJson } from "../io/json.ts";
import { decodeSafetensors, encodeSafetensors, type NamedArray } from "../io/safetensors.ts";
import {
  encodeTrainerState,
  readTrainerState,
  TRAINER_STATE_NAME,
  type TrainerStateFile,
} from "../io/trainer_state.ts";
import { writeDirectoryAtomically } from "../io/write_files.ts";
import { type SavedModel, writeModelDirectory } from "../io/write_model_directory.ts";
import type { SentenceTransformer } from "../models/sentence_transformer.ts";
import { WeightReader } from "../models/weight_reader.ts";
import type { AdamW } from "../optim/adamw.ts";

const OPTIMIZER = "optimizer.safetensors";
const ARGUMENTS = "training_args.json";
/** Names of the two moments, as in the state of `torch.optim.AdamW`. */
const MOMENTS = ["exp_avg", "exp_avg_sq"] as const;

/** What a checkpoint holds. */
export interface CheckpointContent {
  /** The model. */
  model: SavedModel;
  /** The optimizer's state; null to leave it out. */
  optimizer: ReadonlyMap<string, NamedArray> | null;
  /** The training arguments. */
  args: Readonly<Record<string, unknown>>;
  /** The state of the run. */
  state: TrainerStateFile;
}

/**
 * Reads an optimizer's moments back.
 *
 * @param model The model whose parameters they belong to.
 * @param optimizer The optimizer.
 * @returns Tensors by name: `exp_avg.NAME`, `exp_avg_sq.NAME` and `step`.
 */
export async function downloadOptimizer(
  model: SentenceTransformer,
  optimizer: AdamW,
): Promise<Map<string, NamedArray>> {
  const tensors = new Map<string, NamedArray>();
  tensors.set("step", { shape: [], data: Int32Array.of(optimizer.stepCount) });
  for (const [i, moment] of MOMENTS.entries()) {
    const values = await model.store.download((_, slab) => optimizer.moments[slab][i]);
    for (const [name, value] of values) tensors.set(`${moment}.${name}`, value);
  }
  return tensors;
}

/**
 * Writes a checkpoint.
 *
 * @param path Its directory.
 * @param content What it holds.
 * @throws {OutputError} If it cannot be written; what was there stays.
 */
export async function writeCheckpoint(path: string, content: CheckpointContent): Promise<void> {
  await writeDirectoryAtomically(path, async (temporary) => {
    await writeModelDirectory(temporary, content.model);
    if (content.optimizer !== null) {
      await Deno.writeFile(join(temporary, OPTIMIZER), encodeSafetensors(content.optimizer));
    }
    await Deno.writeTextFile(join(temporary, ARGUMENTS), encodeJson(content.args));
    await Deno.writeTextFile(
      join(temporary, TRAINER_STATE_NAME),
      encodeTrainerState(content.state),
    );
  });
}

/**
 * Puts a checkpoint's parameters into a model.
 *
 * @param path The checkpoint.
 * @param model The model.
 * @throws {InputError} If a file is missing, damaged, or belongs to another model.
 */
export async function restoreModel(path: string, model: SentenceTransformer): Promise<void> {
  const file = join(path, "model.safetensors");
  const reader = new WeightReader(decodeSafetensors(await readBytes(path, file), file), "");
  model.store.upload((part) => reader.read(part));
}

/**
 * Puts a checkpoint's model and optimizer back and reads its state.
 *
 * @param path The checkpoint.
 * @param model The model.
 * @param optimizer The optimizer.
 * @returns The state of the run.
 * @throws {InputError} If a file is missing, damaged, or belongs to another model.
 */
export async function restoreCheckpoint(
  path: string,
  model: SentenceTransformer,
  optimizer: AdamW,
): Promise<TrainerStateFile> {
  const state = await readTrainerState(path);
  const file = join(path, OPTIMIZER);
  const tensors = decodeSafetensors(await readBytes(path, file), file);
  await restoreModel(path, model);
  for (const [i, moment] of MOMENTS.entries()) {
    model.store.upload(
      ({ name, shape }) => {
        const entry = tensors.entry(`${moment}.${name}`);
        if (entry.shape.join() !== shape.join()) {
          throw new InputError(
            `Cannot read tensor "${moment}.${name}" of ${file}: its shape is [${entry.shape}], the model's parameter has [${shape}]`,
          );
        }
        return tensors.readFloat32(`${moment}.${name}`);
      },
      (_, slab) => optimizer.moments[slab][i],
    );
  }
  optimizer.stepCount = Number((tensors.read("step").data as Int32Array)[0]);
  return state;
}

async function readBytes(path: string, file: string): Promise<Uint8Array> {
  try {
    return await Deno.readFile(file);
  } catch (error) {
    const reason = error instanceof Deno.errors.NotFound
      ? `${file.slice(path.length + 1)} is missing; was it saved with save_only_model?`
      : (error as Error).message;
    throw new InputError(`Cannot resume from ${path}: ${reason}`, { cause: error });
  }
}

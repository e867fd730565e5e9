/**
 * Writing and reading a checkpoint: the model, the optimizer, the schedule, the arguments and the state,
 * as one directory that is there as a whole or not at all.
 *
 * @module
 */
import { basename, join } from "@std/path";
import { InputError } from "../errors.ts";
import { isNotFound } from "../host/file_errors.ts";
import { host } from "../host/host.ts";
import { isThere } from "../host/is_there.ts";
import { writeChecksums } from "../io/checksums.ts";
import { encodeJson, type JsonObject, parseJsonObject } from "../io/json.ts";
import { ModelFolder } from "../io/model_folder.ts";
import { ADAPTER_WEIGHTS } from "../io/read_adapter.ts";
import { readModelWeights } from "../io/read_model_weights.ts";
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
import type { Optimizer } from "../optim/optimizer.ts";
import type { LossStores } from "./loss_stores.ts";

/** The file of the optimizer. */
export const OPTIMIZER = "optimizer.safetensors";
const ARGUMENTS = "training_args.json";

/** Files that only going on from a checkpoint needs, under the names that upstream gives its own. */
export const RESUME_FILES = ["scheduler.json", "scaler.json", "rng_state.json"] as const;

/** What going on from a checkpoint needs beside the optimizer: objects by file name. */
export type ResumeFiles = Readonly<
  Partial<Record<(typeof RESUME_FILES)[number], Readonly<Record<string, unknown>>>>
>;

/** What a checkpoint holds. */
export interface CheckpointContent {
  /** The model. */
  model: SavedModel;
  /** Parameters of the objectives. */
  lossStores: LossStores;
  /** What going on needs; null to leave it out. */
  resume: { optimizer: ReadonlyMap<string, NamedArray>; files: ResumeFiles } | null;
  /** The training arguments. */
  args: Readonly<Record<string, unknown>>;
  /** The state of the run. */
  state: TrainerStateFile;
}

/**
 * Writes a checkpoint.
 *
 * @param path Its directory.
 * @param content What it holds.
 * @throws {OutputError} If it cannot be written; what was there stays.
 */
export async function writeCheckpoint(path: string, content: CheckpointContent): Promise<void> {
  const { model, lossStores, resume, args, state } = content;
  const stateText = encodeTrainerState(state);
  const arrays = [...model.weights.values(), ...resume?.optimizer.values() ?? []];
  const bytes = arrays.reduce((sum, { data }) => sum + data.byteLength, stateText.length);
  await writeDirectoryAtomically(path, async (temporary) => {
    await writeModelDirectory(temporary, model);
    await lossStores.write(temporary);
    if (resume !== null) {
      await host().files.writeFile(join(temporary, OPTIMIZER), encodeSafetensors(resume.optimizer));
      for (const [name, value] of Object.entries(resume.files)) {
        await host().files.writeFile(join(temporary, name), encodeJson(value));
      }
    }
    await host().files.writeFile(join(temporary, ARGUMENTS), encodeJson(args));
    // The state comes last of all: a directory that holds it is whole.
    await writeChecksums(temporary, { [TRAINER_STATE_NAME]: stateText });
    await host().files.writeFile(join(temporary, TRAINER_STATE_NAME), stateText);
  }, { bytes });
}

/**
 * Puts a checkpoint's parameters into a model.
 *
 * @param path The checkpoint.
 * @param model The model.
 * @throws {InputError} If a file is missing, damaged, or belongs to another model.
 */
export async function restoreModel(path: string, model: SentenceTransformer): Promise<void> {
  const adapter = await new ModelFolder(path).file(ADAPTER_WEIGHTS);
  if ((adapter === null) !== (model.adapter === null)) {
    const [found, wanted] = adapter === null
      ? ["no adapter", "one, as the model has"]
      : ["an adapter", "a whole model; load the model with its adapter"];
    throw new InputError(`Cannot go on from ${path}: found ${found}, wanted ${wanted}`);
  }
  if (adapter !== null) return model.adapter!.upload(adapter);
  const reader = new WeightReader(await readModelWeights(path), "");
  model.store.upload((part) => reader.pieces(part));
}

/**
 * Puts a checkpoint's optimizer back.
 *
 * @param path The checkpoint.
 * @param optimizer The optimizer.
 * @throws {InputError} If the file is missing, damaged, or belongs to another model or optimizer.
 */
export async function restoreOptimizer(path: string, optimizer: Optimizer): Promise<void> {
  const file = join(path, OPTIMIZER);
  const tensors = decodeSafetensors(await readBytes(path, file), file);
  optimizer.upload((name, shape) => {
    const entry = tensors.entry(name);
    if (entry.shape.join() !== shape.join()) {
      throw new InputError(
        `Cannot read tensor "${name}" of ${file}: its shape is [${entry.shape}], the run wants [${shape}]`,
      );
    }
    return tensors.read(name).data;
  });
}

/**
 * Reads what else going on from a checkpoint needs.
 *
 * @param path The checkpoint.
 * @returns The state of the run, and objects by file name.
 * @throws {InputError} If a file is missing or damaged.
 */
export async function readResumeState(
  path: string,
): Promise<{ state: TrainerStateFile; files: ResumeFiles }> {
  const state = await readTrainerState(path);
  const files: Record<string, JsonObject> = {};
  for (const name of RESUME_FILES) {
    const file = join(path, name);
    if (name === "scaler.json" && !await isThere(file)) continue;
    files[name] = parseJsonObject(new TextDecoder().decode(await readBytes(path, file)), file);
  }
  return { state, files };
}

async function readBytes(path: string, file: string): Promise<Uint8Array> {
  try {
    return await host().files.readFile(file);
  } catch (error) {
    const reason = isNotFound(error)
      ? `${basename(file)} is missing; was it saved with save_only_model?`
      : (error as Error).message;
    throw new InputError(`Cannot resume from ${path}: ${reason}`, { cause: error });
  }
}

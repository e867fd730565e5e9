/**
 * Uploads of a run to the hub. Source: `init_hf_repo`, `_push_from_checkpoint` and `push_to_hub` of
 * transformers' Trainer.
 *
 * @module
 */
import { basename, join } from "@std/path";
import { host } from "../../host/host.ts";
import { HubRepository } from "../../hub/hub_repository.ts";
import { checkpointName } from "../../io/checkpoint.ts";
import type { SentenceTransformerTrainingArguments } from "../arguments/sentence_transformer_training_arguments.ts";
import { HubStaging } from "../hub_staging.ts";
import type { CallbackRun, TrainerCallback } from "./callback.ts";

/** What is uploaded of a trainer. */
export interface PushOptions {
  /** What the commit is called. Default: "End of training". */
  readonly commitMessage?: string;
  /** A directory that holds the model, saved. Default: the model as it is now is saved for it. */
  readonly from?: string;
}

/** What an upload needs of a trainer. */
export interface PushedTrainer {
  /** Where to, and with whose key. */
  readonly args: SentenceTransformerTrainingArguments;
  /** Saves the model. */
  saveModel(path: string, options: { push: false }): Promise<void>;
}

type Tell = (line: string) => void;

/**
 * Uploads what `hub_strategy` says at each checkpoint, beside the steps, and waits for it at the end of
 * the run alone. An upload that fails is told of and ends nothing.
 */
export class HubCallback implements TrainerCallback, AsyncDisposable {
  #repository: { key: string; opened: HubRepository } | null = null;
  /** Uploads one after the other. */
  #queue: Promise<void> = Promise.resolve();
  #waiting = 0;
  #failed = 0;
  #message: Tell = () => {};

  /** Makes the repository: where the token is wrong, the user learns it before training. */
  async onInitEnd({ args, message }: CallbackRun): Promise<void> {
    if (uploads(args)) await this.#open(args, message);
  }

  /** Makes the repository where the arguments have changed, and clears what a killed run has left. */
  async onTrainBegin({ args, message }: CallbackRun): Promise<void> {
    if (!uploads(args)) return;
    this.#failed = 0;
    this.#message = message ?? this.#message;
    await this.#open(args, message);
    await HubStaging.clear(args.outputDir).catch(() => {});
  }

  /** Begins the upload of a checkpoint. */
  async onSave({ args, state, message = () => {} }: CallbackRun): Promise<void> {
    if (!uploads(args) || args.hubStrategy === "end") return;
    const { globalStep: step, epoch } = state;
    if (this.#waiting > 0 && !args.hubAlwaysPush) {
      message(
        `Step ${step} is not uploaded: an earlier upload goes on; hub_always_push uploads it after that one`,
      );
      return;
    }
    const title = `Training in progress, ${
      args.saveStrategy === "steps" ? `step ${step}` : `epoch ${Math.trunc(epoch)}`
    }`;
    const name = checkpointName(step);
    const checkpoint = join(args.outputDir, name);
    await this.#begin(args, { title, message }, (staging) => staging.addModel(checkpoint));
    if (args.hubStrategy === "every_save") return;
    const path = args.hubStrategy === "checkpoint" ? "last-checkpoint" : name;
    await this.#begin(
      args,
      { title: `${title}, checkpoint`, message },
      (staging) => staging.addDirectory(checkpoint, path),
    );
  }

  /** Waits for uploads, and says what to do about those that failed. */
  async onTrainEnd({ args, message = () => {} }: CallbackRun): Promise<void> {
    await this[Symbol.asyncDispose]();
    if (!uploads(args) || this.#failed === 0) return;
    message(
      `Uploads to the hub that failed: ${this.#failed}; all files are in ${args.outputDir}; ` +
        "check what the messages say, and upload the model with trainer.pushToHub()",
    );
  }

  /**
   * Uploads the model, once earlier uploads are done.
   *
   * @param trainer Whose model it is.
   * @param options What the commit is called, and where the model lies.
   * @returns The address of the commit.
   * @throws {UsageError} If there is no token.
   * @throws {OutputError} If it cannot be saved or uploaded.
   */
  async push(
    trainer: PushedTrainer,
    { commitMessage = "End of training", from }: PushOptions = {},
  ): Promise<string> {
    const { args } = trainer;
    const repository = await this.#open(args);
    await this.#queue;
    const staging = await HubStaging.open(args.outputDir);
    try {
      const model = join(staging.directory, "model");
      if (from === undefined) await trainer.saveModel(model, { push: false });
      await staging.addModel(from ?? model);
      return await repository.upload(commitMessage, staging.files);
    } finally {
      await staging.remove();
    }
  }

  /** Waits for uploads, also where a run ended with an error. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#waiting > 0) this.#message("Waits for uploads to the hub to end");
    await this.#queue;
  }

  async #open(
    args: SentenceTransformerTrainingArguments,
    message: Tell = () => {},
  ): Promise<HubRepository> {
    const { hubModelId, hubToken, hubPrivateRepo, outputDir } = args;
    const id = hubModelId ?? basename(host().files.absolute(outputDir));
    const key = JSON.stringify([id, hubToken, hubPrivateRepo]);
    if (this.#repository?.key === key) return this.#repository.opened;
    const opened = await HubRepository.open(id, { private: hubPrivateRepo, token: hubToken });
    this.#repository = { key, opened };
    for (const warning of opened.warnings) message(warning);
    return opened;
  }

  /** Keeps the files as they are now, and sends them when earlier ones are sent. */
  async #begin(
    args: SentenceTransformerTrainingArguments,
    { title, message }: { title: string; message: Tell },
    fill: (staging: HubStaging) => Promise<void>,
  ): Promise<void> {
    const fail = (error: unknown) => {
      this.#failed++;
      message(`${error instanceof Error ? error.message : error}; training goes on`);
    };
    let staging: HubStaging | undefined;
    try {
      staging = await HubStaging.open(args.outputDir);
      await fill(staging);
    } catch (error) {
      await staging?.remove().catch(() => {});
      return fail(error);
    }
    const { files } = staging;
    this.#waiting++;
    const send = async () => {
      try {
        const repository = await this.#open(args, message);
        message(`Uploaded "${title}": ${await repository.upload(title, files)}`);
      } catch (error) {
        fail(error);
      }
      await staging.remove().catch(() => {});
      this.#waiting--;
    };
    this.#queue = this.#queue.then(send);
  }
}

/** Of several processes one uploads. */
function uploads({ pushToHub, shouldSave }: SentenceTransformerTrainingArguments): boolean {
  return pushToHub && shouldSave;
}

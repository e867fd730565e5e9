/**
 * Which text goes before every text that is embedded.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import type { SentenceConfig } from "../io/sentence_config.ts";
import { nearest } from "../nearest.ts";
import type { EncodeOptions } from "./model_options.ts";

/** The names of prompts for each side of a search, in the order of preference. */
const TASK_PROMPTS = { query: ["query"], document: ["document", "passage", "corpus"] } as const;

/**
 * Chooses the prompt: the one that is given, else the one that is named, else that of the task, else the
 * model's default. Source: `encode`, `encode_query` and `encode_document` of sentence-transformers.
 *
 * @param options What the caller wants.
 * @param model The model's prompts.
 * @returns The prompt; empty without any.
 * @throws {UsageError} If the model has no prompt of that name.
 */
export function choosePrompt(
  { prompt, promptName, task }: EncodeOptions,
  { prompts, defaultPromptName }: Pick<SentenceConfig, "prompts" | "defaultPromptName">,
): string {
  if (prompt !== undefined) return prompt;
  const ofTask = task && TASK_PROMPTS[task].find((name) => Object.hasOwn(prompts, name));
  const name = promptName ?? ofTask ?? defaultPromptName;
  if (name === null) return "";
  if (Object.hasOwn(prompts, name)) return prompts[name];
  const known = Object.keys(prompts);
  const guess = nearest(name, known);
  throw new UsageError(
    `Cannot encode with prompt "${name}": the model's prompts are ${
      known.map((known) => `"${known}"`).join(", ") || "none"
    }${guess === null ? "" : `; the nearest is "${guess}"`}`,
  );
}

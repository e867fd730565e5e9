/**
 * Which text goes before every text that is embedded.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import type { SentenceConfig } from "../io/sentence_config.ts";
import { nearest } from "../nearest.ts";
import type { EncodeOptions } from "./model_options.ts";

/**
 * Chooses the prompt: the one that is given, else the one that is named, else the model's default.
 *
 * @param options What the caller wants.
 * @param model The model's prompts.
 * @returns The prompt; empty without any.
 * @throws {UsageError} If the model has no prompt of that name.
 */
export function choosePrompt(
  { prompt, promptName }: EncodeOptions,
  { prompts, defaultPromptName }: SentenceConfig,
): string {
  if (prompt !== undefined) return prompt;
  const name = promptName ?? defaultPromptName;
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

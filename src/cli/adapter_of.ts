/**
 * The adapter that flags of `train` ask for.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import type { LoraConfig } from "../models/lora_config.ts";
import { positiveInteger } from "./positive_integer.ts";
import type { RunInputs } from "./run_inputs.ts";

/** Flags that say more of an adapter. */
const DETAILS = ["lora-alpha", "lora-dropout", "lora-target-modules"] as const;

/**
 * Reads the flags of an adapter.
 *
 * @param inputs What the command line says.
 * @returns The adapter's options; undefined where none is asked for.
 * @throws {UsageError} If there is no rank or no model to adapt, or a number is none.
 */
export function adapterOf({ own }: Pick<RunInputs, "own">): LoraConfig | undefined {
  const textOf = (flag: "lora-rank" | typeof DETAILS[number]) => own.get(flag)?.at(-1);
  const r = positiveInteger("lora-rank", textOf("lora-rank"));
  if (r === undefined) {
    const idle = DETAILS.find((flag) => own.has(flag));
    if (idle === undefined) return undefined;
    throw new UsageError(
      `Cannot use --${idle} ${textOf(idle)} without --lora-rank; give both`,
    );
  }
  if (!own.has("model")) {
    throw new UsageError(
      "Cannot use --lora-rank without --model: a new encoder has nothing to adapt; give a model, or leave it out",
    );
  }
  const targets = textOf("lora-target-modules");
  return {
    r,
    lora_alpha: number("lora-alpha", textOf("lora-alpha")),
    lora_dropout: number("lora-dropout", textOf("lora-dropout")),
    target_modules: targets === "all-linear" ? targets : targets?.split(","),
  };
}

function number(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() !== "" && Number.isFinite(value)) return value;
  throw new UsageError(`Cannot read --${flag}: found "${text}", wanted a number`);
}

/**
 * The architectures by the `model_type` of their configuration.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import type { ParameterStore } from "../gpu/parameter_slab.ts";
import type { JsonObject } from "../io/json.ts";
import { nearest } from "../nearest.ts";
import { Bert } from "./bert.ts";
import { DistilBert } from "./distilbert.ts";
import type { Encoder } from "./encoder.ts";
import { ModernBert } from "./modernbert.ts";
import { MpNet } from "./mpnet.ts";
import { Roberta } from "./roberta.ts";

type Factory = (store: ParameterStore, config: JsonObject, seed: number, source: string) => Encoder;

const roberta: Factory = (store, config, seed, source) => new Roberta(store, config, seed, source);

const ENCODERS: Readonly<Record<string, Factory>> = {
  bert: (store, config, seed, source) => new Bert(store, config, seed, source),
  camembert: roberta,
  distilbert: (store, config, seed, source) => new DistilBert(store, config, seed, source),
  modernbert: (store, config, seed, source) => new ModernBert(store, config, seed, source),
  mpnet: (store, config, seed, source) => new MpNet(store, config, seed, source),
  roberta,
  "xlm-roberta": roberta,
};

/** The architectures that there are. */
export const ENCODER_NAMES: readonly string[] = Object.keys(ENCODERS);

/**
 * Declares an encoder's parameters.
 *
 * @param store Where they will live.
 * @param config The content of `config.json`.
 * @param seed Seed of initial values.
 * @param source Name of the configuration's file, for messages.
 * @returns The encoder.
 * @throws {InputError} If the architecture is unknown or its configuration has no sense.
 */
export function createEncoder(
  store: ParameterStore,
  config: JsonObject,
  seed: number,
  source: string,
): Encoder {
  const type = config.model_type;
  if (typeof type !== "string" || !Object.hasOwn(ENCODERS, type)) {
    const guess = typeof type === "string" ? nearest(type, ENCODER_NAMES) : null;
    throw new InputError(
      `Cannot read ${source}: model_type is ${JSON.stringify(type)}, wanted one of ${
        ENCODER_NAMES.join(", ")
      }${guess === null ? "" : `; the nearest is "${guess}"`}`,
    );
  }
  return ENCODERS[type](store, config, seed, source);
}

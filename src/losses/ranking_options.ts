/**
 * The options that the in-batch ranking losses share.
 *
 * @module
 */
import { z } from "zod";
import { UsageError } from "../errors.ts";
import { nearest } from "../nearest.ts";
import type { LossWants } from "./loss.ts";

/** What is compared with what: a row of the first kind with all texts of the second. */
export type RankingDirection = "query_to_doc" | "query_to_query" | "doc_to_query" | "doc_to_doc";

/** The directions, in the order of upstream's documentation. */
export const RANKING_DIRECTIONS: readonly RankingDirection[] = [
  "query_to_doc",
  "query_to_query",
  "doc_to_query",
  "doc_to_doc",
];

/** Which negatives count the more, the harder they are. */
export type HardnessMode = "in_batch_negatives" | "hard_negatives" | "all_negatives";

const HARDNESS_MODES: readonly HardnessMode[] = [
  "in_batch_negatives",
  "hard_negatives",
  "all_negatives",
];

/** Options of a ranking loss, all of them given. */
export interface RankingConfig {
  /** Factor of the similarities, the inverse of a temperature. */
  readonly scale: number;
  /** How embeddings are compared. */
  readonly similarity_fct: "cos_sim" | "dot_score";
  /** What is compared with what. */
  readonly directions: readonly RankingDirection[];
  /** One softmax over all directions, or the mean of one for each. */
  readonly partition_mode: "joint" | "per_direction";
  /** Which negatives count the more, the harder they are; null for none. */
  readonly hardness_mode: HardnessMode | null;
  /** Factor of the similarity that is added to the scores of those negatives. */
  readonly hardness_strength: number;
}

/** How the symmetric losses compare. */
export const SYMMETRIC: Omit<RankingConfig, "scale" | "similarity_fct"> = {
  directions: ["query_to_doc", "doc_to_query"],
  partition_mode: "per_direction",
  hardness_mode: null,
  hardness_strength: 0,
};

/** Options of a loss whose batch is embedded in parts, all of them given. */
export interface CacheConfig {
  /** The most texts of a part. */
  readonly mini_batch_size: number;
  /** The most tokens of a part, in place of texts; null to count texts. */
  readonly mini_batch_num_tokens: number | null;
}

const SCALE = "wanted a number above 0 (Scale must be a positive value.)";
const STRENGTH = "wanted a number from 0 on (hardness_strength must be non-negative.)";
const COUNT = "wanted a whole number from 1 on";

/** Types of `scale` and `similarity_fct`. */
export const SIMILARITY_TYPES = {
  scale: z.number(SCALE).positive(SCALE).default(20),
  similarity_fct: z.enum(["cos_sim", "dot_score"], 'wanted "cos_sim" or "dot_score"')
    .default("cos_sim"),
};

/** Types of all options that {@linkcode RankingConfig} names. */
export const RANKING_TYPES = {
  ...SIMILARITY_TYPES,
  directions: z.array(z.string(), "wanted a list of directions").default(["query_to_doc"]),
  partition_mode: z.enum(
    ["joint", "per_direction"],
    "partition_mode must be 'joint' or 'per_direction'",
  ).default("joint"),
  hardness_mode: z.enum(
    HARDNESS_MODES,
    `hardness_mode must be one of ${HARDNESS_MODES.join(", ")} or null`,
  ).nullable().default(null),
  hardness_strength: z.number(STRENGTH).nonnegative(STRENGTH).default(0),
};

/** Types of the options that say how a batch is embedded in parts. */
export const CACHE_TYPES = {
  mini_batch_size: z.number(COUNT).int(COUNT).min(1, COUNT).default(32),
  mini_batch_num_tokens: z.number(`${COUNT}, or null`).int(COUNT).min(1, COUNT).nullable()
    .default(null),
};

/** Options of a loss that can see the texts of all processes; a type, so that it passes for a record. */
export type GatherConfig = {
  /**
   * Whether an anchor is compared with the texts of all processes that train together, not with those of
   * its own alone. Default: false.
   */
  readonly gather_across_devices?: boolean;
};

/** Types of the options that {@linkcode GatherConfig} names; what is not given is not in a configuration. */
export const GATHER_TYPES = {
  gather_across_devices: z.boolean("wanted true or false").optional(),
};

/**
 * What a loss with these options asks of the trainer.
 *
 * @param config Whether texts of all processes are compared.
 * @returns The same as the trainer names it.
 */
export function gatherOf(config: GatherConfig): Pick<LossWants, "gather"> {
  return config.gather_across_devices ? { gather: true } : {};
}

/**
 * What a loss with these options asks of the trainer.
 *
 * @param config The size of a part.
 * @returns The same as the trainer names it.
 */
export function cacheOf(
  { mini_batch_size, mini_batch_num_tokens }: CacheConfig,
): NonNullable<LossWants["cache"]> {
  return { miniBatchSize: mini_batch_size, miniBatchTokens: mini_batch_num_tokens };
}

/**
 * Checks that directions are known, and that they fit the partition.
 *
 * @param loss The name of the loss, for messages.
 * @param given The options whose types were checked.
 * @returns The options.
 * @throws {UsageError} If they do not.
 */
export function checkDirections<
  Given extends Omit<RankingConfig, "directions"> & { directions: readonly string[] },
>(loss: string, given: Given): Given & RankingConfig {
  const { directions, partition_mode } = given;
  const refuse = (what: string) => new UsageError(`Cannot set up ${loss}: ${what}`);
  if (directions.length === 0) {
    throw refuse("directions is []: At least one direction must be specified.");
  }
  const known: readonly string[] = RANKING_DIRECTIONS;
  const stranger = directions.find((direction) => !known.includes(direction));
  if (stranger !== undefined) {
    const guess = nearest(stranger, known);
    throw refuse(
      `Invalid directions: "${stranger}"; known are ${known.join(", ")}${
        guess === null ? "" : `; the nearest is "${guess}"`
      }`,
    );
  }
  if (!directions.includes("query_to_doc")) {
    throw refuse(
      `found directions ${
        directions.join(", ")
      }; 'query_to_doc' direction is required (contains the positive pair).`,
    );
  }
  const lacking = directions.filter((name) => name === "query_to_query" || name === "doc_to_doc");
  if (partition_mode === "per_direction" && lacking.length > 0) {
    throw refuse(
      `found directions ${
        lacking.join(", ")
      }; partition_mode='per_direction' requires every direction's candidate pool to include the positive pair. Use partition_mode='joint'`,
    );
  }
  return given as Given & RankingConfig;
}

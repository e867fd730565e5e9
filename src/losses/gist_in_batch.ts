/**
 * What the guided ranking losses do with a batch.
 *
 * @module
 */
import { z } from "zod";
import { UsageError } from "../errors.ts";
import type { Tensor } from "../gpu/tensor.ts";
import { l2Normalize } from "../ops/l2_normalize.ts";
import { type ScoreBlock, similarityCrossEntropy } from "../ops/similarity_cross_entropy.ts";
import type { Tape } from "../ops/tape.ts";
import type { EmbeddedBatch } from "./loss.ts";
import { splitAnchors } from "./rank_in_batch.ts";

/** Options of a guided loss, all of them given. */
export interface GistConfig {
  /** What cosines are divided by. */
  readonly temperature: number;
  /** Whether the margin is a distance or a fraction of the guide's score of the positive. */
  readonly margin_strategy: "absolute" | "relative";
  /** How far below the guide's score of the positive that of a negative must be. */
  readonly margin: number;
  /** Whether an anchor is compared with all anchors too. */
  readonly contrast_anchors: boolean;
  /** Whether a positive is compared with all positives too. */
  readonly contrast_positives: boolean;
}

const TEMPERATURE = "wanted a number above 0";

/** Types of all options that {@linkcode GistConfig} names. */
export const GIST_TYPES = {
  temperature: z.number(TEMPERATURE).positive(TEMPERATURE).default(0.01),
  margin_strategy: z.enum(
    ["absolute", "relative"],
    "margin_strategy must be 'absolute' or 'relative'.",
  ).default("absolute"),
  margin: z.number("wanted a number").default(0),
  contrast_anchors: z.boolean("wanted true or false").default(true),
  contrast_positives: z.boolean("wanted true or false").default(true),
};

/** The paper in BibTeX. */
export const GIST_CITATION = `@misc{solatorio2024gistembed,
    title={GISTEmbed: Guided In-sample Selection of Training Negatives for Text Embedding Fine-tuning},
    author={Aivin V. Solatorio},
    year={2024},
    eprint={2402.16829},
    archivePrefix={arXiv},
    primaryClass={cs.LG}
}`;

/**
 * Ranks every positive above those candidates that the guide finds less similar.
 *
 * @param tape Runs and records.
 * @param batch The embeddings of both models.
 * @param of How to compare, and the name of the loss.
 * @returns The mean cross entropy, a scalar.
 * @throws {TypeError} If the batch has no guide's embeddings, or of another number of texts.
 */
export function gistInBatch(
  tape: Tape,
  { embeddings, columns, guide }: EmbeddedBatch,
  { name, config }: { name: string; config: GistConfig },
): Tensor {
  if (guide === undefined || guide.rows !== embeddings.rows) {
    throw new TypeError(
      `Cannot compute ${name}: found ${
        guide?.rows ?? "no"
      } embeddings of a guide, wanted ${embeddings.rows}; give the trainer a guide`,
    );
  }
  const count = columns[0].count;
  const blocks: ScoreBlock[] = [];
  if (config.contrast_anchors) blocks.push({ rows: "anchors", against: "anchors" });
  if (config.contrast_positives) blocks.push({ rows: "positives", against: "positives" });
  return similarityCrossEntropy(tape, {
    ...splitAnchors(tape, l2Normalize(tape, embeddings), count),
    scale: 1 / config.temperature,
    blocks,
    guide: {
      ...splitAnchors(tape, l2Normalize(tape, guide), count),
      margin: config.margin,
      relative: config.margin_strategy === "relative",
    },
  });
}

/**
 * Checks the number of text columns.
 *
 * @param loss The name of the loss, for the message.
 * @param columns Names of the text columns, in order.
 * @param most The most that it takes.
 * @throws {UsageError} With fewer than two or more than the most.
 */
export function checkGistColumns(loss: string, columns: readonly string[], most: number): void {
  if (columns.length >= 2 && columns.length <= most) return;
  const [negatives, expected] = most === 3
    ? ["and at most one negative", "2 or 3"]
    : ["and any number of negatives", "at least 2"];
  throw new UsageError(
    `Cannot train with ${loss}: found as text columns ${
      columns.map((name) => `"${name}"`).join(", ") || "none"
    }, wanted anchor, positive ${negatives} (Expected ${expected} embeddings, got ${columns.length})`,
  );
}

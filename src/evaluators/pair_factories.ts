/**
 * Factories of the evaluators that look at the texts of a row.
 *
 * @module
 */

import { z } from "zod";
import { InputError } from "../errors.ts";
import { BinaryClassificationEvaluator } from "./binary_classification_evaluator.ts";
import type { Embeddings } from "./embedder.ts";
import { EmbeddingSimilarityEvaluator } from "./embedding_similarity_evaluator.ts";
import {
  basics,
  compared,
  comparing,
  type EvaluatorData,
  type EvaluatorFactory,
  factory,
  labelsOf,
  named,
  needed,
  similarity,
  textColumns,
} from "./evaluator_factory.ts";
import { LabelAccuracyEvaluator } from "./label_accuracy_evaluator.ts";
import { MSEEvaluator } from "./mse_evaluator.ts";
import { MSEEvaluatorFromDataFrame } from "./mse_evaluator_from_data_frame.ts";
import { EMBEDDING_PRECISIONS } from "./quantize.ts";
import { SIMILARITIES } from "./similarity.ts";
import { TripletEvaluator } from "./triplet_evaluator.ts";

const fnNames = { similarity_fn_names: z.array(similarity).min(1).optional() };

/** The factories by name. */
export const PAIR_FACTORIES = {
  EmbeddingSimilarityEvaluator: factory(
    {
      ...comparing,
      ...fnNames,
      main_similarity: similarity.optional(),
      precision: z.enum(EMBEDDING_PRECISIONS).optional(),
    },
    (name, data, options) => {
      const [texts1, texts2] = textColumns(name, data, 2);
      const scores = labelsOf(name, data, "a score for each pair of texts");
      const { precision } = options;
      return new EmbeddingSimilarityEvaluator({
        texts1,
        texts2,
        scores,
        precision,
        ...compared(options),
      });
    },
  ),
  BinaryClassificationEvaluator: factory({ ...comparing, ...fnNames }, (name, data, options) => {
    const [texts1, texts2] = textColumns(name, data, 2);
    const labels = labelsOf(name, data, "0 or 1 for each pair of texts");
    return new BinaryClassificationEvaluator({ texts1, texts2, labels, ...compared(options) });
  }),
  TripletEvaluator: factory(
    {
      ...comparing,
      ...fnNames,
      main_similarity_function: similarity.optional(),
      margin: z.union([z.number(), z.partialRecord(z.enum(SIMILARITIES), z.number())])
        .optional(),
    },
    (name, data, options) => {
      const [anchors, positives, negatives] = textColumns(name, data, 3);
      const { margin } = options;
      return new TripletEvaluator({ anchors, positives, negatives, margin, ...compared(options) });
    },
  ),
  LabelAccuracyEvaluator: factory(basics, (name, data, options) => {
    const [texts1, texts2] = textColumns(name, data, 2);
    const labels = labelsOf(name, data, "a class for each pair of texts");
    const classifier = needed(name, data.classifier, "a classifier");
    return new LabelAccuracyEvaluator({ texts1, texts2, labels, classifier, ...named(options) });
  }),
  MSEEvaluator: factory(basics, (name, data, options) => {
    const [sourceTexts, targetTexts = sourceTexts] = textColumns(name, data, 1);
    const teacher = data.teacher ?? teacherOf(name, data);
    return new MSEEvaluator({ sourceTexts, targetTexts, teacher, ...named(options) });
  }),
  MSEEvaluatorFromDataFrame: factory(
    { ...basics, combinations: z.array(z.tuple([z.string(), z.string()])).min(1) },
    (name, data, options) => {
      textColumns(name, data, 2);
      const languages = [...data.columns.keys()];
      const unknown = options.combinations.flat().find((each) => !languages.includes(each));
      if (unknown !== undefined) {
        throw new InputError(
          `Cannot create ${name}: column "${unknown}" is missing; found ${languages.join(", ")}`,
        );
      }
      const texts = [...data.columns];
      const rows = texts[0][1].map((_, row) =>
        Object.fromEntries(texts.map(([language, each]) => [language, each[row]]))
      );
      const teacher = needed(name, data.teacher, "a teacher");
      const { combinations } = options;
      return new MSEEvaluatorFromDataFrame({ rows, teacher, combinations, ...named(options) });
    },
  ),
} satisfies Record<string, EvaluatorFactory>;

/** A teacher's embeddings from a column of labels. */
function teacherOf(evaluator: string, { vectors }: EvaluatorData): Embeddings {
  if (vectors === undefined || vectors === null) {
    throw new InputError(
      `Cannot create ${evaluator}: the dataset has no labels of several numbers, wanted a ` +
        "teacher's embedding in each row",
    );
  }
  const columns = vectors[0]?.length ?? 0;
  const odd = vectors.findIndex(({ length }) => length !== columns);
  if (odd >= 0) {
    throw new InputError(
      `Cannot create ${evaluator}: label ${odd + 1} has ${vectors[odd].length} numbers, wanted ` +
        `${columns} as in label 1`,
    );
  }
  return { data: Float32Array.from(vectors.flat()), rows: vectors.length, columns };
}

/**
 * The distances of pairs by their upstream names.
 *
 * @module
 */
import { z } from "zod";
import type { CompareRowsInputs } from "../ops/compare_rows.ts";

/** Upstream's enums of distances. */
export type DistanceFamily = "SiameseDistanceMetric" | "TripletDistanceMetric";

/** How rows are compared. */
export type DistanceMeasure = Pick<CompareRowsInputs, "measure" | "epsilon" | "factor" | "shift">;

/**
 * The members of each family. `SiameseDistanceMetric` compares as torch's `cosine_similarity` and
 * `pairwise_distance` do, which divide by at least 1e-8 and add 1e-6 to differences.
 */
const MEASURES: Readonly<Record<DistanceFamily, Readonly<Record<string, DistanceMeasure>>>> = {
  SiameseDistanceMetric: {
    COSINE_DISTANCE: { measure: "cosine", epsilon: 1e-8, factor: -1, shift: 1 },
    EUCLIDEAN: { measure: "euclidean", epsilon: 1e-6 },
    MANHATTAN: { measure: "manhattan", epsilon: 1e-6 },
  },
  TripletDistanceMetric: {
    COSINE: { measure: "cosine", factor: -1, shift: 1 },
    EUCLIDEAN: { measure: "euclidean" },
    MANHATTAN: { measure: "manhattan" },
  },
};

/**
 * The type of an option that names a distance, with or without the family in front.
 *
 * @param family The family.
 * @param standard The member that is the default.
 * @returns A type whose values are full names, as upstream writes them in configurations.
 */
export function distanceMetric(
  family: DistanceFamily,
  standard: string,
): z.ZodDefault<z.ZodPipe<z.ZodEnum, z.ZodTransform<string, string>>> {
  const members = Object.keys(MEASURES[family]);
  return z.enum([...members, ...members.map((name) => `${family}.${name}`)])
    .transform((name) => name.includes(".") ? name : `${family}.${name}`)
    .default(`${family}.${standard}`) as z.ZodDefault<
      z.ZodPipe<z.ZodEnum, z.ZodTransform<string, string>>
    >;
}

/**
 * How rows are compared under a name.
 *
 * @param name A full name, such as `"SiameseDistanceMetric.EUCLIDEAN"`.
 * @returns The measure with its options.
 */
export function measureOf(name: string): DistanceMeasure {
  const [family, member] = name.split(".");
  return MEASURES[family as DistanceFamily][member];
}

/**
 * The map of the evaluation set's embeddings: its file.
 *
 * @module
 */
import { join } from "@std/path";
import { readTextSync } from "../../host/read_text.ts";

/** Name of the file in the output directory. */
export const EMBEDDING_MAP_NAME = "embedding_map.json";

/** One text on the map. */
export interface MapPoint {
  /** First coordinate. */
  readonly x: number;
  /** Second coordinate. */
  readonly y: number;
  /** Number of the column that the text is of. */
  readonly group: number;
  /** Its row; texts of a row belong together. */
  readonly row: number;
  /** The text, cut where it is long. */
  readonly text: string;
}

/** Embeddings seen in a plane. */
export interface EmbeddingMap {
  /** Optimizer steps done. */
  readonly step: number;
  /** How much of the variance each axis holds, from 0 to 1. */
  readonly shares: readonly [number, number];
  /** What the columns are called. */
  readonly groups: readonly string[];
  /** The texts. */
  readonly points: readonly MapPoint[];
}

/**
 * Reads the map of a run.
 *
 * @param directory the output directory of the run
 * @returns the map; null where there is none, or the file is damaged
 */
export function readEmbeddingMap(directory: string): EmbeddingMap | null {
  try {
    const map = JSON.parse(readTextSync(join(directory, EMBEDDING_MAP_NAME)));
    const isMap = typeof map.step === "number" && isList(map.shares, "number") &&
      isList(map.groups, "string") && Array.isArray(map.points) && map.points.every(isPoint);
    return isMap ? map : null;
  } catch {
    return null;
  }
}

function isList(value: unknown, type: "number" | "string"): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === type);
}

function isPoint(point: Partial<MapPoint> | null): boolean {
  return [point?.x, point?.y, point?.group, point?.row].every(Number.isFinite) &&
    typeof point?.text === "string";
}

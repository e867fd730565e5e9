/**
 * Draws the map of the evaluation set's embeddings as a run goes on.
 *
 * @module
 */
import { join } from "@std/path";
import type { Dataset } from "../../data/dataset.ts";
import { OutputError } from "../../errors.ts";
import { host } from "../../host/host.ts";
import { serviceNames } from "../../reporters/names.ts";
import { EMBEDDING_MAP_NAME, type EmbeddingMap } from "../../reporters/report/embedding_map.ts";
import { principalPlane } from "../../reporters/report/principal_plane.ts";
import { namedDatasets } from "../run_setup.ts";
import type { Datasets } from "../trainer_inputs.ts";
import type { CallbackRun, TrainerCallback } from "./callback.ts";

/** What an {@linkcode EmbeddingMapCallback} does. */
export interface EmbeddingMapOptions {
  /** Whether it draws in every run, or only in one that reports to html; false by default. */
  readonly always?: boolean;
}

/** Most rows on the map, of all datasets together. */
const MOST_ROWS = 256;

/** Most characters of a text that is shown. */
const MOST_CHARACTERS = 80;

/**
 * Writes `embedding_map.json` after each evaluation and at the end: up to 256 rows of the evaluation
 * datasets, evenly spread, their texts embedded and projected on the two axes in which they differ most.
 */
export class EmbeddingMapCallback implements TrainerCallback {
  /** Its name in errors. */
  readonly name: string = "EmbeddingMapCallback";
  readonly #datasets: readonly Dataset[];
  readonly #always: boolean;
  #isTraining = false;

  /**
   * Draws nothing yet.
   *
   * @param datasets The evaluation datasets.
   * @param options Whether it draws in every run.
   */
  constructor(datasets: Datasets, { always = false }: EmbeddingMapOptions = {}) {
    this.#datasets = namedDatasets(datasets);
    this.#always = always;
  }

  /** Evaluations from here on are of this run. */
  onTrainBegin(): void {
    this.#isTraining = true;
  }

  /** Draws the map. */
  async onEvaluate(run: CallbackRun): Promise<void> {
    if (this.#isTraining) await this.#draw(run);
  }

  /** Draws the map of the model as it is in the end. */
  async onTrainEnd(run: CallbackRun): Promise<void> {
    await this.#draw(run);
    this.#isTraining = false;
  }

  async #draw({ args, model, state }: CallbackRun): Promise<void> {
    const isWanted = this.#always || serviceNames(args.reportTo).includes("html");
    if (!isWanted || this.#datasets.length === 0) return;
    const { groups, texts } = this.#texts();
    const { data, columns } = await model.encode(texts.map(({ text }) => text));
    const { points, shares } = principalPlane(data, columns);
    const map: EmbeddingMap = {
      step: state.globalStep,
      shares,
      groups,
      points: texts.map(({ text, ...place }, i) => ({
        x: rounded(points[i][0]),
        y: rounded(points[i][1]),
        ...place,
        text: shortened(text),
      })),
    };
    const path = join(args.outputDir, EMBEDDING_MAP_NAME);
    try {
      await host().files.writeFile(path, JSON.stringify(map));
    } catch (cause) {
      throw new OutputError(`Cannot write ${path}: ${(cause as Error).message}`, { cause });
    }
  }

  #texts() {
    const groups: string[] = [];
    const texts: { group: number; row: number; text: string }[] = [];
    const most = Math.max(1, Math.floor(MOST_ROWS / this.#datasets.length));
    let firstRow = 0;
    for (const dataset of this.#datasets) {
      const count = Math.min(most, dataset.length);
      const rows = Array.from({ length: count }, (_, i) => Math.floor(i * dataset.length / count));
      for (const column of dataset.columns) {
        const group = groups.push(
          this.#datasets.length === 1 ? column : `${dataset.name}: ${column}`,
        ) - 1;
        let row = firstRow;
        for (const text of dataset.select(rows).text(column)) {
          texts.push({ group, row: row++, text });
        }
      }
      firstRow += count;
    }
    return { groups, texts };
  }
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}

function shortened(text: string): string {
  const characters = [...text];
  return characters.length <= MOST_CHARACTERS
    ? text
    : `${characters.slice(0, MOST_CHARACTERS - 1).join("")}…`;
}

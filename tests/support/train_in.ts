/**
 * The command `train` on a few rows, with the tiny model.
 *
 * @module
 */
import { join } from "@std/path";
import { train } from "../../src/cli/train.ts";
import { captureOutput } from "./capture_output.ts";
import { TINY_BERT } from "./model_directory.ts";

/** What the files of these tests hold, as `pairs.csv`. */
export const ROWS = `question,answer
a cat,it purrs
a dog,it barks
a boat,it floats
a train,it runs on rails
`;

/**
 * Runs `train` on the rows above, into `out` of a folder that holds them.
 *
 * @returns What it prints.
 */
export function trainIn(folder: string, ...flags: string[]): Promise<string> {
  return captureOutput(() =>
    train([
      ...["--model", TINY_BERT, "--train-dataset", join(folder, "pairs.csv")],
      ...["--output-dir", join(folder, "out"), "--per-device-train-batch-size", "2"],
      ...flags,
    ])
  );
}

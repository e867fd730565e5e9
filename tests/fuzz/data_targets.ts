/**
 * Files of datasets, read into memory and streamed.
 *
 * @module
 */
import { join } from "@std/path";
import type { Dataset } from "../../src/data/dataset.ts";
import { readDataset } from "../../src/data/read_dataset.ts";
import { InputError } from "../../src/errors.ts";
import type { Dice } from "./dice.ts";
import { joined, mutateBytes } from "./mutate_bytes.ts";
import { MemoryFiles } from "./memory_files.ts";
import type { Target } from "./run_target.ts";
import { mutateJsonText } from "./tensor_targets.ts";

const encoder = new TextEncoder();

const ROWS = [
  { anchor: "who is it", positive: "it is me", label: 1, length: 3 },
  { anchor: 'a "quoted", text', positive: "lines\nof\r\ntext", label: 0, length: 9 },
  { anchor: "中文 😀", positive: "", label: 0.5, length: 0 },
  { anchor: "\ud800", positive: "\u2028", label: 2, length: 1 },
];

const VECTORS = ROWS.map((row) => ({ ...row, label: [row.label, 1] }));

/** What a dataset holds, all of it read. */
function contentOf(dataset: Dataset): string {
  try {
    const texts = dataset.columns.map((column) => [...dataset.text(column)]);
    const { columns, labels, lengths } = dataset;
    return JSON.stringify({ columns, texts, labels, lengths });
  } finally {
    dataset.close();
  }
}

/** Reads a file both ways, which must agree; one of eight is, for that takes longer. */
async function readBothWays(path: string, spoolDirectory: string): Promise<void> {
  const options = { lengthColumn: "length", spoolDirectory };
  const [inMemory, streamed] = await Promise.all(
    [false, true].map(async (streaming) => {
      try {
        return await readDataset(path, { ...options, streaming });
      } catch (error) {
        if (error instanceof InputError) return error;
        throw error;
      }
    }),
  );
  if (inMemory instanceof InputError || streamed instanceof InputError) {
    if (!(inMemory instanceof InputError && streamed instanceof InputError)) {
      throw new Error(`One way reads it, the other does not: ${inMemory} and ${streamed}`);
    }
    throw inMemory;
  }
  const [here, there] = [contentOf(inMemory), contentOf(streamed)];
  if (here !== there) throw new Error(`Two ways read different things: ${here} and ${there}`);
}

function fileTarget(
  name: string,
  extension: string,
  mutate: (dice: Dice) => Uint8Array<ArrayBuffer>,
): Target {
  return {
    name,
    prepare(folder) {
      const name = `x.${extension}`;
      const [path, inMemory] = [join(folder, name), join(folder, "memory", name)];
      const files = new MemoryFiles(folder);
      return {
        mutate,
        async read(bytes) {
          if (bytes.length % 8 === 0) {
            Deno.writeFileSync(path, bytes);
            await readBothWays(path, folder);
          } else {
            files.set(join("memory", name), bytes);
            contentOf(await readDataset(inMemory, { lengthColumn: "length" }));
          }
        },
        close: () => files.close(),
      };
    },
  };
}

/** Lines, of which one is damaged as a value. */
function mutateLines(dice: Dice): Uint8Array<ArrayBuffer> {
  const rows = dice.oneIn(3) ? VECTORS : ROWS;
  const bad = dice.below(rows.length);
  const lines = rows.map((row, i) =>
    i === bad ? mutateJsonText(row, dice) : encoder.encode(JSON.stringify(row))
  );
  const text = joined(...lines.flatMap((line) => [line, encoder.encode("\n")]));
  return dice.oneIn(3) ? mutateBytes(text, dice) : text;
}

function mutateArray(dice: Dice): Uint8Array<ArrayBuffer> {
  return mutateJsonText(dice.oneIn(3) ? VECTORS : ROWS, dice);
}

function mutateTable(delimiter: string): (dice: Dice) => Uint8Array<ArrayBuffer> {
  const quoted = (value: unknown) => `"${String(value).replaceAll('"', '""')}"`;
  const table = (quote: (value: unknown) => string) =>
    encoder.encode(
      [Object.keys(ROWS[0]), ...ROWS.map((row) => Object.values(row))]
        .map((fields) => fields.map(quote).join(delimiter)).join("\n"),
    );
  const plain = encoder.encode(`a${delimiter}b${delimiter}score\nx${delimiter}y${delimiter}1\n`);
  const seeds = [table(quoted), plain, table((value) => String(value).replace(/\W/g, " "))];
  return (dice) => mutateBytes(dice.pick(seeds), dice);
}

/** The targets of this module. */
export const DATA_TARGETS: readonly Target[] = [
  fileTarget("jsonl", "jsonl", mutateLines),
  fileTarget("json", "json", mutateArray),
  fileTarget("csv", "csv", mutateTable(",")),
  fileTarget("tsv", "tsv", mutateTable("\t")),
];

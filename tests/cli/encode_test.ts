import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { parquetReadObjects } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { encode } from "../../src/cli/encode.ts";
import { InputError, OutputError, UsageError } from "../../src/errors.ts";
import { decodeNpy } from "../../src/io/npy.ts";
import { decodeSafetensors } from "../../src/io/safetensors.ts";
import { captureOutput } from "../support/capture_output.ts";
import { TINY_BERT } from "../support/model_directory.ts";
import { withFolder } from "../support/with_folder.ts";

const MODEL = ["--model", TINY_BERT];

/** Lines of JSON with a text and its embedding. */
function parse(lines: string): { text: string; embedding: number[] }[] {
  assert(lines.endsWith("\n"));
  return lines.trimEnd().split("\n").map((line) => JSON.parse(line));
}

Deno.test("encode() embeds the lines of files in their order", async () => {
  await withFolder({ "a.txt": "one\r\n\r\ntwo\r\n", "b.txt": "three" }, async (folder) => {
    const files = [join(folder, "b.txt"), join(folder, "a.txt")];
    const rows = parse(await captureOutput(() => encode([...MODEL, ...files])));
    assertEquals(rows.map(({ text }) => text), ["three", "one", "", "two"]);
    for (const { embedding } of rows) {
      assertEquals(embedding.length, 32);
      assert(embedding.every(Number.isFinite));
    }
  });
});

Deno.test("encode() writes the same numbers to .jsonl and .npy, in a new directory too", async () => {
  await withFolder({ "a.txt": "a cat\na dog\n\n" }, async (folder) => {
    const texts = join(folder, "a.txt");
    const [jsonl, npy] = [join(folder, "new/a.jsonl"), join(folder, "a.npy")];
    const printed = await captureOutput(async () => {
      await encode([...MODEL, texts, "--output", jsonl]);
      await encode([...MODEL, texts, `--output=${npy}`, "--batch-size", "1"]);
    });
    assertEquals(printed, "");
    const rows = parse(await Deno.readTextFile(jsonl));
    const { shape, data } = decodeNpy(await Deno.readFile(npy), npy);
    assertEquals(shape, [3, 32]);
    assertEquals([...data], rows.flatMap(({ embedding }) => embedding));
  });
});

Deno.test("encode() writes Parquet with the texts, and safetensors", async () => {
  const lines = Array.from({ length: 4100 }, (_, i) => `${"a b c d e"[i % 9]} cat`);
  await withFolder({ "a.txt": lines.join("\n") }, async (folder) => {
    const texts = join(folder, "a.txt");
    const [parquet, tensors, npy] = ["a.parquet", "a.safetensors", "a.npy"].map((name) =>
      join(folder, name)
    );
    for (const output of [parquet, tensors, npy]) {
      await encode([...MODEL, texts, "--output", output]);
    }
    const { shape, data } = decodeNpy(await Deno.readFile(npy), npy);
    assertEquals(shape, [4100, 32]);
    const file = decodeSafetensors(await Deno.readFile(tensors), tensors);
    assertEquals(file.read("embeddings"), { shape, data });
    const bytes = (await Deno.readFile(parquet)).buffer;
    const rows = await parquetReadObjects({ file: bytes, compressors });
    assertEquals(rows.map(({ text }) => text), lines);
    assertEquals(rows.flatMap(({ embedding }) => embedding), [...data]);
  });
});

Deno.test("encode() heeds prompt and length", async () => {
  await withFolder({ "a.txt": "a b c d\n", "b.txt": "a b\n", "c.txt": "c d\n" }, async (folder) => {
    const embed = async (file: string, ...flags: string[]) =>
      parse(
        await captureOutput(() => encode([...MODEL, ...flags, join(folder, file)])),
      )[0].embedding;
    const long = await embed("a.txt");
    assertEquals(await embed("c.txt", "--prompt", "a b "), long);
    assertEquals(
      await embed("a.txt", "--max-seq-length", "4"),
      await embed("b.txt", "--max-seq-length", "4"),
    );
    assert(long.some((value) => value !== 0));
    assert(JSON.stringify(await embed("b.txt")) !== JSON.stringify(long));
  });
});

Deno.test("encode() refuses what it cannot do, and leaves the output as it was", async () => {
  await withFolder({ "a.txt": "one\n", "empty.txt": "", "a.npy": "kept" }, async (folder) => {
    const [texts, empty, output] = ["a.txt", "empty.txt", "a.npy"].map((name) =>
      join(folder, name)
    );
    const refused = async (tokens: string[], Kind: new () => Error, message: string) => {
      await assertRejects(() => encode([...tokens, "--output", output]), Kind, message);
      assertEquals(await Deno.readTextFile(output), "kept");
    };
    await refused([texts], UsageError, "give the model, --model DIR or ORG/NAME");
    await refused([...MODEL, "--batch-size", "0", texts], UsageError, "Cannot read --batch-size");
    await refused([...MODEL, "--prompt-name", "query", texts], UsageError, 'prompt "query"');
    await refused(
      [...MODEL, "--max-seq-length", "41", texts],
      UsageError,
      "wanted a whole number from 2",
    );
    await refused([...MODEL, empty], InputError, "it is empty, wanted texts, one a line");
    await refused([...MODEL, `${texts}.gone`], InputError, "no such file");
    await refused(["--model", folder, texts], InputError, "config.json is missing");
    await assertRejects(
      () => encode([...MODEL, texts, "--output", join(folder, "a.csv")]),
      UsageError,
      "wanted a name that ends in one of .jsonl, .npy, .parquet, .safetensors",
    );
    await assertRejects(
      () => encode([...MODEL, texts, "--output", join(texts, "a.npy")]),
      OutputError,
      "Cannot write ",
    );
    assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name).sort(), [
      "a.npy",
      "a.txt",
      "empty.txt",
    ]);
  });
});

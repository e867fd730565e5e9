import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { join } from "@std/path";
import { OutputError, UsageError } from "../../src/errors.ts";
import type { EmbeddedTexts } from "../../src/io/embeddings_encoder.ts";
import { decodeNpy } from "../../src/io/npy.ts";
import {
  EMBEDDING_EXTENSIONS,
  embeddingsFormat,
  writeEmbeddings,
} from "../../src/io/write_embeddings.ts";
import { withFolder } from "../support/with_folder.ts";

const SHAPE = { rows: 2, columns: 2 };

async function* batches(...parts: (EmbeddedTexts | Error)[]): AsyncGenerator<EmbeddedTexts> {
  for (const part of parts) {
    if (part instanceof Error) throw part;
    yield part;
    await Promise.resolve();
  }
}

const A = { texts: ["a"], data: Float32Array.of(1, 2) };
const B = { texts: ["b"], data: Float32Array.of(3, 4) };

Deno.test("writeEmbeddings() writes rows as they come, in place of what was there", async () => {
  await withFolder({ "a.npy": "old" }, async (folder) => {
    const path = join(folder, "a.npy");
    await writeEmbeddings(path, batches(A, B), SHAPE);
    assertEquals(decodeNpy(await Deno.readFile(path), path).data, Float32Array.of(1, 2, 3, 4));
    assertEquals([...Deno.readDirSync(folder)].length, 1);
  });
});

Deno.test("writeEmbeddings() leaves nothing behind when something fails, and keeps the old file", async () => {
  await withFolder({ "a.npy": "old" }, async (folder) => {
    const path = join(folder, "a.npy");
    const refused = async (parts: (EmbeddedTexts | Error)[], message: string) => {
      await assertRejects(() => writeEmbeddings(path, batches(...parts), SHAPE), Error, message);
      assertEquals(await Deno.readTextFile(path), "old");
      assertEquals([...Deno.readDirSync(folder)].length, 1);
    };
    await refused([A, new Error("the model is gone")], "the model is gone");
    await refused([A], "found 1 embeddings, wanted 2");
    await refused([A, { ...B, data: A.data.subarray(1) }], "found 1 numbers");
    await assertRejects(
      () => writeEmbeddings(join(folder, "gone/a.npy"), batches(A, B), SHAPE),
      OutputError,
      "Cannot write ",
    );
  });
});

Deno.test("embeddingsFormat() goes by the extension, and names those that it knows", () => {
  assertEquals(EMBEDDING_EXTENSIONS, [".jsonl", ".npy", ".parquet", ".safetensors"]);
  for (const extension of EMBEDDING_EXTENSIONS) {
    assertEquals(
      embeddingsFormat(`A${extension.toUpperCase()}`),
      embeddingsFormat(`b${extension}`),
    );
  }
  assertThrows(
    () => embeddingsFormat("a.csv"),
    UsageError,
    "Cannot encode to a.csv: wanted a name that ends in one of .jsonl, .npy, .parquet, .safetensors",
  );
});

/**
 * Writing embeddings to a file while they are computed.
 *
 * @module
 */
import { extname } from "@std/path";
import { UsageError } from "../errors.ts";
import { host } from "../host/host.ts";
import type { EmbeddedTexts, EmbeddingsFormat, EmbeddingsShape } from "./embeddings_encoder.ts";
import { jsonlEmbeddings } from "./jsonl_embeddings.ts";
import { npyEmbeddings } from "./npy_embeddings.ts";
import { parquetEmbeddings } from "./parquet_embeddings.ts";
import { safetensorsEmbeddings } from "./safetensors_embeddings.ts";
import { temporarySibling } from "./temporary_name.ts";
import { asOutputError } from "./write_files.ts";

const FORMATS: Readonly<Record<string, EmbeddingsFormat>> = {
  ".jsonl": jsonlEmbeddings,
  ".npy": npyEmbeddings,
  ".parquet": parquetEmbeddings,
  ".safetensors": safetensorsEmbeddings,
};

/** The extensions of files that embeddings are written to. */
export const EMBEDDING_EXTENSIONS: readonly string[] = Object.keys(FORMATS);

/**
 * Finds the format that a file's name means.
 *
 * @param path The file.
 * @returns The format.
 * @throws {UsageError} If its extension means none.
 */
export function embeddingsFormat(path: string): EmbeddingsFormat {
  const extension = extname(path).toLowerCase();
  if (Object.hasOwn(FORMATS, extension)) return FORMATS[extension];
  throw new UsageError(
    `Cannot encode to ${path}: wanted a name that ends in one of ${
      EMBEDDING_EXTENSIONS.join(", ")
    }`,
  );
}

/**
 * Writes embeddings as they come: memory holds the rows that were computed last. A reader never sees half
 * of the file, and when something fails what was there stays.
 *
 * @param path The file, whose extension says the format; its directory must exist.
 * @param batches The rows, in order.
 * @param shape How many rows there are in all, and their length.
 * @throws {UsageError} If the extension means no format.
 * @throws {RangeError} If other rows come than the shape says.
 * @throws {OutputError} If the file cannot be written; what `batches` throws passes through.
 */
export async function writeEmbeddings(
  path: string,
  batches: AsyncIterable<EmbeddedTexts>,
  shape: EmbeddingsShape,
): Promise<void> {
  const encoder = embeddingsFormat(path)(shape);
  const target = await realPath(path);
  const temporary = temporarySibling(target);
  try {
    let rows = 0;
    {
      using file = await host().files.open(temporary, { write: true, createNew: true });
      await file.write(encoder.begin());
      for await (const batch of batches) {
        checkBatch(batch, shape);
        rows += batch.texts.length;
        await file.write(encoder.add(batch));
      }
      if (rows !== shape.rows) throw wrongRows(path, rows, shape);
      await file.write(encoder.end());
      await file.sync();
    }
    await host().files.rename(temporary, target);
  } catch (error) {
    await removeQuietly(temporary);
    throw asOutputError(path, error);
  }
}

function checkBatch({ texts, data }: EmbeddedTexts, { columns }: EmbeddingsShape): void {
  if (texts.length * columns === data.length) return;
  throw new RangeError(
    `Cannot write ${texts.length} embeddings of ${columns} columns: found ${data.length} numbers`,
  );
}

function wrongRows(path: string, found: number, { rows }: EmbeddingsShape): RangeError {
  return new RangeError(`Cannot write ${path}: found ${found} embeddings, wanted ${rows}`);
}

/** A symbolic link is followed, and stays. */
async function realPath(path: string): Promise<string> {
  try {
    return await host().files.realPath(path);
  } catch {
    return path;
  }
}

async function removeQuietly(path: string): Promise<void> {
  try {
    await host().files.remove(path);
  } catch {
    // It was never made, or cannot be removed for the reason that is being reported.
  }
}

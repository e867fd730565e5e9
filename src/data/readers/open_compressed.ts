/**
 * Files that gzip or zstd compressed.
 *
 * @module
 */
import { Decompress } from "fzstd";
import { InputError, OutputError } from "../../errors.ts";
import type { OpenFile } from "../../host/file_system.ts";
import { host } from "../../host/host.ts";
import { missingPermission } from "../../host/missing_permission.ts";
import { SourceFile } from "../streaming/source_file.ts";

/** The extensions of compressed files. */
const COMPRESSED = /\.(gz|zst)$/i;

/**
 * Takes the extension of a compressed file off its name.
 *
 * @param path The file.
 * @returns What the name would be without compression; null where it is not compressed.
 */
export function uncompressedName(path: string): string | null {
  return COMPRESSED.test(path) ? path.replace(COMPRESSED, "") : null;
}

/**
 * Decompresses a file into a temporary one, some at a time. Its name goes at once, its space when it is closed
 * or the process ends.
 *
 * @param path The file, `.gz` or `.zst`.
 * @param directory Folder of the temporary file; the system's by default.
 * @returns The decompressed file, open; messages call it by the path of the compressed one.
 * @throws {InputError} If it cannot be read, is damaged, cut, or followed by something else.
 * @throws {OutputError} If the temporary file cannot be written.
 */
export async function openCompressed(path: string, directory?: string): Promise<SourceFile> {
  const source = SourceFile.open(path);
  let target: OpenFile | null = null;
  try {
    const open = target = openTemporary(directory);
    const write = (bytes: Uint8Array) => writeAll(open, bytes);
    if (path.toLowerCase().endsWith(".gz")) await host().bytes.gunzip(source.chunks(0), write);
    else unzstd(source, write);
    return new SourceFile(target, path);
  } catch (cause) {
    target?.close();
    if (cause instanceof InputError || cause instanceof OutputError) throw cause;
    const { message } = cause as Error;
    throw new InputError(`Cannot read ${path}: it cannot be decompressed (${message})`, { cause });
  } finally {
    source.close();
  }
}

/** Node's own takes a file that is cut for a whole one, and leaves out all frames but the first. */
function unzstd(source: SourceFile, write: (bytes: Uint8Array) => void): void {
  const stream = new Decompress(write);
  for (const chunk of source.chunks(0)) stream.push(chunk.slice());
  stream.push(new Uint8Array(), true);
}

function openTemporary(directory: string | undefined): OpenFile {
  try {
    return host().files.openTemporary({ directory, prefix: "sentrain_text_" }).file;
  } catch (cause) {
    throw new OutputError(
      `Cannot make a temporary file for the decompressed text: ${
        missingPermission(cause) ?? `${(cause as Error).message}; name a folder that can be written`
      }, or decompress the file`,
      { cause },
    );
  }
}

function writeAll(file: OpenFile, bytes: Uint8Array): void {
  try {
    file.writeSync(bytes);
  } catch (cause) {
    throw new OutputError(
      `Cannot write the decompressed text to a temporary file: ${(cause as Error).message}; ` +
        "name a folder with more space, or decompress the file",
      { cause },
    );
  }
}

/**
 * The lines of a file.
 *
 * @module
 */
import { type ByteRecord, RecordPieces, type SplitOptions } from "./record_pieces.ts";

const NEWLINE = 0x0a;

/**
 * Splits a file at its line feeds, as `text.split("\n")` does.
 *
 * @param chunks The bytes of the file in pieces of any size.
 * @param options Name of the file, and where the first piece starts.
 * @returns The lines without their line feed, blank ones too.
 * @throws {InputError} If a line is too long.
 */
export function* splitLines(
  chunks: Iterable<Uint8Array>,
  options: SplitOptions,
): Generator<ByteRecord> {
  const pieces = new RecordPieces(options);
  let offset = options.start ?? 0;
  let line = 1;
  for (const chunk of chunks) {
    let start = 0;
    for (
      let end = chunk.indexOf(NEWLINE);
      end >= 0;
      end = chunk.indexOf(NEWLINE, start)
    ) {
      const bytes = pieces.take(chunk.subarray(start, end), line);
      yield { bytes, offset, line };
      offset += bytes.length + 1;
      line++;
      start = end + 1;
    }
    pieces.add(chunk.subarray(start), line);
  }
  yield { bytes: pieces.take(new Uint8Array(), line), offset, line };
}

/**
 * Whole records of a table, some at a time.
 *
 * @module
 */
import { type ByteRecord, RecordPieces, type SplitOptions } from "./record_pieces.ts";

const [NEWLINE, RETURN, QUOTE, SPACE] = [0x0a, 0x0d, 0x22, 0x20];

/**
 * Splits a comma- or tab-separated file into blocks of whole records, about one for each chunk. It
 * follows quotes alone; what is in a block is for the parser to say. A line break within quotes, or
 * between the two characters of one, ends no block.
 *
 * @param chunks The bytes of the file in pieces of any size.
 * @param options Name of the file, and the delimiter, after which a quote opens a field.
 * @returns The blocks, with their line breaks and the line on which each starts.
 * @throws {InputError} If one record is too long: most likely a quote is not closed.
 */
export function* splitCsv(
  chunks: Iterable<Uint8Array>,
  options: SplitOptions & { readonly delimiter: string },
): Generator<ByteRecord> {
  const pieces = new RecordPieces(options);
  const delimiter = options.delimiter.charCodeAt(0);
  let state: "start" | "plain" | "quoted" | "closed" = "start";
  let previous = 0;
  let offset = options.start ?? 0;
  let [line, recordLine, blockLine] = [1, 1, 1];
  for (const chunk of chunks) {
    let end = -1;
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i];
      const isBreak = byte === NEWLINE || byte === RETURN;
      if (state === "start" && !isBreak && (previous === NEWLINE || previous === RETURN)) {
        [end, recordLine] = [i, line];
      }
      if (isBreak && !(byte === NEWLINE && previous === RETURN)) line++;
      previous = byte;
      if (state === "quoted") {
        if (byte === QUOTE) state = "closed";
      } else if (isBreak || byte === delimiter) state = "start";
      else if (byte === QUOTE && state !== "plain") state = "quoted";
      // Neither the end of the field nor a blank before it: the quote was no closing one.
      else if (state === "closed" && byte !== SPACE) state = "quoted";
      else if (state === "start") state = "plain";
    }
    if (pieces.length + end > 0 && end >= 0) {
      const bytes = pieces.take(chunk.subarray(0, end), blockLine);
      yield { bytes, offset, line: blockLine };
      offset += bytes.length;
      blockLine = recordLine;
    }
    pieces.add(chunk.subarray(Math.max(0, end)), recordLine);
  }
  if (pieces.length > 0) {
    yield { bytes: pieces.take(new Uint8Array(), recordLine), offset, line: blockLine };
  }
}

/**
 * The elements of a JSON array.
 *
 * @module
 */
import { InputError } from "../../errors.ts";
import { type ByteRecord, RecordPieces, type SplitOptions } from "./record_pieces.ts";

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [OPEN_BRACKET, CLOSE_BRACKET, OPEN_BRACE, CLOSE_BRACE] = [0x5b, 0x5d, 0x7b, 0x7d];

/** Where in the file the scan is; `between` is after a comma. */
type Place = "before" | "first" | "between" | "element" | "after";

/**
 * Splits a file that holds one JSON array into the texts of its elements. It follows strings and
 * brackets alone: whether an element is JSON is for its parser to say.
 *
 * @param chunks The bytes of the file in pieces of any size; the first that is no blank is `[`.
 * @param options Name of the file, and where the first piece starts.
 * @returns The elements without the blanks before them, numbered from 1.
 * @throws {InputError} If the array does not end, something follows it, or an element is too long.
 */
export function* splitElements(
  chunks: Iterable<Uint8Array>,
  options: SplitOptions,
): Generator<ByteRecord> {
  const pieces = new RecordPieces(options);
  let place = "before" as Place;
  let chunkStart = options.start ?? 0;
  let offset = 0;
  let line = 1;
  let depth = 0;
  let inString = false;
  let escaped = false;

  for (const chunk of chunks) {
    let start = 0;
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i];
      if (inString) {
        if (escaped) escaped = false;
        else if (byte === BACKSLASH) escaped = true;
        else if (byte === QUOTE) inString = false;
        continue;
      }
      if (isBlank(byte)) continue;
      if (place === "before") {
        place = "first";
        continue;
      }
      if (place === "after") throw notJson(options.source, "something follows the array");
      const ends = depth === 0 && (byte === COMMA || byte === CLOSE_BRACKET);
      if (place !== "element" && !(place === "first" && byte === CLOSE_BRACKET)) {
        place = "element";
        [start, offset] = [i, chunkStart + i];
      }
      if (ends) {
        if (place === "element") {
          yield { bytes: pieces.take(chunk.subarray(start, i), line), offset, line };
          line++;
        }
        place = byte === COMMA ? "between" : "after";
      } else if (byte === QUOTE) inString = true;
      else if (byte === OPEN_BRACKET || byte === OPEN_BRACE) depth++;
      else if (byte === CLOSE_BRACKET || byte === CLOSE_BRACE) depth--;
    }
    if (place === "element") pieces.add(chunk.subarray(start), line);
    chunkStart += chunk.length;
  }
  if (place !== "after") throw notJson(options.source, "the array does not end");
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function notJson(source: string, problem: string): InputError {
  return new InputError(`Cannot read ${source}: not valid JSON (${problem})`);
}

/**
 * What ranks tell each other at the beginning of every call.
 *
 * @module
 */

/** Bytes that a header has for short values: with them a call is over after its header. */
export const INLINE_BYTES = 48;

/** Bytes of a header. */
export const HEADER_BYTES: number = 16 + INLINE_BYTES;

/** The calls. */
export const CALLS = [
  "allReduce",
  "reduceScatter",
  "allGather",
  "broadcast",
  "barrier",
  "agree",
  "broadcastJson",
  "gatherJson",
  "finish",
] as const;

/** Everything about a call that all ranks must say alike, as words. */
export const DETAILS = [
  "",
  "f32",
  "u32",
  "u8",
  "f32, sum",
  "f32, max",
  "f32, min",
  "f32, sum, f16",
  "f32, max, f16",
  "f32, min, f16",
] as const;

/** One rank's side of a call. */
export interface Call {
  /** The method. */
  readonly name: typeof CALLS[number];
  /** Type of the elements, operation, compression. */
  readonly detail: typeof DETAILS[number];
  /** Elements. Unit: elements of the type; bytes of JSON. */
  readonly length: number;
  /** The rank whose values count; 0 where all do. */
  readonly root: number;
}

/** A header as it was received. */
export interface ReceivedHeader {
  /** That rank's side of the call. */
  readonly call: Call;
  /** The bytes of a short value, with zeros behind them. */
  readonly inline: Uint8Array<ArrayBuffer>;
}

/** Calls whose ranks may give values of different lengths. */
const VARIED: readonly string[] = ["allGather", "broadcastJson", "gatherJson"];

/**
 * Makes a header.
 *
 * @param call This rank's side of the call.
 * @param value Its bytes; they travel with the header where they fit.
 * @returns The header.
 * @throws {RangeError} If the length does not fit into 32 bits.
 */
export function encodeHeader(call: Call, value: Uint8Array): Uint8Array<ArrayBuffer> {
  if (call.length > 0xffffffff) {
    throw new RangeError(
      `Cannot ${call.name}: found ${call.length} elements, at most ${0xffffffff} can be sent; ` +
        "send them in parts",
    );
  }
  const bytes = new Uint8Array(HEADER_BYTES);
  const { name, detail, length, root } = call;
  new Uint32Array(bytes.buffer, 0, 4)
    .set([CALLS.indexOf(name), DETAILS.indexOf(detail), length, root]);
  if (value.byteLength <= INLINE_BYTES) bytes.set(value, HEADER_BYTES - INLINE_BYTES);
  return bytes;
}

/**
 * Reads the headers of all ranks and refuses a call about which they disagree. All ranks read the same
 * headers, so that all of them refuse it.
 *
 * @param bytes The headers by rank.
 * @returns The headers.
 * @throws {Error} If ranks make different calls.
 */
export function readHeaders(bytes: Uint8Array<ArrayBuffer>): ReceivedHeader[] {
  const headers: ReceivedHeader[] = [];
  for (let start = 0; start < bytes.length; start += HEADER_BYTES) {
    const [name, detail, length, root] = new Uint32Array(bytes.buffer, start, 4);
    headers.push({
      call: { name: CALLS[name], detail: DETAILS[detail], length, root },
      inline: bytes.subarray(start + HEADER_BYTES - INLINE_BYTES, start + HEADER_BYTES),
    });
  }
  const [first] = headers;
  const other = headers.findIndex(({ call }) => !isSame(first.call, call));
  if (other !== -1) {
    throw new Error(
      `Cannot ${first.call.name}, ranks disagree: found ${
        describeCall(first.call)
      } on rank 0 and ` +
        `${describeCall(headers[other].call)} on rank ${other}, wanted the same on all; make the ` +
        "same calls in the same order on every rank",
    );
  }
  return headers;
}

/**
 * Describes a call as it may be written.
 *
 * @param call One rank's side of it.
 * @returns Such as `allReduce(1000 x f32, sum)`.
 */
export function describeCall({ name, detail, length, root }: Call): string {
  const values = detail === "" ? [] : [`${length} x ${detail}`];
  const from = name.startsWith("broadcast") ? [`root ${root}`] : [];
  return `${name}(${[...values, ...from].join(", ")})`;
}

function isSame(a: Call, b: Call): boolean {
  return a.name === b.name && a.detail === b.detail && a.root === b.root &&
    (a.length === b.length || VARIED.includes(a.name));
}

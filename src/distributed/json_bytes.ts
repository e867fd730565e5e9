/**
 * Values as JSON in bytes.
 *
 * @module
 */

/**
 * Writes a value.
 *
 * @param value The value.
 * @returns Its JSON in UTF-8.
 * @throws {TypeError} If JSON has no form for it.
 */
export function encodeJson(value: unknown): Uint8Array<ArrayBuffer> {
  const text = JSON.stringify(value);
  if (text === undefined) {
    throw new TypeError(`Cannot send ${typeof value} as JSON: wanted a value that JSON can hold`);
  }
  return new TextEncoder().encode(text);
}

/**
 * Reads a value.
 *
 * @param bytes What {@linkcode encodeJson} wrote.
 * @returns The value.
 */
export function decodeJson(bytes: Uint8Array): unknown {
  return JSON.parse(new TextDecoder().decode(bytes));
}

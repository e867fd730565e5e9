/**
 * Work on bytes that a runtime has built in.
 *
 * @module
 */

/** Checksums and decompression. */
export interface ByteFunctions {
  /**
   * A checksum.
   *
   * @param algorithm Which one.
   * @param pieces The bytes; a piece need be valid only until the next is asked for.
   * @returns Hexadecimal digits.
   */
  digest(
    algorithm: "sha1" | "sha256",
    pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  ): Promise<string>;
  /**
   * Decompresses gzip.
   *
   * @param pieces The compressed bytes; a piece need be valid only until the next is asked for.
   * @param take Gets the decompressed ones.
   * @throws {Error} If they are damaged, cut or followed by something else; what `take` throws.
   */
  gunzip(pieces: Iterable<Uint8Array>, take: (bytes: Uint8Array) => void): Promise<void>;
}

/**
 * Work on bytes by the means of the web.
 *
 * @module
 */
import type { ByteFunctions } from "./byte_functions.ts";

/**
 * By Web Crypto, which wants all bytes at once and a page from a secure origin, and by Compression
 * Streams, which take one member of gzip.
 */
export const webByteFunctions: ByteFunctions = {
  digest: async (algorithm, pieces) => {
    const copies: Uint8Array<ArrayBuffer>[] = [];
    for await (const piece of pieces) copies.push(piece.slice());
    const all = await new Blob(copies).arrayBuffer();
    const sum = await crypto.subtle.digest(algorithm === "sha1" ? "SHA-1" : "SHA-256", all);
    return [...new Uint8Array(sum)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  },
  gunzip: async (pieces, take) => {
    const rest = pieces[Symbol.iterator]();
    const compressed = new ReadableStream<Uint8Array<ArrayBuffer>>({
      pull: (controller) => {
        const { value, done } = rest.next();
        if (done) controller.close();
        else controller.enqueue(value.slice());
      },
    });
    const reader = compressed.pipeThrough(new DecompressionStream("gzip")).getReader();
    try {
      for (let part = await reader.read(); !part.done; part = await reader.read()) take(part.value);
    } finally {
      await reader.cancel().catch(() => {});
    }
  },
};

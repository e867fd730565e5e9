/**
 * What every host's work on bytes must do.
 *
 * @module
 */
import { assertEquals, assertRejects } from "@std/assert";
import type { ByteFunctions } from "../../src/host/byte_functions.ts";

const abc = new TextEncoder().encode("abc");

async function compressed(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Pieces that are valid only until the next one is asked for. */
function* piecesOf(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  const piece = new Uint8Array(size);
  for (let i = 0; i < bytes.length; i += size) {
    const part = bytes.subarray(i, i + size);
    piece.set(part);
    yield piece.subarray(0, part.length);
  }
}

async function gunzipped(
  { gunzip }: ByteFunctions,
  bytes: Uint8Array,
  size = 7,
): Promise<Uint8Array> {
  const taken: number[] = [];
  await gunzip(piecesOf(bytes, size), (part) => void taken.push(...part));
  return Uint8Array.from(taken);
}

/** By what they show. */
export const BYTE_CASES: Readonly<Record<string, (bytes: ByteFunctions) => Promise<void>>> = {
  // FIPS 180-4's examples.
  "checksums are those of the standard, however the bytes are cut": async ({ digest }) => {
    for (const size of [1, 2, 3]) {
      assertEquals(
        await digest("sha256", piecesOf(abc, size)),
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
      );
      assertEquals(
        await digest("sha1", piecesOf(abc, size)),
        "a9993e364706816aba3e25717850c26c9cd0d89d",
      );
    }
    const nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assertEquals(await digest("sha256", []), nothing);
  },
  "gzip is decompressed, however it is cut": async (bytes) => {
    const content = Uint8Array.from({ length: 5000 }, (_, i) => (i * i) % 251);
    for (const size of [1, 7, 100_000]) {
      assertEquals(await gunzipped(bytes, await compressed(content), size), content);
    }
  },
  "gzip that is cut or damaged is refused": async (bytes) => {
    const whole = await compressed(Uint8Array.from({ length: 500 }, (_, i) => i % 7));
    await assertRejects(() => gunzipped(bytes, whole.subarray(0, whole.length - 9)), Error);
    const damaged = whole.slice();
    damaged[damaged.length - 6] ^= 1;
    await assertRejects(() => gunzipped(bytes, damaged), Error);
    await assertRejects(() => gunzipped(bytes, abc), Error);
  },
  "what the taker throws ends the decompression": async (bytes) => {
    const whole = await compressed(abc);
    await assertRejects(
      () =>
        bytes.gunzip(piecesOf(whole, 10), () => {
          throw new RangeError("enough");
        }),
      RangeError,
      "enough",
    );
  },
};

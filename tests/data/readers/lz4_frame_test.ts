import { assert, assertEquals, assertThrows } from "@std/assert";
import { Random } from "../../../src/data/random.ts";
import { decodeLz4Frame } from "../../../src/data/readers/lz4_frame.ts";

/** What {@linkcode FRAMES} hold: more than a block of 64 KiB. */
const TEXT = `${"ab".repeat(40)}the cat was there, `.repeat(900);

/** Made by `lz4 -9 -B4` of version 1.9.4, in base64. */
const FRAMES: Record<string, string> = {
  // -BI: every block by itself.
  independent: "BCJNGGRApyQBAAAvYWICADv/BHRoZSBjYXQgd2FzIHRoZXJlLCBjAP" +
    "/".repeat(340) +
    "+FUHRoZXJlfwAAAE8sIGFiAgA7/wJ0aGUgY2F0IHdhcyB0aGVyZWMA" +
    "/".repeat(121) +
    "+xQZXJlLCAAAAAAivZohg==",
  // -BD: blocks refer to those before them.
  linked: "BCJNGERAXiQBAAAvYWICADv/BHRoZSBjYXQgd2FzIHRoZXJlLCBjAP" +
    "/".repeat(340) +
    "+FUHRoZXJlZgAAAA9jAP" +
    "/".repeat(122) +
    "UFBlcmUsIAAAAACK9miG",
  // -BD -BX --content-size: also checksums of blocks, and the size.
  checked: "BCJNGFxADFwBAAAAAABBJAEAAC9hYgIAO/8EdGhlIGNhdCB3YXMgdGhlcmUsIGMA" +
    "/".repeat(341) +
    "4VQdGhlcmXmtURlZgAAAA9jAP" +
    "/".repeat(122) +
    "UFBlcmUsIL13AvUAAAAAivZohg==",
};

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

/** A frame of one block, which says that it is compressed. */
function frame(...block: number[]): Uint8Array {
  const beginning = [0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82, block.length, 0, 0, 0];
  return Uint8Array.from([...beginning, ...block, 0, 0, 0, 0]);
}

Deno.test("decodeLz4Frame() decompresses what the program lz4 compressed, in every form", () => {
  const frames = Object.entries(FRAMES);
  assertEquals(frames.length, 3);
  for (const [name, base64] of frames) {
    assertEquals(new TextDecoder().decode(decodeLz4Frame(bytesOf(base64))), TEXT, name);
  }
});

Deno.test("decodeLz4Frame() copies what it makes, and takes blocks that are as they were", () => {
  // One literal, then seven times what is one byte before; then a last literal.
  assertEquals([...decodeLz4Frame(frame(0x13, 97, 1, 0, 0x10, 98))], [
    ...Array.from({ length: 8 }, () => 97),
    98,
  ]);
  const plain = frame(1, 2, 3);
  plain[10] = 0x80;
  assertEquals([...decodeLz4Frame(plain)], [1, 2, 3]);
  assertEquals(decodeLz4Frame(frame()).length, 0);
});

Deno.test("decodeLz4Frame() refuses what is no frame, is cut, or refers to what is not there", () => {
  const refused = (bytes: Uint8Array, message: string) =>
    assertThrows(() => decodeLz4Frame(bytes), RangeError, message);
  refused(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8), "another beginning");
  refused(frame(0x13, 97, 2, 0, 0), "refers to what is not there");
  refused(frame(0x13, 97, 0, 0, 0), "refers to what is not there");
  refused(frame(0x20, 97), "is cut");
  refused(frame(0x13, 97, 1), "is cut");
  refused(frame(0x10, 97).slice(0, 11), "is cut");
  const long = [0x1f, 97, 1, 0, ...Array.from({ length: 260 }, () => 255), 0, 0];
  const large = frame(...long);
  large[7] = long.length % 256;
  large[8] = long.length >> 8;
  refused(large, "is too long");
  const other = frame(0x10, 97);
  other[4] = 0xa0;
  refused(other, "of version 2, wanted 1");
  other[4] = 0x61;
  refused(other, "wants a dictionary");
});

Deno.test("decodeLz4Frame() ends with bytes or a RangeError, whatever is damaged", () => {
  const random = new Random("damaged", 3);
  const whole = bytesOf(FRAMES.linked);
  let refusals = 0;
  for (let trial = 0; trial < 300; trial++) {
    const bytes = whole.slice(0, whole.length - random.integer(2) * random.integer(whole.length));
    for (let i = 0; i < 3; i++) bytes[random.integer(bytes.length)] = random.integer(256);
    try {
      decodeLz4Frame(bytes);
    } catch (error) {
      assert(error instanceof RangeError, String(error));
      refusals++;
    }
  }
  assert(refusals > 100, `${refusals} refusals`);
});

import { assertEquals } from "@std/assert";
import { crc32c } from "../../../src/reporters/tensorboard/crc32c.ts";
import { checksum } from "./read_events.ts";

Deno.test("crc32c() gives the values of RFC 3720", () => {
  const cases: [Uint8Array, number][] = [
    [new TextEncoder().encode("123456789"), 0xe3069283],
    [new Uint8Array(32), 0x8a9136aa],
    [new Uint8Array(32).fill(0xff), 0x62a8ab43],
    [Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
    [Uint8Array.from({ length: 32 }, (_, i) => 31 - i), 0x113fdb5c],
    [new Uint8Array(0), 0],
  ];
  for (const [bytes, value] of cases) {
    assertEquals(crc32c(bytes), value);
    assertEquals(checksum(bytes), BigInt(value));
  }
});

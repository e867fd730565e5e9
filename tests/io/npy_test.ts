import { assertEquals, assertThrows } from "@std/assert";
import { InputError } from "../../src/errors.ts";
import { decodeNpy, encodeNpy } from "../../src/io/npy.ts";

Deno.test("encodeNpy() writes the bytes of numpy.save", () => {
  const file = encodeNpy(Float32Array.of(1, -2), [2, 1]);
  assertEquals(file.length, 128 + 8);
  assertEquals([...file.subarray(0, 10)], [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 118, 0]);
  assertEquals(
    new TextDecoder().decode(file.subarray(10, 128)),
    "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1), }".padEnd(117) + "\n",
  );
  assertEquals([...file.subarray(128)], [0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0]);
});

Deno.test("decodeNpy() reads what encodeNpy() writes", () => {
  const cases: [number[], number][] = [[[], 1], [[3], 3], [[2, 3], 6], [[0, 384], 0], [
    [2, 1, 2],
    4,
  ]];
  for (const [shape, count] of cases) {
    const data = Float32Array.from({ length: count }, (_, index) => index / 3);
    assertEquals(decodeNpy(encodeNpy(data, shape), "a.npy"), { shape, data });
  }
});

Deno.test("encodeNpy() refuses a shape that does not hold the values", () => {
  assertThrows(
    () => encodeNpy(new Float32Array(3), [2, 2]),
    RangeError,
    "Cannot write an array: its shape [2, 2] does not hold 3 values",
  );
});

Deno.test("decodeNpy() refuses other files, versions, types and orders", () => {
  const good = encodeNpy(Float32Array.of(1, 2), [2]);
  const changed = (from: string, to: string): Uint8Array => {
    const bytes = good.slice();
    const at = new TextDecoder().decode(bytes.subarray(10, 128)).indexOf(from);
    bytes.set(new TextEncoder().encode(to), 10 + at);
    return bytes;
  };
  const version = good.slice();
  version[6] = 2;
  const cases: [Uint8Array, string][] = [
    [new Uint8Array(0), "Cannot read a.npy: it is not an .npy file"],
    [new Uint8Array(200), "it is not an .npy file"],
    [version, "found .npy version 2.0, wanted 1.0"],
    [good.subarray(0, good.length - 1), "the header promises 136 bytes, the file has 135"],
    [changed("<f4", "<f8"), 'found elements of type "<f8", wanted "<f4"'],
    [changed("False", "True "), "found column-major order"],
    [changed("(2,)", "two."), "its header names no shape"],
  ];
  for (const [bytes, message] of cases) {
    assertThrows(() => decodeNpy(bytes, "a.npy"), InputError, message);
  }
});

import { assertEquals, assertThrows } from "@std/assert";
import { InputError } from "../../src/errors.ts";
import {
  decodeSafetensors,
  encodeSafetensors,
  type NamedArray,
  type StorableArray,
} from "../../src/io/safetensors.ts";

/** A file with any header, right or wrong, and some bytes after it. */
function fileOf(header: unknown, dataSize: number, padding = 0): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(header) + " ".repeat(padding));
  const file = new Uint8Array(8 + text.length + dataSize);
  new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
  file.set(text, 8);
  return file;
}

Deno.test("encodeSafetensors() writes the bytes of the reference implementation", () => {
  const file = encodeSafetensors(
    new Map([["w", { shape: [1, 2], data: Float32Array.of(1, -2) }]]),
    { format: "pt" },
  );
  const header = '{"__metadata__":{"format":"pt"},' +
    '"w":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}}';
  const padded = header.padEnd(Math.ceil(header.length / 8) * 8);
  const expected = [padded.length, 0, 0, 0, 0, 0, 0, 0, ...new TextEncoder().encode(padded)];
  assertEquals([...file], [...expected, 0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0]);
});

Deno.test("encodeSafetensors() and decodeSafetensors() round-trip every storable array", () => {
  const arrays: Record<string, StorableArray> = {
    F16: Float16Array.of(0.5, -65504),
    F32: Float32Array.of(0.1, NaN),
    F64: Float64Array.of(0.1, -Infinity),
    I8: Int8Array.of(-128, 127),
    U8: Uint8Array.of(0, 255),
    I16: Int16Array.of(-32768, 32767),
    U16: Uint16Array.of(0, 65535),
    I32: Int32Array.of(-(2 ** 31), 2 ** 31 - 1),
    U32: Uint32Array.of(0, 2 ** 32 - 1),
    I64: BigInt64Array.of(-(2n ** 63n), 1n),
    U64: BigUint64Array.of(0n, 2n ** 64n - 1n),
  };
  assertEquals(Object.keys(arrays).length, 11);
  const tensors = new Map<string, NamedArray>(
    Object.entries(arrays).map(([name, data]) => [name, { shape: [2, 1], data }]),
  );
  const file = decodeSafetensors(encodeSafetensors(tensors), "all.safetensors");
  for (const [dtype, data] of Object.entries(arrays)) {
    assertEquals(file.entry(dtype).dtype, dtype);
    assertEquals(file.read(dtype), { shape: [2, 1], data });
  }
  assertEquals(file.metadata, {});
});

Deno.test("encodeSafetensors() orders by element size, then by name", () => {
  const file = decodeSafetensors(
    encodeSafetensors(
      new Map<string, NamedArray>([
        ["c", { shape: [1], data: Uint8Array.of(1) }],
        ["b", { shape: [1], data: Float32Array.of(1) }],
        ["a", { shape: [1], data: Float32Array.of(2) }],
        ["d", { shape: [], data: BigInt64Array.of(1n) }],
      ]),
    ),
    "m.safetensors",
  );
  assertEquals([...file.entries.keys()], ["d", "a", "b", "c"]);
  assertEquals(file.entry("d"), { dtype: "I64", shape: [], begin: 0, end: 8 });
});

Deno.test("encodeSafetensors() takes a window of a larger buffer and an empty tensor", () => {
  const window = new Float32Array(Float32Array.of(1, 2, 3, 4).buffer, 4, 2);
  const file = decodeSafetensors(
    encodeSafetensors(
      new Map<string, NamedArray>([
        ["empty", { shape: [0, 3], data: new Float32Array(0) }],
        ["window", { shape: [2], data: window }],
      ]),
    ),
    "m.safetensors",
  );
  assertEquals(file.readFloat32("window"), Float32Array.of(2, 3));
  assertEquals(file.readFloat32("empty").length, 0);
});

Deno.test("encodeSafetensors() refuses a wrong shape and the reserved name", () => {
  const data = new Float32Array(3);
  assertThrows(
    () => encodeSafetensors(new Map([["w", { shape: [2, 2], data }]])),
    RangeError,
    'Cannot write tensor "w": its shape [2, 2] does not hold 3 values',
  );
  assertThrows(
    () => encodeSafetensors(new Map([["__metadata__", { shape: [3], data }]])),
    RangeError,
    "reserves this name",
  );
});

Deno.test("readFloat32() converts half, bfloat16 and double precision", () => {
  const header = {
    bf16: { dtype: "BF16", shape: [3], data_offsets: [0, 6] },
    f16: { dtype: "F16", shape: [1], data_offsets: [6, 8] },
    f64: { dtype: "F64", shape: [1], data_offsets: [8, 16] },
  };
  const bytes = fileOf(header, 16);
  // 1.0, -3.140625 and infinity in bfloat16; 1/3 in half precision is 0x3555.
  bytes.set([0x80, 0x3f, 0x49, 0xc0, 0x80, 0x7f, 0x55, 0x35], bytes.length - 16);
  new DataView(bytes.buffer).setFloat64(bytes.length - 8, 0.1, true);
  const file = decodeSafetensors(bytes, "half.safetensors");
  assertEquals(file.readFloat32("bf16"), Float32Array.of(1, -3.140625, Infinity));
  assertEquals(file.readFloat32("f16"), Float32Array.of(0.333251953125));
  assertEquals(file.readFloat32("f64"), Float32Array.of(0.1));
});

Deno.test("decodeSafetensors() reads tensors that are not aligned", () => {
  for (let padding = 0; padding < 8; padding++) {
    const bytes = fileOf(
      { w: { dtype: "F32", shape: [1], data_offsets: [0, 4] } },
      4,
      padding,
    );
    new DataView(bytes.buffer).setFloat32(bytes.length - 4, 1.5, true);
    assertEquals(decodeSafetensors(bytes, "m").readFloat32("w"), Float32Array.of(1.5));
  }
});

Deno.test("SafetensorsFile names what it cannot give", () => {
  const file = decodeSafetensors(
    encodeSafetensors(new Map([["ids", { shape: [1], data: Int32Array.of(1) }]])),
    "model.safetensors",
  );
  assertThrows(
    () => file.read("idx"),
    InputError,
    'Cannot read model.safetensors: there is no tensor "idx" among its 1; the nearest is "ids"',
  );
  assertThrows(
    () => file.readFloat32("ids"),
    InputError,
    'Cannot read tensor "ids" of model.safetensors: found I32, wanted F32, F16, BF16 or F64',
  );
  const eight = decodeSafetensors(
    fileOf({ q: { dtype: "F8_E4M3", shape: [2], data_offsets: [0, 2] } }, 2),
    "q.safetensors",
  );
  assertThrows(() => eight.read("q"), InputError, "element type F8_E4M3 is not supported");
});

Deno.test("decodeSafetensors() refuses a file cut at any byte", () => {
  const whole = encodeSafetensors(
    new Map([["w", { shape: [2], data: Float32Array.of(1, 2) }]]),
  );
  for (let size = 0; size < whole.length; size++) {
    assertThrows(
      () => decodeSafetensors(whole.subarray(0, size), "model.safetensors"),
      InputError,
      "Cannot read model.safetensors: the ",
    );
  }
  assertThrows(
    () => decodeSafetensors(whole.subarray(0, whole.length - 1), "model.safetensors"),
    InputError,
    `Cannot read model.safetensors: the header promises ${whole.length} bytes, ` +
      `the file has ${whole.length - 1}`,
  );
});

Deno.test("decodeSafetensors() refuses a header that is not what the format asks for", () => {
  const w = { dtype: "F32", shape: [2], data_offsets: [0, 8] };
  const cases: [unknown, number, string][] = [
    [[], 0, "not a JSON object"],
    [{ __metadata__: { format: 1 } }, 0, "does not map text to text"],
    [{ w: null }, 8, 'tensor "w" has element type undefined, wanted one of BOOL, U8'],
    [{ w: { ...w, dtype: "F33" } }, 8, 'tensor "w" has element type "F33"'],
    [{ w: { ...w, dtype: "toString" } }, 8, 'tensor "w" has element type "toString"'],
    [{ w: { ...w, shape: [-2] } }, 8, 'tensor "w" has shape [-2]'],
    [{ w: { ...w, shape: 2 } }, 8, 'tensor "w" has shape 2'],
    [{ w: { ...w, shape: [1e300, 1e300] } }, 8, 'tensor "w" has shape'],
    [{ w: { ...w, shape: [2 ** 52, 2 ** 52] } }, 8, "its data_offsets span 8"],
    [{ w: { ...w, data_offsets: [8, 0] } }, 8, 'tensor "w" has data_offsets [8,0]'],
    [{ w: { ...w, data_offsets: [0] } }, 8, 'tensor "w" has data_offsets [0]'],
    [{ w: { ...w, data_offsets: [0, 4] } }, 8, "takes 8 bytes, its data_offsets span 4"],
    [{ w: { ...w, data_offsets: [4, 12] } }, 12, 'tensor "w" begins at byte 4'],
    [{ w, v: { ...w, data_offsets: [4, 12] } }, 12, 'tensor "v" begins at byte 4'],
    [{ w, v: { ...w, data_offsets: [12, 20] } }, 20, 'tensor "v" begins at byte 12'],
    [{ w }, 9, "bytes, the file has"],
  ];
  assertEquals(cases.length, 16);
  for (const [header, dataSize, message] of cases) {
    assertThrows(() => decodeSafetensors(fileOf(header, dataSize), "m"), InputError, message);
  }
});

Deno.test("decodeSafetensors() refuses text and a header of absurd length", () => {
  assertThrows(
    () =>
      decodeSafetensors(new TextEncoder().encode("version 1 of a pointer to a large file"), "m"),
    InputError,
    "this is not a safetensors file",
  );
  const broken = fileOf({}, 0);
  broken[8] = 0x21;
  assertThrows(() => decodeSafetensors(broken, "m"), InputError, "its header is not JSON");
});

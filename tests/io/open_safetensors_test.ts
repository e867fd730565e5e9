import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { join } from "@std/path";
import { InputError } from "../../src/errors.ts";
import { openSafetensors } from "../../src/io/open_safetensors.ts";
import { decodeSafetensors, encodeSafetensors, type NamedArray } from "../../src/io/safetensors.ts";
import { withFolder } from "../support/with_folder.ts";

/** More than one piece, and not a whole number of them. */
const LENGTH = (1 << 20) + 3;

const VALUES = Float32Array.from({ length: LENGTH }, (_, i) => Math.fround(Math.sin(i)));

const TENSORS = new Map<string, NamedArray>([
  ["single", { shape: [LENGTH], data: VALUES }],
  ["half", { shape: [LENGTH], data: new Float16Array(VALUES) }],
  ["double", { shape: [3], data: new Float64Array([1, 2.5, -3]) }],
  ["empty", { shape: [0, 4], data: new Float32Array() }],
  ["whole", { shape: [2], data: new Int32Array([1, 2]) }],
]);

Deno.test("openSafetensors() reads what decodeSafetensors() reads, whole and in pieces", async () => {
  const bytes = encodeSafetensors(TENSORS, { format: "pt" });
  await withFolder({ "x.safetensors": bytes }, async (folder) => {
    const path = join(folder, "x.safetensors");
    const file = await openSafetensors(path);
    const decoded = decodeSafetensors(bytes, path);
    assertEquals([file.metadata, file.entries], [decoded.metadata, decoded.entries]);
    const pieces = { single: 2, half: 2, double: 1, empty: 0 };
    for (const [name, count] of Object.entries(pieces)) {
      const expected = decoded.readFloat32(name);
      assertEquals(file.readFloat32(name), expected);
      for (const each of [file, decoded]) {
        const found = new Float32Array(expected.length);
        let [at, seen] = [0, 0];
        for (const piece of each.pieces(name)) {
          found.set(piece, at);
          at += piece.length;
          seen++;
        }
        assertEquals([seen, at], [count, expected.length], name);
        assertEquals(found, expected);
      }
    }
    assertEquals(file.read("whole").data, new Int32Array([1, 2]));
    assertThrows(() => [...file.pieces("whole")], InputError, "found I32, wanted F32");
    assertThrows(() => [...file.pieces("hole")], InputError, 'the nearest is "whole"');
  });
});

Deno.test("openSafetensors() reads bfloat16, behind a header that is not padded too", async () => {
  const header = '{"b":{"dtype":"BF16","shape":[3],"data_offsets":[0,6]}}';
  const bytes = new Uint8Array(8 + header.length + 6);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
  bytes.set(new TextEncoder().encode(header), 8);
  const halves = [0x3f80, 0xc000, 0x7f80];
  halves.forEach((half, i) => bytes.set([half & 255, half >> 8], 8 + header.length + 2 * i));
  await withFolder({ "x.safetensors": bytes }, async (folder) => {
    const file = await openSafetensors(join(folder, "x.safetensors"));
    assertEquals([...file.pieces("b")].map((piece) => [...piece]), [[1, -2, Infinity]]);
  });
});

Deno.test("openSafetensors() refuses what decodeSafetensors() refuses, with the same words", async () => {
  const good = encodeSafetensors(new Map([["a", { shape: [4], data: new Float32Array(4) }]]));
  const long = good.slice();
  new DataView(long.buffer).setBigUint64(0, 2n ** 60n, true);
  const beyond = good.slice();
  new DataView(beyond.buffer).setBigUint64(0, 5000n, true);
  const damaged = [...Array(good.length).keys()].map((length) => good.slice(0, length));
  let refused = 0;
  for (const bytes of [...damaged, new Uint8Array([...good, 0]), long, beyond]) {
    await withFolder({ "x.safetensors": bytes }, async (folder) => {
      const path = join(folder, "x.safetensors");
      const { message } = assertThrows(() => decodeSafetensors(bytes, path), InputError);
      const other = await assertRejects(() => openSafetensors(path), InputError);
      assertEquals(other.message, message);
      refused++;
    });
  }
  assertEquals(refused, good.length + 3);
  await assertRejects(() => openSafetensors("nowhere.safetensors"), Deno.errors.NotFound);
});

Deno.test("openSafetensors() notices that the file has changed or is gone", async () => {
  const tensors = new Map([["a", { shape: [4], data: new Float32Array(4) }]]);
  await withFolder({ "x.safetensors": encodeSafetensors(tensors) }, async (folder) => {
    const path = join(folder, "x.safetensors");
    const file = await openSafetensors(path);
    await Deno.utime(path, 1000, 1000);
    const changed = "it has changed since it was opened; leave it alone until the model is loaded";
    assertThrows(() => file.readFloat32("a"), InputError, changed);
    const again = await openSafetensors(path);
    await Deno.remove(path);
    assertThrows(() => again.readFloat32("a"), InputError, `Cannot read ${path}: `);
  });
});

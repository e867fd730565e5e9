import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { InputError } from "../../src/errors.ts";
import { CHECKSUMS_NAME, verifyChecksums, writeChecksums } from "../../src/io/checksums.ts";
import { withFolder } from "../support/with_folder.ts";

const FILES = {
  "model.safetensors": Uint8Array.from({ length: 3000 }, (_, i) => i * 7),
  "1_Pooling/config.json": "{}\n",
  "empty": "",
};
const STATE = { "trainer_state.json": '{"epoch": 1, "name": "ä"}' };

/** A directory with checksums, and what is yet to be written there. */
async function withChecksums(test: (folder: string) => Promise<void>): Promise<void> {
  await withFolder(FILES, async (folder) => {
    await writeChecksums(folder, STATE);
    for (const [name, text] of Object.entries(STATE)) {
      await Deno.writeTextFile(join(folder, name), text);
    }
    await test(folder);
  });
}

async function flip(path: string, bit: number): Promise<void> {
  const bytes = await Deno.readFile(path);
  bytes[bit >> 3] ^= 1 << (bit & 7);
  await Deno.writeFile(path, bytes);
}

Deno.test("writeChecksums() gives size and digest of every file, as sha256sum does", async () => {
  await withChecksums(async (folder) => {
    const { version, files } = JSON.parse(await Deno.readTextFile(join(folder, CHECKSUMS_NAME)));
    assertEquals(version, 1);
    const names = [...Object.keys(FILES), ...Object.keys(STATE)].sort();
    assertEquals(Object.keys(files), names);
    for (const name of names) {
      const bytes = await Deno.readFile(join(folder, name));
      const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
      assertEquals(files[name], { bytes: bytes.length, sha256: digest.toHex() }, name);
    }
    assertEquals(await verifyChecksums(folder), true);
    await Deno.writeTextFile(join(folder, "notes.txt"), "a user's own");
    assertEquals(await verifyChecksums(folder), true);
  });
});

Deno.test("verifyChecksums() hashes files that are read in several pieces", async () => {
  const bytes = new Uint8Array(9 * 2 ** 20 + 1).fill(7);
  await withFolder({ "large": bytes }, async (folder) => {
    await writeChecksums(folder);
    assertEquals(await verifyChecksums(folder), true);
    await flip(join(folder, "large"), 8 * bytes.length - 1);
    await assertRejects(() => verifyChecksums(folder), InputError, "its digest differs");
  });
});

Deno.test("verifyChecksums() names the file in which a bit was flipped", async () => {
  await withChecksums(async (folder) => {
    let flips = 0;
    for (const name of [...Object.keys(FILES), ...Object.keys(STATE)]) {
      const path = join(folder, name);
      const { size } = await Deno.stat(path);
      for (let bit = 0; bit < 8 * size; bit += 1 + size) {
        await flip(path, bit);
        const message =
          `Cannot trust ${path}: its digest differs from that in checksums.json: found `;
        await assertRejects(() => verifyChecksums(folder), InputError, message);
        await flip(path, bit);
        flips++;
      }
    }
    assertEquals(flips, 8 + 6 + 8);
    assertEquals(await verifyChecksums(folder), true);
  });
});

Deno.test("verifyChecksums() refuses checksums with a flipped bit, wherever it is", async () => {
  await withChecksums(async (folder) => {
    const path = join(folder, CHECKSUMS_NAME);
    const bits = 8 * (await Deno.stat(path)).size;
    const accepted: number[] = [];
    // A step that is no divisor of 8 comes by every bit of a byte.
    for (let bit = 0; bit < bits; bit += 13) {
      await flip(path, bit);
      await verifyChecksums(folder).then(() => accepted.push(bit), (error) => {
        assert(error instanceof InputError, String(error));
        assert(error.message.includes(folder), error.message);
      });
      await flip(path, bit);
    }
    assert(bits > 4000, `${bits} bits`);
    // A bit that turns one blank into another changes nothing.
    const text = await Deno.readTextFile(path);
    assertEquals(accepted.filter((bit) => !/\s/.test(text[bit >> 3])), []);
  });
});

Deno.test("verifyChecksums() names a file that is missing or of another size", async () => {
  await withChecksums(async (folder) => {
    const path = join(folder, "model.safetensors");
    await Deno.truncate(path, 2999);
    await assertRejects(
      () => verifyChecksums(folder),
      InputError,
      `Cannot trust ${path}: its size differs from that in checksums.json: found 2999, wanted 3000`,
    );
    await Deno.remove(path);
    await assertRejects(
      () => verifyChecksums(folder),
      InputError,
      `Cannot read ${path}: it is missing, and checksums.json names it`,
    );
  });
});

Deno.test("verifyChecksums() tells where there are no checksums", async () => {
  await withFolder(FILES, async (folder) => {
    assertEquals(await verifyChecksums(folder), false);
    await Deno.mkdir(join(folder, CHECKSUMS_NAME));
    await assertRejects(() => verifyChecksums(folder), InputError, "Cannot read");
  });
});

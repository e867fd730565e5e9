/** What the checksums of a checkpoint cost: 400 MB as a model and its optimizer, and one of a tiny model. */
import { join } from "@std/path";
import { verifyChecksums, writeChecksums } from "../src/io/checksums.ts";

/** Files of a checkpoint by name, in bytes. */
const CHECKPOINTS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  "400 MB": { "model.safetensors": 133e6, "optimizer.safetensors": 267e6 },
  "300 kB in 16 files": {
    "model.safetensors": 93_144,
    "optimizer.safetensors": 187_000,
    ...Object.fromEntries(Array.from({ length: 14 }, (_, i) => [`file_${i}.json`, 1500])),
  },
};

for (const [name, files] of Object.entries(CHECKPOINTS)) {
  const directory = Deno.makeTempDirSync();
  for (const [file, size] of Object.entries(files)) {
    Deno.writeFileSync(join(directory, file), new Uint8Array(size).map((_, i) => i * 31));
  }
  globalThis.addEventListener("unload", () => Deno.removeSync(directory, { recursive: true }));
  Deno.bench(
    { name: `write the checksums of ${name}`, group: name, n: 10, warmup: 1 },
    async () => {
      await writeChecksums(directory);
    },
  );
  Deno.bench(
    { name: `verify the checksums of ${name}`, group: name, n: 10, warmup: 1 },
    async () => {
      await verifyChecksums(directory);
    },
  );
  const bytes = Object.keys(files).map((file) => Deno.readFileSync(join(directory, file)));
  Deno.bench(
    { name: `digest ${name} by crypto.subtle`, group: name, n: 10, warmup: 1 },
    async () => {
      for (const whole of bytes) await crypto.subtle.digest("SHA-256", whole);
    },
  );
}

/**
 * The tiny encoders of tests/golden as directories that are whole: all have the tiny BERT's vocabulary.
 *
 * @module
 */
import { fromFileUrl, join } from "@std/path";
import { goldenConfig } from "../golden/golden.ts";
import { withFolder } from "./with_folder.ts";

const GOLDEN = fromFileUrl(new URL("../golden", import.meta.url));

/** The architectures that there are tiny encoders of. */
export const GOLDEN_KINDS: readonly string[] = [
  "bert",
  "roberta",
  "distilbert",
  "mpnet",
  "modernbert",
];

/**
 * Runs a test with the directory of a tiny encoder, which is removed afterwards.
 *
 * @param kind Its architecture.
 * @param options What its configuration says otherwise (undefined leaves a key out), and more files.
 * @param test What to do there.
 */
export async function withGoldenModel(
  kind: string,
  { config = {}, files = {} }: {
    config?: Record<string, unknown>;
    files?: Record<string, string | Uint8Array>;
  },
  test: (directory: string) => unknown,
): Promise<void> {
  await withFolder({
    "model.safetensors": await Deno.readFile(join(GOLDEN, `${kind}_tiny/model.safetensors`)),
    "vocab.txt": await Deno.readTextFile(join(GOLDEN, "bert_tiny/vocab.txt")),
    "config.json": JSON.stringify({ ...await goldenConfig(kind), ...config }),
    ...files,
  }, test);
}

/**
 * The command `tune`.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import { Gpu } from "../gpu/device.ts";
import { writeKernelChoices } from "../io/kernel_choices_file.ts";
import { newSmallModel } from "../models/new_small_model.ts";
import { SentenceTransformer } from "../models/sentence_transformer.ts";
import { linearProducts } from "../ops/linear_products.ts";
import { type TunedProduct, tuneMatmul } from "../ops/tune_matmul.ts";
import { formatTable } from "../reporters/table.ts";
import type { OwnFlag } from "../train/arguments/flags.ts";
import { positiveInteger } from "./positive_integer.ts";
import { readFlags } from "./read_flags.ts";

const FLAGS = {
  model: { takes: "text" },
  tokens: { takes: "text" },
  precision: { takes: "text" },
} as const satisfies Record<string, OwnFlag>;
const PRECISIONS = ["f32", "f16", "bf16"] as const;
const TOKENS = 2048;

/**
 * Measures the variants of the matrix product at a model's shapes, shows and keeps what is fastest here.
 *
 * @param tokens The command line after `tune`.
 * @throws {UsageError} For flags without sense.
 * @throws {InputError} For a model that cannot be read.
 * @throws {OutputError} If the choices cannot be kept.
 */
export async function tune(tokens: readonly string[] = []): Promise<void> {
  const { flags, rest } = readFlags("tune", tokens, FLAGS);
  if (rest.length > 0) throw new UsageError(`Cannot read "${rest[0]}": tune takes flags alone`);
  const value = (flag: keyof typeof FLAGS) => flags.get(flag)?.at(-1);
  const dtype = precision(value("precision") ?? "f32");
  const batch = positiveInteger("tokens", value("tokens")) ?? TOKENS;
  const gpu = await Gpu.request();
  try {
    const path = value("model");
    const model = path === undefined
      ? await newSmallModel(gpu, { trainable: false })
      : await SentenceTransformer.load(gpu, path);
    const weights = model.store.parameters
      .map(({ name, init: { shape } }) => ({ name, shape }))
      .filter(({ name, shape }) => shape.length === 2 && !name.includes("embeddings"));
    console.log(`Measuring on ${gpu.info.description}`);
    const products = await tuneMatmul(gpu, linearProducts(weights, { tokens: batch, dtype }));
    console.log(table(products));
    const kept = await writeKernelChoices(gpu.info.description, gpu.choices.toJson());
    console.log(kept === null ? "Kept nowhere: there is no folder for caches" : `Kept in ${kept}`);
  } finally {
    gpu.destroy();
  }
}

function precision(given: string): typeof PRECISIONS[number] {
  const found = PRECISIONS.find((name) => name === given);
  if (found !== undefined) return found;
  throw new UsageError(
    `Cannot read --precision: found "${given}", wanted ${PRECISIONS.join(", ")}`,
  );
}

function table(products: readonly TunedProduct[]): string {
  const variants = [...new Set(products.flatMap(({ milliseconds }) => [...milliseconds.keys()]))];
  const rows = products.map(({ shape: { name, m, n, k, layout }, milliseconds, chosen }) => [
    name,
    `${m} x ${n} x ${k} ${layout}`,
    ...variants.map((variant) => milliseconds.get(variant) ?? NaN),
    chosen,
    2 * m * n * k / milliseconds.get(chosen)! / 1e6,
  ]);
  const headings = ["product", "shape", ...variants.map((name) => `${name}, ms`), "chosen"];
  return formatTable([...headings, "GFLOP/s"], rows, { digits: 2 });
}

/**
 * A run of the tiny model at an edge, and what it came to.
 *
 * @module
 */
import { join } from "@std/path";
import type { SentenceTransformer } from "../../src/models/sentence_transformer.ts";
import type { ArgumentValues } from "../../src/train/arguments/argument_values.ts";
import type { TrainerInputs } from "../../src/train/trainer_inputs.ts";
import { testGpu } from "../support/gpu.ts";
import { bitsOf, destroyTrainer, tinyModel, tinyTrainer } from "../support/tiny_training.ts";
import { withFolder } from "../support/with_folder.ts";

/** What a run came to. */
export interface EdgeRun {
  /** Optimizer steps done. */
  readonly steps: number;
  /** Losses of the log. */
  readonly losses: readonly number[];
  /** Learning rates of the log. */
  readonly rates: readonly number[];
  /** Evaluation losses of the log. */
  readonly evaluations: readonly number[];
  /** Names of parameters that changed. */
  readonly changed: readonly string[];
  /** Whether all parameters are finite. */
  readonly isFinite: boolean;
  /** Parameters at the end, as bits. */
  readonly bits: Readonly<Record<string, Uint32Array>>;
  /** What was told. */
  readonly lines: readonly string[];
}

/**
 * Trains the tiny model for three steps on twelve pairs, or as is said.
 *
 * @param values Other arguments.
 * @param inputs Other inputs; `prepare` may change the model first.
 */
export async function edgeRun(
  values: Partial<ArgumentValues>,
  { prepare, ...inputs }:
    & Partial<TrainerInputs>
    & { prepare?: (model: SentenceTransformer) => void } = {},
): Promise<EdgeRun> {
  const lines: string[] = [];
  const reporters = [{ message: (line: string) => void lines.push(line) }];
  const gpu = await testGpu();
  let found: EdgeRun | null = null;
  await withFolder({}, async (folder) => {
    const args = { outputDir: join(folder, "out"), maxSteps: 3, loggingSteps: 1, ...values };
    const model = await tinyModel(gpu);
    prepare?.(model);
    const trainer = await tinyTrainer(gpu, args, { reporters, ...inputs, model });
    try {
      const before = await bitsOf(model);
      const { globalStep: steps } = await trainer.train();
      const bits = await bitsOf(model);
      const logged = (key: string) =>
        trainer.state.logHistory.filter((entry) => key in entry).map((entry) => Number(entry[key]));
      found = {
        steps,
        losses: logged("loss"),
        rates: logged("learning_rate"),
        evaluations: logged("eval_loss"),
        changed: Object.keys(bits).filter((name) =>
          bits[name].some((word, i) => word !== before[name][i])
        ),
        isFinite: Object.values(bits).every((words) =>
          new Float32Array(words.buffer).every(Number.isFinite)
        ),
        bits,
        lines,
      };
    } finally {
      await destroyTrainer(trainer);
    }
  });
  return found!;
}

/**
 * Makes a model give the same vector for every text.
 *
 * @param model The tiny BERT.
 * @param value What each of its token vectors consists of; the embedding is their mean.
 */
export function makeConstant(model: SentenceTransformer, value: number): void {
  const last = "encoder.layer.1.output.LayerNorm.";
  for (const { value: tensor, init } of model.store.parameters) {
    const name = init.parts[0].name;
    if (!name.startsWith(last)) continue;
    const data = new Float32Array(tensor.size).fill(name.endsWith("bias") ? value : 0);
    model.gpu.recorder.upload(tensor, data);
  }
}

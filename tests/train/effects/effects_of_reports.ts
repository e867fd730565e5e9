/**
 * What shows the effects of arguments about logs, chance, precision and memory.
 *
 * @module
 */
import type { ArgumentName } from "../../../src/train/arguments/fields.ts";
import { MultipleNegativesRankingLoss } from "../../../src/losses/multiple_negatives_ranking_loss.ts";
import type { TrainerInputs } from "../../../src/train/trainer_inputs.ts";
import { tinyPairs } from "../../support/tiny_training.ts";
import type { ShownEffect, ShownElsewhere } from "./effects.ts";
import { type ObservedRun, stepsWith, valuesOf } from "./observed_run.ts";

const held = () => ({ evalDataset: tinyPairs(6, "dev") });
const logged = (run: ObservedRun) => stepsWith(run, "loss");

/** A loss whose second batch is no number. */
function spoilt(): Partial<TrainerInputs> {
  const loss = new MultipleNegativesRankingLoss();
  const { forward } = loss;
  let calls = 0;
  loss.forward = (tape, batch) => {
    const value = forward.call(loss, tape, batch);
    if (++calls === 2) tape.gpu.recorder.copy(tape.gpu.constant(NaN), value);
    return value;
  };
  return { loss };
}

/** By upstream name. */
export const EFFECTS_OF_REPORTS: Readonly<
  Partial<Record<ArgumentName, ShownEffect | ShownElsewhere>>
> = {
  logging_strategy: {
    base: { loggingSteps: 1 },
    change: { loggingStrategy: "epoch" },
    of: logged,
    is: [[1, 2, 3], [3]],
  },
  logging_steps: {
    base: { loggingSteps: 1 },
    change: { loggingSteps: 2 },
    of: logged,
    is: [[1, 2, 3], [2]],
  },
  logging_first_step: {
    base: { loggingSteps: 2 },
    change: { loggingFirstStep: true },
    of: logged,
    is: [[2], [1, 2]],
  },
  logging_nan_inf_filter: {
    base: { loggingSteps: 2 },
    change: { loggingNanInfFilter: false },
    inputs: spoilt,
    of: (run) => valuesOf(run, "loss").map(Number.isNaN),
    is: [[false], [true]],
  },
  report_to: {
    change: { reportTo: "tensorboard" },
    of: ({ files }) => files.filter((file) => file.includes("/runs/")).length,
    is: [0, 1],
  },
  logging_dir: { elsewhere: "tests/reporters/run_reporters_test.ts" },
  run_name: { elsewhere: "tests/train/run_log_test.ts" },
  disable_tqdm: { elsewhere: "tests/cli/reporter_for_test.ts" },
  log_level: {
    base: { saveStrategy: "epoch" },
    change: { logLevel: "info" },
    of: ({ messages }) => messages,
    is: [[], ["Saving model checkpoint of step 3"]],
  },
  include_num_input_tokens_seen: {
    base: { loggingSteps: 1 },
    change: { includeNumInputTokensSeen: true },
    of: ({ state, ...run }) => valuesOf({ state, ...run }, "num_input_tokens_seen").at(-1),
    is: [undefined, 138],
  },
  include_tokens_per_second: {
    change: { includeTokensPerSecond: true },
    of: ({ keys }) => keys.includes("train_tokens_per_second"),
    is: [false, true],
  },
  skip_memory_metrics: {
    base: { evaluationStrategy: "epoch" },
    change: { skipMemoryMetrics: false },
    inputs: held,
    of: ({ keys }) => keys.filter((key) => key.includes("_mem_")).length,
    is: [0, 12],
  },
  debug: { elsewhere: "tests/train/trainer_debug_test.ts" },
  seed: { change: { seed: 1 } },
  data_seed: { change: { dataSeed: 1 } },
  full_determinism: {
    change: { fullDeterminism: true },
    of: ({ reads, weights }) => [reads > 0, weights !== 0],
    is: [[false, true], [true, true]],
  },
  fp16: { change: { fp16: true } },
  bf16: { change: { bf16: true } },
  fp16_full_eval: {
    change: { fp16FullEval: true },
    inputs: held,
    of: ({ after }) => after.eval_loss,
  },
  bf16_full_eval: {
    change: { bf16FullEval: true },
    inputs: held,
    of: ({ after }) => after.eval_loss,
  },
  gradient_checkpointing: { change: { gradientCheckpointing: true }, of: ({ peak }) => peak },
  gradient_checkpointing_kwargs: {
    base: { gradientCheckpointing: true },
    change: { gradientCheckpointingKwargs: { every_n_layers: 2 } },
    of: ({ peak }) => peak,
  },
  use_cpu: { elsewhere: "tests/cli/train_test.ts" },
  prompts: {
    change: { prompts: "a b " },
    of: ({ state }) => state.tokensSeen,
    is: [138, 138 + 2 * 2 * 12],
  },
  learning_rate_mapping: { change: { learningRateMapping: { "word_embeddings": 0.1 } } },
};

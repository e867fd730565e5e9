/**
 * The texts of `help`.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import { EVALUATOR_NAMES } from "../evaluators/names.ts";
import { LOSS_NAMES } from "../losses/names.ts";
import { nearest } from "../nearest.ts";
import { argumentNameOf } from "../train/arguments/argument_name.ts";
import type { ArgumentValues } from "../train/arguments/argument_values.ts";
import { argumentFields, type ArgumentName } from "../train/arguments/fields.ts";
import { flagOf } from "../train/arguments/flags.ts";
import { argumentsHelp } from "../train/arguments/help.ts";
import { JOB_ARGUMENTS, NEW_MODEL_ARGUMENTS } from "./default_job.ts";
import { PROGRAM } from "./program_name.ts";

const OVERVIEW = `Usage: deno run -A cli.ts COMMAND [FLAGS]

Commands:
  train        train a sentence encoder; without flags, a small one on WordNet
  evaluate     measure a model with evaluators
  encode       embed texts, one a line
  export       write a model for other runtimes, as ONNX
  losses       show which loss fits which columns, or one loss: losses CoSENTLoss
  evaluators   show what evaluators measure, or one: evaluators TripletEvaluator
  report       draw the curves of one run, or of several to compare, as a page
  doctor       show the adapter that would be used, its features and limits
  tune         measure which kernels are fastest on this adapter, and keep that
  completions  print a script that makes bash, zsh or fish complete commands and flags
  help         show this text, or that of a command: help train

A command ends with exit code 0, with 2 for a wrong command line, with 1 for any other failure.`;

const EVALUATORS = `one of these, over each evaluation dataset; repeatable:
${EVALUATOR_NAMES.map((name) => `${" ".repeat(31)}${name}`).join("\n")}`;

const LOSSES = `one of these, for all datasets or for each:
${LOSS_NAMES.map((name) => `${" ".repeat(31)}${name}`).join("\n")}`;

const COLUMNS = `\
  --columns NAME=COLUMN,...    which text columns to take, in which order, and what to call them`;

const EVALUATE = `Usage: deno run -A cli.ts evaluate --model MODEL [FLAGS]

Measures a model; without a dataset on WordNet entry linking, beside BM25.

  --model MODEL                the model: a directory, or a name on the hub (docs/hub.md)
  --eval-dataset [NAME=]FILE   rows to measure with (.jsonl, .csv, .parquet, .arrow ...:
                               docs/formats.md); repeatable
${COLUMNS}
  --evaluator NAME[:{JSON}]    ${EVALUATORS}
  --max-seq-length N           tokens after which a text is cut
  --output-dir DIR             where to add rows to CSV files; none without it

Example:
  deno run -A cli.ts evaluate --model trainer_output/final \\
    --eval-dataset examples/pairs_dev.jsonl --evaluator InformationRetrievalEvaluator`;

const ENCODE = `Usage: deno run -A cli.ts encode --model MODEL [FLAGS] [FILE...]

Embeds the lines of files, in their order; - and no file at all mean standard input.

  --model MODEL          the model: a directory, or a name on the hub (docs/hub.md)
  --output FILE          .jsonl or .parquet (text and embedding), .npy or .safetensors (embeddings
                         alone); without it .jsonl is printed
  --batch-size N         texts of a batch; by default as many as make about 4,096 tokens
  --prompt TEXT          text to put before every text
  --prompt-name NAME     which of the model's prompts to put before every text
  --max-seq-length N     tokens after which a text is cut

Example:
  echo "the action of fetching" | deno run -A cli.ts encode --model trainer_output/final`;

const EXPORT = `Usage: deno run -A cli.ts export --model MODEL --output DIR [FLAGS]

Writes a model as ONNX, with its tokenizer, for ONNX Runtime, transformers.js and
sentence-transformers; an adapter's updates are in the weights. DIR is new, empty, or an earlier
export, which is replaced.

  --model MODEL          the model: a directory, or a name on the hub (docs/hub.md)
  --output DIR           where to write: onnx/model.onnx and its like, and the tokenizer's files
  --precision P          f32, by default, f16 or int8; repeatable, one file each (docs/formats.md)

Example:
  deno run -A cli.ts export --model trainer_output/final --output exported --precision int8`;

const LOSSES_HELP = `Usage: deno run -A cli.ts losses [NAME]

Shows which losses fit which columns and labels; with a name, what that loss optimises and wants.

Example:
  deno run -A cli.ts losses MultipleNegativesRankingLoss`;

const EVALUATORS_HELP = `Usage: deno run -A cli.ts evaluators [NAME]

Shows what evaluators measure; with a name, the metrics of that one and what it takes.

Example:
  deno run -A cli.ts evaluators InformationRetrievalEvaluator`;

const REPORT = `Usage: deno run -A cli.ts report [FLAGS] DIR...

Writes one page with the curves of a run, its evaluations and its arguments; of several runs, one
upon the other. The page needs no network. Runs of the original are read as well.

  --output FILE          the page; by default report.html in DIR, or here for several runs

Example:
  deno run -A cli.ts report trainer_output`;

const TUNE = `Usage: deno run -A cli.ts tune [FLAGS]

Measures every variant of the matrix product at a model's shapes, shows what is
fastest on this adapter, and keeps it for the runs to come: in SENTRAIN_CACHE, or in
sentrain/ of the system's cache folder.

  --model DIR            the model; without it the small one that train makes
  --tokens N             tokens of a batch, all texts together; 2048 by default
  --precision NAME       how operands are stored: f32, f16 (as with --fp16) or
                         bf16 (--bf16); f32 by default`;

const DOCTOR = `Usage: deno run -A cli.ts doctor

Shows the adapter that would be used, its features and limits, and the versions.`;

const COMPLETIONS = `Usage: deno run -A cli.ts completions SHELL

Prints a script that makes bash, zsh or fish complete commands, flags and their values, for the
command that "deno install --global -A --name sentrain cli.ts" makes, and in bash and zsh for ./dev.

Examples:
  source <(./dev completions bash)
  ./dev completions fish > ~/.config/fish/completions/sentrain.fish`;

const HELP = `Usage: deno run -A cli.ts help [COMMAND]

Shows what a command does and which flags it takes. "help permissions" shows how to run each with
no more permissions than it needs, and "help permissions COMMAND [FLAGS]" a command with its flags:
docs/permissions.md.

Example:
  deno run -A cli.ts help permissions encode --model trainer_output/final texts.txt`;

/** What most runs set, among all training arguments. */
const OFTEN: readonly ArgumentName[] = [
  "output_dir",
  "num_train_epochs",
  "max_steps",
  "per_device_train_batch_size",
  "learning_rate",
  "warmup_ratio",
  "batch_sampler",
  "logging_steps",
  "evaluation_strategy",
  "save_strategy",
  "resume_from_checkpoint",
  "seed",
];

const TEXTS: Readonly<Record<string, (width: number) => string>> = {
  train: trainHelp,
  evaluate: () => EVALUATE,
  encode: () => ENCODE,
  export: () => EXPORT,
  losses: () => LOSSES_HELP,
  evaluators: () => EVALUATORS_HELP,
  report: () => REPORT,
  doctor: () => DOCTOR,
  tune: () => TUNE,
  completions: () => COMPLETIONS,
  help: () => HELP,
};

/**
 * The help text of a command.
 *
 * @param command Its name; undefined for the overview.
 * @param width Columns of a line, at least 40, for the training arguments.
 * @param program The words before a command.
 * @returns The text, without a line break at the end.
 * @throws {UsageError} If there is no such command.
 */
export function helpText(
  command: string | undefined,
  width: number,
  program: string = PROGRAM,
): string {
  if (command !== undefined && !Object.hasOwn(TEXTS, command)) throw unknownCommand(command);
  const text = command === undefined ? OVERVIEW : TEXTS[command](width);
  return text.replaceAll(PROGRAM, () => program);
}

/**
 * Says which commands there are.
 *
 * @param name What was given in place of one.
 * @returns The error.
 */
export function unknownCommand(name: string): UsageError {
  const known = Object.keys(TEXTS);
  const guess = nearest(name, known);
  return new UsageError(
    `Cannot run "${name}": the commands are ${known.join(", ")}` +
      (guess === null ? "" : `; the nearest is "${guess}"`),
  );
}

function trainHelp(width: number): string {
  return `Usage: deno run -A cli.ts train [FLAGS]

Without a dataset it trains on WordNet entry linking, without a model a small encoder from scratch.

Model and data:
  --model MODEL                a directory in the layout of sentence-transformers or Hugging Face,
                               or a name on the hub such as ORG/NAME or ORG/NAME@REVISION
  --train-dataset [NAME=]FILE  rows to train on (.jsonl, .csv, .parquet, .arrow and more, or
                               what save_to_disk wrote: docs/formats.md); repeatable
  --eval-dataset [NAME=]FILE   rows to evaluate with, by default after each epoch; repeatable
  --evaluator-dataset [NAME=]FILE  rows for the evaluators alone, in place of those; repeatable
${COLUMNS}
  --max-seq-length N           tokens after which a text is cut
  --streaming                  leave the rows on disk, as is done with files from 256 MiB on

Loss and evaluators:
  --loss [DATASET=]NAME[:{JSON}]  ${LOSSES}
                               by default MultipleNegativesRankingLoss, for rows without labels
  --guide MODEL                the model that GISTEmbedLoss and its like take advice from
  --evaluator NAME[:{JSON}]    ${EVALUATORS}

Low-rank updates:
  --lora-rank N                train low-rank updates of linear layers alone, in PEFT's format
  --lora-alpha X               the updates count X / N, by default X = 8
  --lora-dropout X             probability of dropping what an update reads, by default 0
  --lora-target-modules A,...  the layers, by the ends of their names; all-linear for all of
                               them; by default query and value
  --merge-adapter              save the final model with the updates in its weights

The run:
  --early-stopping-patience N  stop after N evaluations without improvement
  --early-stopping-threshold X  what counts as one, by default any
  --continue-when-saving-fails  say so and go on where a checkpoint cannot be written
  --gradient-compression KIND  send gradients to other processes in fewer bytes; fp16 for halves
  --dry-run                    show model, data, steps, memory and how long it may take, and stop;
                               nothing is written
  --profile FILE.json          record where the time of some steps goes, as a Chrome trace
  --profile-steps FIRST:COUNT  which steps, by default 5:10
  --gradient-histograms N      show TensorBoard how gradients are spread, every N steps; reads them
                               from the device
  --watch [PORT]               serve the curves of the run on this machine while it goes on, by
                               default on port 6007; 0 for any that is free

Arguments:
  --lenient                    warn of arguments that cannot be honoured here instead of refusing
  --config FILE.json           any of these and of the training arguments, in snake_case; flags win

Examples:
  deno run -A cli.ts train
  deno run -A cli.ts train --config examples/pairs.json --max-steps 10
  deno run -A cli.ts train --model DIR --train-dataset a.csv --columns anchor=title,positive=body

Training arguments that most runs give; all ${argumentFields.size} follow:

${inColumns(OFTEN.map(flagOf), width)}

What they are by default without --train-dataset, if other than below:

${inColumns(given(JOB_ARGUMENTS), width)}

Without --model:

${inColumns(given(NEW_MODEL_ARGUMENTS), width)}

${argumentsHelp(width)}`;
}

function given(values: Partial<ArgumentValues>): string[] {
  return Object.entries(values).map(([name, value]) => `${flagOf(argumentNameOf(name)!)} ${value}`);
}

function inColumns(items: readonly string[], width: number): string {
  const cell = Math.max(...items.map((item) => item.length)) + 2;
  const perLine = Math.max(1, Math.floor(width / cell));
  return items.map((item, i) =>
    i % perLine === perLine - 1 || i === items.length - 1 ? `  ${item}\n` : `  ${item}`.padEnd(cell)
  ).join("").trimEnd();
}

/**
 * The texts of `help`.
 *
 * @module
 */
import { EVALUATOR_NAMES } from "../evaluators/names.ts";
import { LOSS_NAMES } from "../losses/names.ts";
import { argumentsHelp } from "../train/arguments/help.ts";

const OVERVIEW = `Usage: deno run -A cli.ts COMMAND [FLAGS]

Commands:
  train     train a sentence encoder; without flags, a small one on WordNet
  evaluate  measure a model with evaluators
  encode    embed texts, one a line
  doctor    show the adapter that would be used, its features and limits
  help      show this text, or that of a command: help train`;

const EVALUATE = `Usage: deno run -A cli.ts evaluate --model DIR [FLAGS]

Without a dataset it measures WordNet entry linking, beside BM25.

  --model DIR                  the model
  --eval-dataset [NAME=]FILE   rows to measure with (.jsonl, .json, .csv, .tsv); repeatable
  --columns NAME=COLUMN,...    which columns to take, and what to call them
  --evaluator NAME[:{JSON}]    ${EVALUATOR_NAMES.join(", ")}; repeatable
  --output-dir DIR             where to add rows to CSV files; none without it`;

const ENCODE = `Usage: deno run -A cli.ts encode --model DIR [FLAGS] [FILE...]

Embeds the lines of files, or of standard input.

  --model DIR            the model
  --output FILE          .jsonl (text and embedding) or .npy; standard output without it
  --batch-size N         texts of a batch; by default as many as make about 4,096 tokens
  --prompt TEXT          text to put before every text
  --prompt-name NAME     which of the model's prompts to put before every text
  --max-seq-length N     tokens after which a text is cut`;

function trainHelp(width: number): string {
  return `Usage: deno run -A cli.ts train [FLAGS]

Without a dataset it trains on WordNet entry linking, without a model a small encoder from scratch.

  --model DIR                  a model in the layout of sentence-transformers or Hugging Face
  --train-dataset [NAME=]FILE  rows to train on (.jsonl, .json, .csv, .tsv)
  --eval-dataset [NAME=]FILE   rows to evaluate with; repeatable
  --columns NAME=COLUMN,...    which columns to take, and what to call them
  --loss NAME[:{JSON}]         ${LOSS_NAMES.join(", ")}
  --evaluator NAME[:{JSON}]    ${EVALUATOR_NAMES.join(", ")}; repeatable
  --max-seq-length N           tokens after which a text is cut
  --config FILE.json           any of these and of the training arguments, in snake_case

${argumentsHelp(width)}`;
}

/**
 * The help text of a command.
 *
 * @param command Its name; undefined for the overview.
 * @param width Columns of a line.
 * @returns The text.
 */
export function helpText(command: string | undefined, width: number): string {
  switch (command) {
    case "train":
      return trainHelp(width);
    case "evaluate":
      return EVALUATE;
    case "encode":
      return ENCODE;
    default:
      return OVERVIEW;
  }
}

import { assert, assertEquals } from "@std/assert";
import { Dataset } from "../../src/data/dataset.ts";
import { TripletEvaluator } from "../../src/evaluators/triplet_evaluator.ts";
import { MultipleNegativesRankingLoss } from "../../src/losses/multiple_negatives_ranking_loss.ts";
import { setUpRun } from "../../src/train/run_setup.ts";
import { SentenceTransformerTrainingArguments } from "../../src/train/arguments/sentence_transformer_training_arguments.ts";
import { TrainerState } from "../../src/train/state.ts";
import { trainerCard } from "../../src/train/trainer_card.ts";
import { testGpu } from "../support/gpu.ts";
import { tinyModel, tinyPairs } from "../support/tiny_training.ts";

Deno.test("trainerCard tells of data, loss, arguments and the latest results", async () => {
  const model = await tinyModel(await testGpu());
  const state = new TrainerState();
  state.log({ eval_dev_cosine_accuracy: 0.25, eval_runtime: 1 });
  state.globalStep = 9;
  state.log({ eval_dev_cosine_accuracy: 0.75, eval_runtime: 1 });
  const texts = new Map([["sentence", ["a b", "c"]]]);
  const scored = new Dataset({ name: "scored", texts, labels: [0.5, 1], labelColumn: "score" });
  const labels = [2, 0, 2, -1];
  const classNames = ["no", "may | be", "yes"];
  const rows = new Map([["sentence", ["a", "b", "c", "d"]]]);
  const classed = new Dataset({ name: "classed", texts: rows, labels, classNames });
  const triplets = (name: string) =>
    new TripletEvaluator({ name, anchors: ["a"], positives: ["b"], negatives: ["c"] });
  const inputs = {
    model,
    modelName: "tiny",
    trainDataset: [tinyPairs(7), scored, classed],
    evalDataset: tinyPairs(3, "held_out"),
    loss: Object.assign(new MultipleNegativesRankingLoss({ scale: 10 }), {
      checkColumns: () => {},
    }),
    evaluators: [triplets("dev"), triplets("unmeasured")],
  };
  const args = new SentenceTransformerTrainingArguments({ learningRate: 0.125 });
  const card = trainerCard(setUpRun(inputs, args), state, 60);
  const wanted = [
    "# tiny",
    "#### pairs",
    "- Size: 7 rows",
    "#### scored",
    "<code>score</code>",
    "#### held_out",
    '"scale": 10',
    "Triplet: dev",
    "0.7500",
    "`learning_rate`: 0.125",
    "dataset_size:13",
    "| class |",
    "<code>-1</code>: 25.0%<br><code>0 (no)</code>: 25.0%<br><code>2 (yes)</code>: 50.0% |",
    "<code>2 (yes)</code> |",
    "Henderson",
  ];
  for (const text of wanted) assert(card.includes(text), `the card lacks ${text}\n${card}`);
  assertEquals(wanted.length, 15);
  assert(!card.includes("unmeasured") && !card.includes("eval_runtime"));
  model.destroy();
});

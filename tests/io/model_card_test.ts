import { assert, assertEquals } from "@std/assert";
import { modelCard } from "../../src/io/model_card.ts";
import type { DatasetFacts, ModelCardFacts } from "../../src/io/model_card_facts.ts";

const PAIRS: DatasetFacts = {
  name: "pairs.jsonl",
  size: 76_259,
  columns: [
    {
      name: "anchor",
      type: "string",
      statistics: { unit: "tokens", minimum: 4, mean: 12.3456, maximum: 64 },
    },
    { name: "score", type: "float", statistics: null },
  ],
  measuredRows: 1000,
  samples: [["a | b", 0.5], ["c\nd", 1], ["e", 0]],
  loss: {
    name: "CoSENTLoss",
    config: { scale: 20 },
    citation: "@misc{cosent, title={CoSENT}}\n",
  },
};

const FACTS: ModelCardFacts = {
  name: "Word finder",
  baseModel: "example/bert-tiny",
  languages: ["en"],
  license: "mit",
  encoder: "Transformer: bert",
  parameterCount: 4_370_000,
  maxSequenceLength: 64,
  dimension: 128,
  similarity: "cosine",
  modules: [{ type: "Pooling", modes: ["mean"], includePrompt: true }, { type: "Normalize" }],
  evaluations: [{
    task: "Information Retrieval",
    dataset: "dev",
    evaluator: "InformationRetrievalEvaluator",
    metrics: { "cosine_ndcg@10": 0.64218, cosine_accuracy: 0.5 },
    primaryMetric: "cosine_ndcg@10",
  }],
  trainingDatasets: [PAIRS],
  evaluationDatasets: [{ ...PAIRS, name: "dev.jsonl", size: 100 }],
  nonDefaultArguments: { learning_rate: 3e-3, output_dir: "out" },
  allArguments: { learning_rate: 3e-3, output_dir: "out", seed: 42 },
  logHistory: [{ epoch: 0.5, step: 10, loss: 0.5 }, { epoch: 1, step: 20, eval_loss: 0.25 }],
  bestStep: 20,
  adapter: "some adapter",
  trainingSeconds: 131.25,
  versions: { sentrain: "0.1.0", Deno: "2.9.6" },
};

/** A model of which nothing is known but its shape. */
const BARE: ModelCardFacts = {
  ...FACTS,
  baseModel: null,
  languages: [],
  license: null,
  maxSequenceLength: null,
  modules: [],
  evaluations: [],
  trainingDatasets: [],
  evaluationDatasets: [],
  nonDefaultArguments: {},
  allArguments: {},
  logHistory: [],
  bestStep: null,
  adapter: null,
  trainingSeconds: null,
  versions: {},
};

function headings(card: string): string[] {
  return card.replaceAll(/^```[\s\S]*?^```/gm, "").match(/^#+ .*$/gm) ?? [];
}

Deno.test("modelCard() begins with the metadata that hubs read", () => {
  const lines = [
    "---",
    "language:",
    "- en",
    "license: mit",
    "library_name: sentence-transformers",
    "tags:",
    "- sentence-transformers",
    "- sentence-similarity",
    "- feature-extraction",
    "- generated_from_trainer",
    "- dataset_size:76259",
    "- loss:CoSENTLoss",
    "base_model: example/bert-tiny",
    "pipeline_tag: sentence-similarity",
    "metrics:",
    "- cosine_ndcg@10",
    "- cosine_accuracy",
    "model-index:",
    "- name: Word finder",
    "  results:",
    "  - task:",
    "      type: information-retrieval",
    "      name: Information Retrieval",
    "    dataset:",
    "      name: dev",
    "      type: dev",
    "    metrics:",
    "    - type: cosine_ndcg@10",
    "      value: 0.64218",
    "      name: Cosine Ndcg@10",
    "    - type: cosine_accuracy",
    "      value: 0.5",
    "      name: Cosine Accuracy",
    "---",
    "",
    "# Word finder",
    "",
  ];
  assertEquals(modelCard(FACTS).split("\n").slice(0, lines.length), lines);
});

Deno.test("modelCard() has every section in order", () => {
  assertEquals(headings(modelCard(FACTS)), [
    "# Word finder",
    "## Model Details",
    "### Architecture",
    "## Usage",
    "### With sentrain",
    "### With sentence-transformers",
    "## Evaluation",
    "### Information Retrieval: dev",
    "## Training Details",
    "### Training Dataset",
    "#### pairs.jsonl",
    "### Evaluation Dataset",
    "#### dev.jsonl",
    "### Training Hyperparameters",
    "#### Non-Default Hyperparameters",
    "#### All Hyperparameters",
    "### Training Logs",
    "### Training Hardware",
    "### Framework Versions",
    "## Citation",
    "### CoSENTLoss",
  ]);
});

Deno.test("modelCard() shows what it was told", () => {
  const card = modelCard(FACTS);
  const shown = [
    "fine-tuned from example/bert-tiny on pairs.jsonl with sentrain",
    "- **Maximum Sequence Length:** 64 tokens",
    "- **Output Dimensionality:** 128 dimensions",
    "- **Similarity Function:** cosine",
    "(0) Transformer: bert, 4,370,000 parameters in all\n(1) Pooling: mean\n(2) Normalize: unit length",
    "deno run -A cli.ts encode --model DIR",
    'SentenceTransformer("DIR")',
    "| **cosine_ndcg@10** | **0.6422** |\n| cosine_accuracy | 0.5000 |",
    "- Size: 76,259 rows\n- Columns: <code>anchor</code>, <code>score</code>",
    "Statistics of the first 1,000 rows:",
    "| spread | min: 4 tokens<br>mean: 12.35 tokens<br>max: 64 tokens | - |",
    "| <code>a &#124; b</code> | <code>0.5</code> |\n| <code>c d</code> | <code>1</code> |",
    'Loss: `CoSENTLoss`\n\n```json\n{\n  "scale": 20\n}\n```',
    '- `learning_rate`: 0.003\n- `output_dir`: "out"\n\n#### All',
    "- `seed`: 42",
    "| **1.0000** | **20** | **-** | **0.2500** |\n\nThe bold row is the saved model.",
    "- Adapter: some adapter\n- Training time: 131.3 s",
    "- sentrain: 0.1.0\n- Deno: 2.9.6",
    "```bibtex\n@misc{cosent, title={CoSENT}}\n```",
  ];
  assertEquals(shown.length, 19);
  for (const text of shown) assert(card.includes(text), `the card lacks: ${text}`);
  assert(card.endsWith("```\n"));
});

Deno.test("modelCard() leaves out what is not known", () => {
  const card = modelCard(BARE);
  assertEquals(headings(card), [
    "# Word finder",
    "## Model Details",
    "### Architecture",
    "## Usage",
    "### With sentrain",
    "### With sentence-transformers",
  ]);
  assert(card.includes("A sentence embedding model, trained with sentrain."));
  assert(card.includes("- **Maximum Sequence Length:** not set"));
  for (const absent of ["undefined", "null", "dataset_size", "loss:", "base_model", "\n\n\n"]) {
    assert(!card.includes(absent), `the card holds: ${absent}`);
  }
});

Deno.test("modelCard() folds long logs and marks no row when none is the best", () => {
  const entries = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ epoch: 1, step: index, loss: 0.5 }));
  const logs = (count: number) =>
    modelCard({ ...BARE, logHistory: entries(count) }).split("### Training Logs")[1];
  assert(!logs(30).includes("<details>"));
  assert(logs(31).includes("<details>"));
  assert(!logs(30).includes("bold"));
});

Deno.test("modelCard() cites a loss of several datasets once", () => {
  const twice = modelCard({
    ...FACTS,
    trainingDatasets: [PAIRS, { ...PAIRS, name: "more.jsonl" }],
  });
  assertEquals(twice.split("```bibtex").length, 2);
  assert(twice.includes("### Training Datasets"));
  assert(twice.includes("dataset_size:152518"));
});

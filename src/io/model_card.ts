/**
 * The model card: `README.md` of a saved model, which tells people and hubs what the model is, how it
 * was trained and how good it is.
 *
 * @module
 */
import { codeBlock, codeCell, frontMatter, markdownTable } from "./markdown.ts";
import type {
  ClassStatistics,
  ColumnFacts,
  DatasetFacts,
  EvaluationFacts,
  ModelCardFacts,
} from "./model_card_facts.ts";
import type { ModuleConfig } from "./module_config.ts";
import { formatNumber, trainingLogsTable } from "./training_logs_table.ts";

/** Rows of a table above which it is folded. */
const FOLDED_ROWS = 30;

/** Classes of a label whose shares are told. */
const SHOWN_CLASSES = 20;

/**
 * Writes a model card.
 *
 * @param facts What it tells.
 * @returns The text of `README.md`.
 */
export function modelCard(facts: ModelCardFacts): string {
  const sections = [
    cardMetadata(facts),
    `# ${facts.name}\n\n${introduction(facts)}`,
    modelDetails(facts),
    usage(facts),
    evaluation(facts.evaluations),
    trainingDetails(facts),
    citation([...facts.trainingDatasets, ...facts.evaluationDatasets]),
  ];
  return joinSections(sections) + "\n";
}

function joinSections(sections: readonly string[]): string {
  return sections.filter((section) => section !== "").join("\n\n");
}

function cardMetadata(facts: ModelCardFacts): string {
  const rows = facts.trainingDatasets.reduce((sum, { size }) => sum + size, 0);
  const losses = new Set(facts.trainingDatasets.map(({ loss }) => `loss:${loss.name}`));
  const results = facts.evaluations.map(({ task, dataset, metrics }) => ({
    task: { type: slug(task), name: task },
    dataset: { name: dataset, type: slug(dataset) },
    metrics: Object.entries(metrics).map(([type, value]) => ({ type, value, name: title(type) })),
  }));
  return frontMatter({
    language: facts.languages,
    license: facts.license,
    library_name: "sentence-transformers",
    tags: [
      "sentence-transformers",
      "sentence-similarity",
      "feature-extraction",
      "generated_from_trainer",
      ...(rows > 0 ? [`dataset_size:${rows}`] : []),
      ...losses,
    ],
    base_model: facts.baseModel,
    pipeline_tag: "sentence-similarity",
    metrics: [...new Set(facts.evaluations.flatMap(({ metrics }) => Object.keys(metrics)))],
    "model-index": results.length > 0 ? [{ name: facts.name, results }] : [],
  });
}

function slug(text: string): string {
  return text.toLowerCase().replaceAll(/[^a-z0-9.]+/g, "-").replaceAll(/^-+|-+$/g, "") || "unknown";
}

function title(metric: string): string {
  return metric.split("_").map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(" ");
}

function introduction({ baseModel, trainingDatasets, dimension }: ModelCardFacts): string {
  const origin = baseModel === null ? "trained" : `fine-tuned from ${baseModel}`;
  const names = trainingDatasets.map(({ name }) => name).join(", ");
  const data = names === "" ? "" : ` on ${names}`;
  return `A sentence embedding model, ${origin}${data} with sentrain. It maps a text to a vector of ` +
    `${dimension} numbers, for semantic search, similarity, clustering and classification.`;
}

function modelDetails(facts: ModelCardFacts): string {
  const { maxSequenceLength } = facts;
  const limit = maxSequenceLength === null ? "not set" : `${maxSequenceLength} tokens`;
  const modules = [
    `(0) ${facts.encoder}, ${groupDigits(facts.parameterCount)} parameters in all`,
    ...facts.modules.map((module, i) => `(${i + 1}) ${module.type}: ${moduleDetails(module)}`),
  ];
  const list = [
    "- **Model Type:** Sentence Transformer",
    ...(facts.baseModel === null ? [] : [`- **Base Model:** ${facts.baseModel}`]),
    `- **Maximum Sequence Length:** ${limit}`,
    `- **Output Dimensionality:** ${facts.dimension} dimensions`,
    `- **Similarity Function:** ${facts.similarity}`,
    ...(facts.languages.length === 0 ? [] : [`- **Language:** ${facts.languages.join(", ")}`]),
    ...(facts.license === null ? [] : [`- **License:** ${facts.license}`]),
  ];
  return `## Model Details\n\n${list.join("\n")}\n\n### Architecture\n\n` +
    codeBlock("", modules.join("\n"));
}

function moduleDetails(module: ModuleConfig): string {
  switch (module.type) {
    case "Pooling":
      return module.modes.join(" + ") +
        (module.includePrompt ? "" : ", without the tokens of a prompt");
    case "Dense":
      return `${module.inFeatures} to ${module.outFeatures} dimensions, ${module.activation}`;
    case "Normalize":
      return "unit length";
    case "Dropout":
      return `of ${module.probability} in training`;
    case "LayerNorm":
      return `${module.dimension} dimensions`;
  }
}

function usage({ dimension }: ModelCardFacts): string {
  const python = `from sentence_transformers import SentenceTransformer

model = SentenceTransformer("DIR")
sentences = ["A ferry crosses the strait.", "The boat sails over the sea.", "Bread needs yeast."]
embeddings = model.encode(sentences)
print(embeddings.shape)  # (3, ${dimension})
print(model.similarity(embeddings, embeddings))`;
  return "## Usage\n\n`DIR` is the directory of this file.\n\n### With sentrain\n\n" +
    codeBlock("sh", "deno run -A cli.ts encode --model DIR") +
    "\n\n### With sentence-transformers\n\n" + codeBlock("python", python);
}

function evaluation(evaluations: readonly EvaluationFacts[]): string {
  if (evaluations.length === 0) return "";
  const parts = evaluations.map(({ task, dataset, evaluator, metrics, primaryMetric }) => {
    const rows = Object.entries(metrics).map(([name, value]) => {
      const cells = [name, formatNumber(value)];
      return name === primaryMetric ? cells.map((cell) => `**${cell}**`) : cells;
    });
    return `### ${task}: ${dataset}\n\nEvaluated with \`${evaluator}\`.\n\n` +
      markdownTable(["Metric", "Value"], rows);
  });
  return ["## Evaluation", ...parts].join("\n\n");
}

function trainingDetails(facts: ModelCardFacts): string {
  const details = joinSections([
    datasets("Training", facts.trainingDatasets),
    datasets("Evaluation", facts.evaluationDatasets),
    hyperparameters(facts),
    trainingLogs(facts),
    frameworkVersions(facts),
  ]);
  return details === "" ? "" : `## Training Details\n\n${details}`;
}

function datasets(kind: "Training" | "Evaluation", all: readonly DatasetFacts[]): string {
  if (all.length === 0) return "";
  const heading = `### ${kind} Dataset${all.length > 1 ? "s" : ""}`;
  return [heading, ...all.map(datasetSection)].join("\n\n");
}

function datasetSection(facts: DatasetFacts): string {
  const { name, size, columns, measuredRows, samples, loss } = facts;
  const titles = columns.map((column) => codeCell(column.name));
  const parts = [
    `#### ${name}\n\n- Size: ${groupDigits(size)} rows\n` +
    `- Columns: ${titles.join(", ")}`,
  ];
  if (columns.some(({ statistics }) => statistics !== null)) {
    parts.push(
      `Statistics of the first ${groupDigits(measuredRows)} rows:`,
      markdownTable(["", ...titles], [
        ["type", ...columns.map(({ type }) => type)],
        ["spread", ...columns.map(({ statistics }) => spread(statistics))],
      ]),
    );
  }
  if (samples.length > 0) {
    const rows = samples.map((values) => values.map((value) => codeCell(String(value))));
    parts.push("Samples:", markdownTable(titles, rows));
  }
  const config = Object.keys(loss.config).length === 0
    ? []
    : [codeBlock("json", JSON.stringify(loss.config, null, 2))];
  return [...parts, `Loss: \`${loss.name}\``, ...config].join("\n\n");
}

function spread(statistics: ColumnFacts["statistics"]): string {
  if (statistics === null) return "-";
  if ("shares" in statistics) return classShares(statistics);
  const { unit, minimum, mean, maximum } = statistics;
  return Object.entries({ min: minimum, mean, max: maximum })
    .map(([label, value]) => `${label}: ${Number(value.toFixed(2))} ${unit}`.trimEnd())
    .join("<br>");
}

function classShares({ shares }: ClassStatistics): string {
  const shown = [...shares].slice(0, SHOWN_CLASSES)
    .map(([name, share]) => `${codeCell(name)}: ${(100 * share).toFixed(1)}%`);
  const others = shares.size - shown.length;
  return [...shown, ...(others > 0 ? [`and ${others} more`] : [])].join("<br>");
}

function hyperparameters({ nonDefaultArguments, allArguments }: ModelCardFacts): string {
  const list = (values: Readonly<Record<string, unknown>>): string =>
    Object.entries(values).map(([name, value]) => `- \`${name}\`: ${JSON.stringify(value)}`)
      .join("\n");
  const parts = ["### Training Hyperparameters"];
  if (Object.keys(nonDefaultArguments).length > 0) {
    parts.push("#### Non-Default Hyperparameters", list(nonDefaultArguments));
  }
  if (Object.keys(allArguments).length > 0) {
    parts.push("#### All Hyperparameters", folded(list(allArguments)));
  }
  return parts.length === 1 ? "" : parts.join("\n\n");
}

function trainingLogs({ logHistory, bestStep }: ModelCardFacts): string {
  const table = trainingLogsTable(logHistory, bestStep);
  if (table === null) return "";
  const body = table.split("\n").length - 2 > FOLDED_ROWS ? folded(table) : table;
  const note = table.includes("| **") ? "\n\nThe bold row is the saved model." : "";
  return `### Training Logs\n\n${body}${note}`;
}

function folded(text: string): string {
  return `<details><summary>Click to expand</summary>\n\n${text}\n\n</details>`;
}

function frameworkVersions({ versions, adapter, trainingSeconds }: ModelCardFacts): string {
  const list = Object.entries(versions).map(([name, version]) => `- ${name}: ${version}`);
  const run = [
    ...(adapter === null ? [] : [`- Adapter: ${adapter}`]),
    ...(trainingSeconds === null ? [] : [`- Training time: ${trainingSeconds.toFixed(1)} s`]),
  ];
  const parts = [
    ...(run.length === 0 ? [] : [`### Training Hardware\n\n${run.join("\n")}`]),
    ...(list.length === 0 ? [] : [`### Framework Versions\n\n${list.join("\n")}`]),
  ];
  return parts.join("\n\n");
}

function citation(all: readonly DatasetFacts[]): string {
  const citations = new Map(all.map(({ loss }) => [loss.name, loss.citation]));
  const parts = [...citations].flatMap(([name, bibtex]) =>
    bibtex === null ? [] : [`### ${name}\n\n${codeBlock("bibtex", bibtex.trim())}`]
  );
  return parts.length === 0 ? "" : ["## Citation", ...parts].join("\n\n");
}

function groupDigits(value: number): string {
  return value.toLocaleString("en-US");
}

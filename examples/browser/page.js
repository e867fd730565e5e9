/**
 * The page's controls.
 *
 * @module
 */
import { files, PageModel } from "./trainer.ts";

const element = (id) => document.getElementById(id);
const [pairs, question] = [
  element("pairs"),
  element("question"),
];
const [status, results] = [element("status"), element("results")];
let model = null;

element("train").addEventListener("click", () => void guarded(train));
element("search").addEventListener("submit", (event) => {
  event.preventDefault();
  void guarded(search);
});
element("download").addEventListener("click", download);

async function guarded(work) {
  const controls = document.querySelectorAll("button");
  controls.forEach((control) => control.disabled = true);
  try {
    await work();
  } catch (error) {
    status.textContent = error.message;
    status.dataset.state = "failed";
    console.error(error);
  }
  controls.forEach((control) => control.disabled = false);
}

async function train() {
  const rows = readPairs(pairs.value);
  let adapter = "";
  model = await PageModel.train(rows, {
    started: (name) => status.textContent = `Training on ${adapter = name}`,
    stepped: (step, steps, loss) => {
      const shown = loss === null ? "" : `, loss ${loss.toFixed(3)}`;
      status.textContent = `Step ${step} of ${steps}${shown} on ${adapter}`;
    },
  });
  status.textContent = `Trained on ${rows.length} pairs, on ${adapter}. Ask something.`;
  status.dataset.state = "trained";
}

function readPairs(text) {
  const rows = text.split("\n").filter((line) => line.trim() !== "").map((line, i) => {
    const [anchor, positive] = line.split("|").map((part) => part.trim());
    if (!anchor || !positive) throw new Error(`Cannot read line ${i + 1}: wanted TEXT | TEXT`);
    return { anchor, positive };
  });
  if (rows.length < 2) throw new Error(`Cannot train on ${rows.length} pairs: wanted two or more`);
  return rows;
}

async function search() {
  if (model === null) throw new Error("Cannot search yet: train first");
  const found = await model.search(question.value);
  results.replaceChildren(
    ...found.slice(0, 5).map(({ text, score }) => {
      const line = document.createElement("li");
      line.textContent = `${score.toFixed(3)}  ${text}`;
      return line;
    }),
  );
}

function download() {
  const weights = files.contents("/output/final").get("model.safetensors");
  if (weights === undefined) return;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([weights]));
  link.download = "model.safetensors";
  link.click();
}

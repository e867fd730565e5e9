import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { decodeNpy } from "../src/io/npy.ts";
import { readTrainerState } from "../src/io/trainer_state.ts";
import { TINY_BERT, tinyConfig } from "./support/model_directory.ts";
import { withFolder } from "./support/with_folder.ts";

const CLI = fromFileUrl(new URL("../cli.ts", import.meta.url));

interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs the command line in a folder, as a user does. */
async function run(folder: string, args: readonly string[], input = ""): Promise<Outcome> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", CLI, ...args],
    cwd: folder,
    env: { NO_COLOR: "1", SENTRAIN_DEBUG: "" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const output = child.output();
  await new Blob([input]).stream().pipeTo(child.stdin).catch(() => {
    // A command that fails early does not read its input.
  });
  const { code, stdout, stderr } = await output;
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/** Runs a command that must succeed. */
async function runWell(folder: string, line: string, input = ""): Promise<string> {
  const { code, stdout, stderr } = await run(folder, line.split(" "), input);
  assertEquals([code, stderr], [0, ""], stderr);
  return stdout;
}

/** Every file below a folder with a digest of its bytes, and every directory. */
async function listing(folder: string, below = ""): Promise<string[]> {
  const lines: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(join(folder, below))) {
    const path = join(below, name);
    if (isDirectory) {
      lines.push(path, ...await listing(folder, path));
      continue;
    }
    const bytes = await Deno.readFile(join(folder, path));
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    lines.push(`${path} ${digest.toHex()}`);
  }
  return lines.sort();
}

const ROWS = [
  ["a cat", "it purrs", "it barks"],
  ["a dog", "it barks", "it floats"],
  ["a boat", "it floats", "it purrs"],
  ["a train", "it runs, on rails", "it barks"],
  ["", "an empty text", "it floats"],
];

const DATA = {
  "pairs.jsonl": ROWS.map(([anchor, positive]) => `${JSON.stringify({ anchor, positive })}\n`)
    .join(""),
  "triplets.csv": `q,a,n\n${ROWS.map((row) => `"${row.join('","')}"\n`).join("")}`,
  "scored.tsv": `left\tright\tscore\n${
    ROWS.map(([left, right], i) => `${left}\t${right}\t${i / 4}\n`).join("")
  }`,
};

Deno.test("a model is trained, saved, trained further, used and judged", async () => {
  await withFolder(DATA, async (folder) => {
    const printed = await runWell(
      folder,
      `train --model ${TINY_BERT} --train-dataset triplets.csv --columns anchor=q,positive=a ` +
        "--eval-dataset dev=triplets.csv --evaluator information_retrieval --max-steps 3 " +
        "--save_steps 2 --logging_steps=1 --per-device-train-batch-size 4 --output-dir out",
    );
    assertMatch(printed, /^triplets: 5 rows of anchor, positive\n/);
    assertMatch(printed, /\nmetric +before +after\n/);
    assertEquals([...Deno.readDirSync(join(folder, "out"))].map(({ name }) => name).sort(), [
      "checkpoint-2",
      "checkpoint-3",
      "eval",
      "final",
      "trainer_state.json",
      "training_log.jsonl",
    ]);
    const state = await readTrainerState(join(folder, "out"));
    const losses = state.log_history.flatMap(({ loss }) => loss ?? []);
    assertEquals(losses.length, 3);
    // 32-bit floats have more digits than are printed.
    assert(losses.some((loss) => String(loss).length > 8), String(losses));
    const csv = await Deno.readTextFile(
      join(folder, "out/eval/Information-Retrieval_evaluation_results.csv"),
    );
    assertMatch(csv, /^epoch,steps,.*\n0,0,.*\n1,2,.*\n1.5,3,.*\n$/);

    await runWell(
      folder,
      "train --model out/final --train-dataset pairs.jsonl --max-steps 1 --output-dir next " +
        "--save-strategy no",
    );
    const weights = await Promise.all(
      ["out", "next"].map((name) => Deno.readFile(join(folder, name, "final/model.safetensors"))),
    );
    assertEquals(weights[0].length, weights[1].length);
    assertNotEquals(weights[0], weights[1]);

    const texts = "a cat\n\nStraße\n";
    const jsonl = await runWell(folder, "encode --model next/final", texts);
    const rows = jsonl.trimEnd().split("\n").map((line) => JSON.parse(line));
    assertEquals(rows.map(({ text }) => text), ["a cat", "", "Straße"]);
    assertEquals(await runWell(folder, "encode --model next/final -", texts), jsonl);
    assertEquals(await runWell(folder, "encode --model next/final --output a.npy", texts), "");
    const { shape, data } = decodeNpy(await Deno.readFile(join(folder, "a.npy")), "a.npy");
    assertEquals(shape, [3, 32]);
    assertEquals([...data], rows.flatMap(({ embedding }) => embedding));

    const table = await runWell(
      folder,
      "evaluate --model next/final --eval-dataset scored.tsv --evaluator embedding_similarity " +
        "--output-dir judged",
    );
    assertMatch(table, /^metric +model\n/);
    const judged = await listing(join(folder, "judged"));
    assertEquals(judged.map((line) => line.split(" ")[0]), ["similarity_evaluation_results.csv"]);
  });
});

Deno.test("a text of 100,000 characters and an empty one are trained on and embedded", async () => {
  const long = "a cat ".repeat(16_667).slice(0, 100_000);
  const word = "x".repeat(100_000);
  const rows = [[long, "one"], ["", long], [word, ""], ["two", word]];
  const jsonl = rows.map(([anchor, positive]) => `${JSON.stringify({ anchor, positive })}\n`);
  await withFolder({ "pairs.jsonl": jsonl.join("") }, async (folder) => {
    const printed = await runWell(
      folder,
      `train --model ${TINY_BERT} --train-dataset pairs.jsonl --max-steps 2 --output-dir out ` +
        "--save-strategy no",
    );
    assertMatch(printed, /train_loss \d+\.\d+ /);
    const lines = await runWell(folder, "encode --model out/final", `${long}\n\n${word}\n`);
    const found = lines.trimEnd().split("\n").map((line) => JSON.parse(line));
    assertEquals(found.map(({ text }) => text.length), [100_000, 0, 100_000]);
    assert(found.every(({ embedding }) => embedding.every(Number.isFinite)));
  });
});

Deno.test("embeddings that nobody reads end the command quietly", async () => {
  await withFolder({ "texts.txt": "a cat\n".repeat(2000) }, async (folder) => {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", CLI, "encode", "--model", TINY_BERT, "texts.txt"],
      cwd: folder,
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const errors = new Response(child.stderr).text();
    const reader = child.stdout.getReader();
    assert((await reader.read()).value!.length > 0);
    await reader.cancel();
    assertEquals([(await child.status).code, await errors], [0, ""]);
  });
});

Deno.test("help is printed for the asking", async () => {
  await withFolder({}, async (folder) => {
    const overview = await runWell(folder, "help");
    assertMatch(overview, /^Usage: deno run -A cli.ts COMMAND/);
    assertEquals((await run(folder, [])).stdout, overview);
    assertEquals(await runWell(folder, "--help"), overview);
    assertMatch(await runWell(folder, "train --max-steps 1 --help"), /^Usage: .* train /);
    assertMatch(await runWell(folder, "help encode"), /^Usage: .* encode /);
    assertMatch(await runWell(folder, "doctor"), /^adapter /);
  });
});

/** What a user may get wrong: a command line, its exit code, the beginning of the message. */
const WRONG: readonly (readonly [string, 1 | 2, string])[] = [
  ["trian", 2, 'Cannot run "trian": the commands are '],
  ["help trian", 2, 'Cannot run "trian": the commands are '],
  ["train --max-step 1", 2, "Cannot read --max-step: there is no such flag; the nearest is --max-"],
  ["train --max-steps many", 2, "Cannot set max_steps to "],
  ["train stray", 2, 'Cannot read "stray": it follows no flag'],
  ["encode --modle m", 2, "Cannot read --modle: the flags of encode are "],
  ["train TINY PAIRS --loss TripletLos", 2, 'Cannot create loss "TripletLos": known are '],
  [`train TINY PAIRS --loss MultipleNegativesRankingLoss:{`, 2, "Cannot read options of loss "],
  [`train TINY PAIRS --loss MultipleNegativesRankingLoss:{"scal":1}`, 2, "Cannot set up "],
  ["train TINY PAIRS --evaluator triplet", 2, "Cannot evaluate with triplet: there are no rows"],
  ["train TINY PAIRS --columns =", 2, 'Cannot read --columns "="'],
  ["train TINY PAIRS --columns anchor,psitive", 1, 'Cannot read column "psitive" of pairs.jsonl'],
  ["train TINY PAIRS --config list.json", 2, "Cannot read list.json: wanted a JSON object"],
  ["train TINY PAIRS --config broken.jsonl", 2, "Cannot read broken.jsonl: it is not JSON ("],
  ["train TINY PAIRS --config unknown.json", 2, 'Cannot read unknown.json: "max_step" is no flag'],
  ["train TINY PAIRS --config gone.json", 1, "Cannot read gone.json: no such file"],
  ["train TINY --train-dataset empty.jsonl", 1, "Cannot read empty.jsonl: the file is empty"],
  ["train TINY --train-dataset gone.jsonl", 1, "Cannot read gone.jsonl: no such file"],
  ["train TINY --train-dataset texts.txt", 1, "Cannot read texts.txt: unknown extension"],
  ["train TINY --train-dataset broken.jsonl", 1, "Cannot read row 2 of broken.jsonl: not valid"],
  [
    "train TINY --train-dataset missing.jsonl",
    1,
    'Cannot read row 2 of missing.jsonl: column "positive" is missing; found "anchor", "postive"',
  ],
  ["train --model ./gone PAIRS", 1, "Cannot read model directory ./gone: there is no directory"],
  ["train --model truncated PAIRS", 1, "Cannot read truncated/model.safetensors: "],
  ["encode --model misshapen texts.txt", 1, "Cannot read tensor "],
  ["encode TINY empty.jsonl", 1, "Cannot read empty.jsonl: it is empty"],
  ["encode TINY", 1, "Cannot read standard input: it is empty"],
  ["encode TINY texts.txt --output texts.txt/a.npy", 1, "Cannot write texts.txt: "],
  ["encode texts.txt", 2, "Cannot encode: give the model, --model DIR"],
  ["evaluate TINY --eval-dataset pairs.jsonl", 2, "Cannot evaluate: give the evaluator"],
  ["evaluate TINY --evaluator triplet", 2, "Cannot evaluate with triplet: there are no rows"],
  ["train TINY PAIRS --output-dir texts.txt/below", 1, "Cannot write texts.txt/below: "],
  [
    "train TINY PAIRS --output-dir new --resume-from-checkpoint true",
    1,
    "Cannot resume: No valid checkpoint found in output directory (new)",
  ],
  ["train TINY PAIRS --resume-from-checkpoint gone", 1, "Cannot read checkpoint gone: "],
  ["doctor --all", 2, "Cannot read --all: doctor takes no flags"],
];

Deno.test("what is wrong ends with an exit code, one line and everything as it was", async () => {
  const weights = await Deno.readFile(join(TINY_BERT, "model.safetensors"));
  const tiny = await Deno.readTextFile(join(TINY_BERT, "config.json"));
  const vocabulary = await Deno.readTextFile(join(TINY_BERT, "vocab.txt"));
  const model = (name: string, config: string, bytes: Uint8Array) => ({
    [`${name}/config.json`]: config,
    [`${name}/vocab.txt`]: vocabulary,
    [`${name}/model.safetensors`]: bytes,
  });
  const files = {
    ...DATA,
    "empty.jsonl": "",
    "broken.jsonl": '{"anchor": "a", "positive": "b"}\n{"anchor": a}\n',
    "missing.jsonl": '{"anchor": "a", "positive": "b"}\n{"anchor": "a", "postive": "b"}\n',
    "list.json": "[1]",
    "unknown.json": '{"max_step": 1}',
    "texts.txt": "one\n",
    ...model("truncated", tiny, weights.subarray(0, weights.length - 100)),
    ...model("misshapen", JSON.stringify({ ...await tinyConfig(), hidden_size: 40 }), weights),
    "trainer_output/kept.txt": "kept",
    "trainer_output/final/kept.txt": "kept",
    "new/kept.txt": "kept",
  };
  await withFolder(files, async (folder) => {
    const before = await listing(folder);
    for (const [line, expected, message] of WRONG) {
      const args = line.replace("TINY", `--model ${TINY_BERT}`)
        .replace("PAIRS", "--train-dataset pairs.jsonl --max-steps 1").split(" ");
      const { code, stderr } = await run(folder, args);
      assertEquals([code, stderr.slice(0, message.length)], [expected, message], line);
      assertMatch(stderr, /^[^\n]+[^\n.]\n$/, `${line}: ${stderr}`);
      assertEquals(await listing(folder), before, line);
    }
    assertEquals(WRONG.length, 34);
  });
});

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import manifest from "../deno.json" with { type: "json" };
import { permissionFlags, type Permissions, permissionsOf } from "../src/cli/permissions.ts";
import { Tokenizer } from "../src/data/tokenizer.ts";
import { LOCK_NAME } from "../src/io/output_lock.ts";
import { encodeSafetensors } from "../src/io/safetensors.ts";
import { ROOT } from "../tools/repository.ts";
import { TOKEN } from "./support/hub_server.ts";
import { TINY_BERT } from "./support/model_directory.ts";
import { ROWS } from "./support/train_in.ts";
import { walk } from "./support/walk.ts";
import { withEnvironment } from "./support/with_environment.ts";
import { withFolder } from "./support/with_folder.ts";
import { withHub } from "./support/with_hub.ts";

const CLI = fromFileUrl(new URL("../cli.ts", import.meta.url));
const TRAIN = "--train-dataset pairs.csv --per-device-train-batch-size 2 --max-steps 2";

interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs a command with these permissions and no others, and with nobody who could be asked for more. */
async function run(folder: string, line: string, permissions: Permissions): Promise<Outcome> {
  const flags = permissionFlags(permissions);
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--no-prompt", ...flags, CLI, ...line.split(" ")],
    cwd: folder,
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

function needed(line: string): Promise<Permissions> {
  const [command, ...tokens] = line.split(" ");
  return permissionsOf(command, tokens);
}

/** Runs a command with what it needs; it must succeed and complain of nothing. */
async function runWell(folder: string, line: string): Promise<string> {
  const { code, stdout, stderr } = await run(folder, line, await needed(line));
  assertEquals([line, code, stderr], [line, 0, ""], stderr);
  assert(!/NotCapable|Requires \w+ access|permission/.test(stdout), stdout);
  return stdout;
}

/** Runs a test in a folder with rows, texts and a cache of its own. */
async function withRows(test: (folder: string) => Promise<void>): Promise<void> {
  const files = { "pairs.csv": ROWS, "texts.txt": "a cat\n", "run.json": '{"seed": 7}' };
  await withFolder(files, async (folder) => {
    await withEnvironment({ SENTRAIN_CACHE: join(folder, "cache") }, () => test(folder));
  });
}

/** A model of one weight, since every product that is tuned takes a while. */
async function writeTable(directory: string): Promise<void> {
  const words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "b", "c"];
  const table = { shape: [words.length, 4], data: new Float32Array(words.length * 4) };
  const type = "sentence_transformers.models.StaticEmbedding";
  await Deno.mkdir(directory);
  const write = (name: string, value: unknown) =>
    Deno.writeTextFile(join(directory, name), JSON.stringify(value));
  await write("modules.json", [{ path: "", type }]);
  await write("tokenizer.json", Tokenizer.fromVocabulary(words).toJson());
  const weights = encodeSafetensors(new Map([["embedding.weight", table]]));
  await Deno.writeFile(join(directory, "model.safetensors"), weights);
}

Deno.test("each command does its work with the permissions that it is said to need", async () => {
  await withRows(async (folder) => {
    const model = `--model ${TINY_BERT}`;
    const lines = [
      `train ${model} ${TRAIN} --output-dir out --report-to all --save-strategy epoch`,
      `train ${model} ${TRAIN} --output-dir out --resume-from-checkpoint true --max-steps 3`
        .replace(" --max-steps 2", ""),
      `train ${model} ${TRAIN} --output-dir other --eval-dataset dev=pairs.csv --config ${folder}/run.json ` +
      "--logging-dir logs --report-to tensorboard --profile trace/p.json --profile-steps 1:1 " +
      "--dataloader-num-workers 1 --watch 0",
      `train ${model} ${TRAIN} --dry-run`,
      `evaluate ${model} --eval-dataset pairs.csv --evaluator information_retrieval --output-dir ev`,
      `encode ${model} --output vectors/e.npy texts.txt`,
      `export ${model} --output exported/onnx`,
      "report out",
      "report out other --output pages/both.html",
      "losses",
      "evaluators TripletEvaluator",
      "doctor",
      "completions zsh",
      "help",
      "help permissions evaluate --model ./model",
      "tune --model ./table --tokens 1",
    ];
    await writeTable(join(folder, "table"));
    for (const line of lines) await runWell(folder, line);
    assertEquals(new Set(lines.map((line) => line.split(" ")[0])).size, 11);
    const made = await walk(folder);
    for (
      const path of [
        ...["out/final/model.safetensors", "out/report.html", "trace/p.json", "vectors/e.npy"],
        ...["exported/onnx/onnx/model.onnx", "pages/both.html"],
      ]
    ) assert(made.includes(path), `${path} of ${made}`);
    assert(made.some((path) => path.startsWith("logs/events.")));
    assert(made.some((path) => path.startsWith("cache/kernels/")));
  });
});

Deno.test("a command whose permission is missing says which flag gives it", async () => {
  await withRows(async (folder) => {
    const train = `train --model ${TINY_BERT} ${TRAIN} --output-dir out`;
    const config = join(folder, "run.json");
    const encode = `encode --model ${TINY_BERT} --output vectors/e.npy texts.txt`;
    const cases: [string, "read" | "write" | "net", string, string][] = [
      [train, "read", "pairs.csv", "Cannot read pairs.csv: "],
      [train, "read", TINY_BERT, `Cannot read ${TINY_BERT}: `],
      [train, "read", "out", `Cannot write out/${LOCK_NAME}: `],
      [train, "write", "out", "Cannot write out: "],
      [`${train} --config ${config}`, "read", config, `Cannot read ${config}: `],
      [`${train} --watch 0`, "net", "127.0.0.1:0", "Cannot serve on port 0: "],
      [encode, "read", "texts.txt", "Cannot read texts.txt: "],
      [encode, "read", TINY_BERT, `Cannot read ${TINY_BERT}: `],
      [encode, "write", "vectors", "Cannot write vectors: "],
      [
        `evaluate --model ${TINY_BERT} --eval-dataset pairs.csv --evaluator triplet`,
        ...["read", "pairs.csv", "Cannot read pairs.csv: "] as const,
      ],
      [`export --model ${TINY_BERT} --output x/onnx`, "write", "x", "Cannot write x: "],
      ["report out", "read", "out", "Cannot read out/training_log.jsonl: "],
    ];
    assertEquals(cases.length, 12);
    for (const [line, kind, item, begin] of cases) {
      const all = await needed(line);
      const rest = all[kind].filter((each) => each !== item);
      assertEquals(rest.length, all[kind].length - 1, `${line} needs ${kind} ${item}`);
      const { code, stderr } = await run(folder, line, { ...all, [kind]: rest });
      assertEquals(code, kind === "net" ? 2 : 1, stderr);
      assertEquals(stderr.trim().split("\n").length, 1, stderr);
      assert(stderr.startsWith(begin), stderr);
      assertStringIncludes(stderr, ` is missing; add --allow-${kind}=${item}\n`);
    }
  });
});

Deno.test("the flags of README are enough: variables, a cache and the system are not needed", async () => {
  const text = await Deno.readTextFile(join(ROOT, "README.md"));
  assertStringIncludes(
    text,
    "`--allow-read=path/to/bert,pairs.jsonl,out --allow-write=out` is enough",
  );
  await withRows(async (folder) => {
    const line = `train --model ${TINY_BERT} ${TRAIN} --output-dir out`;
    const read = [TINY_BERT, "pairs.csv", "out"];
    const all = await needed(line);
    const some = { ...all, read, write: ["out"], env: [], sys: [] };
    const { code, stderr } = await run(folder, line, some);
    assertEquals([code, stderr], [0, ""]);
  });
});

Deno.test("the task train has the permissions that the job without flags needs", async () => {
  const home = { HOME: "$HOME", SENTRAIN_CACHE: undefined, XDG_CACHE_HOME: undefined };
  await withEnvironment(home, async () => {
    const flags = permissionFlags(await needed("train"));
    assertEquals(
      manifest.tasks.train.replaceAll("'", ""),
      `deno run ${flags.join(" ")} cli.ts train`,
    );
  });
});

Deno.test("a worker without permission says which file it may not read", async () => {
  await withRows(async (folder) => {
    const line =
      `train --model ${TINY_BERT} ${TRAIN} --output-dir out --eval-dataset dev=pairs.csv ` +
      "--dataloader-num-workers 1";
    const all = await needed(line);
    const read = all.read.filter((path) => !/[\\/]src[\\/]$/.test(path));
    assertEquals(read.length, all.read.length - 1);
    const { code, stderr } = await run(folder, line, { ...all, read });
    assertEquals(code, 1);
    assertMatch(
      stderr,
      /\nCannot go on: the permission to read \S+tokenize_worker\.ts is missing; add --allow-read=\S+\n$/,
    );
  });
});

Deno.test("a model of the hub is trained and uploaded with permissions for folders alone", async () => {
  await withHub({ HF_TOKEN: TOKEN }, async ({ server, cache }) => {
    const names = ["config.json", "model.safetensors", "vocab.txt"];
    const contents = names.map(async (name) => [name, await Deno.readFile(join(TINY_BERT, name))]);
    server.add("org/tiny", Object.fromEntries(await Promise.all(contents)));
    await withRows(async (folder) => {
      const line = `train --model org/tiny ${TRAIN} --output-dir out --push-to-hub true ` +
        "--hub-strategy end";
      const all = await needed(line);
      assertEquals(all.net, ["*"]);
      const { code, stderr } = await run(folder, line, { ...all, net: [] });
      assertEquals([code, stderr], [
        1,
        "Cannot load model org/tiny: the permission to read org/tiny is missing; " +
        "add --allow-read=org/tiny, or --allow-net if it is a model of the hub\n",
      ]);
      await runWell(folder, line);
      assertEquals(server.titles("me/out"), ["End of training"]);
      // Deno makes symbolic links for those alone who may write anywhere.
      const files = (await walk(cache)).filter((path) => path.includes("/snapshots/"));
      assertEquals(files.length, 3);
      for (const path of files) {
        const { isSymlink, nlink } = await Deno.lstat(join(cache, path));
        assertEquals([isSymlink, nlink], [false, 2]);
      }
    });
  });
});

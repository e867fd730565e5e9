import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import manifest from "../deno.json" with { type: "json" };
import { packedPackage, serveJsr, standIns } from "./support/jsr_server.ts";
import { withFolder } from "./support/with_folder.ts";

/** What a stranger writes, whose folder holds this alone. */
const TRAIN = `
import {
  datasetFromRows,
  Gpu,
  newSmallModel,
  SentenceTransformerTrainer,
  SentenceTransformerTrainingArguments,
} from "jsr:@sentrain/sentrain@^${manifest.version}";
import { MultipleNegativesRankingLoss } from "jsr:@sentrain/sentrain@^${manifest.version}/losses";

const gpu = await Gpu.request();
const model = await newSmallModel(gpu);
const rows = ["red", "green", "blue", "grey"].map((word) => ({ anchor: word, positive: word + "ish" }));
const trainer = new SentenceTransformerTrainer({
  model,
  args: new SentenceTransformerTrainingArguments({
    outputDir: "out",
    maxSteps: 3,
    learningRate: 1e-3,
    saveStrategy: "no",
  }),
  trainDataset: datasetFromRows(rows, { name: "colours" }),
  loss: new MultipleNegativesRankingLoss(),
});
const { globalStep, trainingLoss } = await trainer.train();
await trainer.saveModel("final");
const { columns } = await model.encode(["teal"]);
console.log(JSON.stringify({ globalStep, isFinite: Number.isFinite(trainingLoss), columns }));
gpu.destroy();
`;

async function asStranger(work: (run: Stranger) => Promise<void>): Promise<void> {
  const stop = new AbortController();
  const { url, asked } = await serveJsr([await packedPackage(), ...await standIns()], stop.signal);
  try {
    await withFolder({ "train.ts": TRAIN }, async (folder) => {
      const cache = join(folder, "cache");
      await Deno.mkdir(cache);
      // Packages of npm come from this machine's cache; this package must not.
      await Deno.symlink(join(await denoDir(), "npm"), join(cache, "npm"));
      const deno = async (...args: string[]) => {
        const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
          args,
          cwd: folder,
          env: { JSR_URL: url, DENO_DIR: cache, NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" },
        }).output();
        const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
        assertEquals(code, 0, decode(stderr));
        return decode(stdout);
      };
      await work({ deno, asked, folder });
    });
  } finally {
    stop.abort();
  }
}

async function denoDir(): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  return JSON.parse(new TextDecoder().decode(stdout)).denoDir;
}

interface Stranger {
  deno: (...args: string[]) => Promise<string>;
  asked: ReadonlySet<string>;
  folder: string;
}

Deno.test("the packed package trains for one who imports it from a registry", async () => {
  await asStranger(async ({ deno, asked, folder }) => {
    const output = await deno("run", "-A", "--no-lock", "train.ts");
    assertEquals(JSON.parse(output.trim().split("\n").at(-1)!), {
      globalStep: 3,
      isFinite: true,
      columns: 128,
    });
    const shaders = [...asked].filter((path) => path.endsWith(".wgsl"));
    assert(shaders.length > 60, `${shaders.length} shaders were asked for`);
    assert([...asked].some((path) => path.startsWith("/@std/path/")));
    const saved = [...Deno.readDirSync(join(folder, "final"))].map(({ name }) => name);
    assert(saved.includes("model.safetensors"));
  });
});

Deno.test("the package's command line runs from a registry", async () => {
  await asStranger(async ({ deno }) => {
    const specifier = `jsr:@sentrain/sentrain@^${manifest.version}/cli`;
    assertMatch(await deno("run", "-A", "--no-lock", specifier, "help"), /^Usage: /);
  });
});

/** The modules of this package that an export needs, by path. */
async function modulesOf(deno: Stranger["deno"], name: string): Promise<string[]> {
  const specifier = `jsr:@sentrain/sentrain@^${manifest.version}${name.slice(1)}`;
  const { modules } = JSON.parse(await deno("info", "--json", "--no-lock", specifier));
  return modules.map(({ specifier }: { specifier: string }) =>
    specifier.split(`@sentrain/sentrain/${manifest.version}`)[1]
  ).filter((path: string | undefined) => path !== undefined);
}

Deno.test("each export of the package brings what it needs and no more", async () => {
  const foreign = {
    ".": [],
    "./cli": [],
    "./losses": ["train", "models", "reporters", "schedules", "hub", "cli"],
    "./evaluators": ["train", "models", "losses", "ops", "gpu", "reporters", "schedules", "cli"],
    "./models": ["train", "losses", "schedules", "cli"],
    "./gpu": ["train", "models", "losses", "ops", "nn", "io", "data", "reporters", "cli"],
    "./host": [
      ...["train", "models", "losses", "ops", "nn", "gpu", "data", "io", "reporters", "cli"],
    ],
    "./data": ["train", "models", "losses", "ops", "nn", "gpu", "reporters", "cli"],
  };
  assertEquals(Object.keys(manifest.exports).sort(), Object.keys(foreign).sort());
  await asStranger(async ({ deno }) => {
    for (const [name, rooms] of Object.entries(foreign)) {
      const paths = await modulesOf(deno, name);
      assert(paths.length > 3, `${name}: ${paths.length} modules`);
      const strangers = paths.filter((path) =>
        rooms.some((room) => path.startsWith(`/src/${room}/`))
      );
      assertEquals(strangers, [], name);
    }
  });
});

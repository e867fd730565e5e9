import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { OutputError, UsageError } from "../../../src/errors.ts";
import { SentenceTransformer } from "../../../src/models/sentence_transformer.ts";
import type { ArgumentValues } from "../../../src/train/arguments/argument_values.ts";
import type { TrainerCallback } from "../../../src/train/callbacks/callback.ts";
import type { SentenceTransformerTrainer } from "../../../src/train/trainer.ts";
import type { TrainerInputs } from "../../../src/train/trainer_inputs.ts";
import { testGpu } from "../../support/gpu.ts";
import { failure, TOKEN } from "../../support/hub_server.ts";
import { bitsOf, destroyTrainer, tinyTrainer } from "../../support/tiny_training.ts";
import { walk } from "../../support/walk.ts";
import { type TestHub, withHub } from "../../support/with_hub.ts";

/** A run that saves after each of three steps: save_strategy, push_to_hub, hub_model_id, hub_token. */
const SAVING: Partial<ArgumentValues> = {
  saveStrategy: "steps",
  saveSteps: 1,
  maxSteps: 3,
  pushToHub: true,
  hubModelId: "me/encoder",
  hubToken: TOKEN,
};

interface Run extends TestHub {
  readonly trainer: SentenceTransformerTrainer;
  readonly messages: string[];
  readonly outputDir: string;
}

/** Makes a trainer and a hub. */
async function withRun(
  args: Partial<ArgumentValues>,
  test: (run: Run) => unknown,
  inputs: Partial<TrainerInputs> = {},
): Promise<void> {
  await withHub({}, async (hub) => {
    const messages: string[] = [];
    const outputDir = join(hub.folder, "out");
    const trainer = await tinyTrainer(await testGpu(), { ...SAVING, outputDir, ...args }, {
      ...inputs,
      reporters: [{ message: (line) => void messages.push(line) }],
    });
    try {
      await test({ ...hub, trainer, messages, outputDir });
    } finally {
      await destroyTrainer(trainer);
    }
  });
}

const MODEL_FILES = ["README.md", "config.json", "model.safetensors", "modules.json"];
const topDirectories = (
  paths: readonly string[],
) => [...new Set(paths.filter((path) => path.includes("/")).map((path) => path.split("/")[0]))];

for (
  const [strategy, titles, directories] of [
    ["end", [], []],
    ["every_save", ["step 1", "step 2", "step 3"], ["1_Pooling"]],
    [
      "checkpoint",
      [
        "step 1",
        "step 1, checkpoint",
        "step 2",
        "step 2, checkpoint",
        "step 3",
        "step 3, checkpoint",
      ],
      ["1_Pooling", "last-checkpoint"],
    ],
    [
      "all_checkpoints",
      [
        "step 1",
        "step 1, checkpoint",
        "step 2",
        "step 2, checkpoint",
        "step 3",
        "step 3, checkpoint",
      ],
      ["1_Pooling", "checkpoint-1", "checkpoint-2", "checkpoint-3"],
    ],
  ] as const
) {
  Deno.test(`hub_strategy ${strategy} uploads what it says`, async () => {
    await withRun({ hubStrategy: strategy, hubAlwaysPush: true }, async ({ server, ...run }) => {
      await run.trainer.train();
      assertEquals(
        server.titles("me/encoder"),
        titles.map((title) => `Training in progress, ${title}`),
      );
      assert(server.repos.has("me/encoder"));
      const paths = server.paths("me/encoder");
      assertEquals(topDirectories(paths), [...directories]);
      if (strategy === "end") return;
      assertEquals(MODEL_FILES.filter((name) => !paths.includes(name)), []);
      assertEquals(
        paths.filter((path) => /optimizer|scheduler|rng_state/.test(path)).length > 0,
        [
          "checkpoint",
          "all_checkpoints",
        ].includes(strategy),
      );
      const { files } = server.repos.get("me/encoder")!.commits.at(-1)!;
      const last = join(run.outputDir, "checkpoint-3");
      assertEquals(
        files.get("model.safetensors"),
        await Deno.readFile(`${last}/model.safetensors`),
      );
      if (strategy !== "every_save") {
        const place = directories.at(-1)!;
        const sent = paths.filter((path) => path.startsWith(`${place}/`));
        assertEquals(sent, (await walk(last)).map((name) => `${place}/${name}`));
      }
      assertEquals((await walk(run.outputDir)).filter((path) => path.startsWith("_")), []);
    });
  });
}

Deno.test("a model that was uploaded loads by its name, to the same bits", async () => {
  await withRun({ maxSteps: 1 }, async ({ trainer }) => {
    await trainer.train();
    const { model } = trainer;
    const loaded = await SentenceTransformer.load(model.gpu, "me/encoder");
    assertEquals(await bitsOf(loaded), await bitsOf(model));
    loaded.destroy();
  });
});

Deno.test("uploads never keep a step waiting, and hub_always_push makes up for those left out", async () => {
  for (const hubAlwaysPush of [false, true]) {
    // Nothing arrives before the last step is saved: a step that waited would wait for ever.
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const release: TrainerCallback = {
      onSave: ({ state }) => state.globalStep === 3 ? resolve(undefined) : undefined,
    };
    await withRun({ hubAlwaysPush }, async ({ server, trainer, messages }) => {
      server.trouble = ({ method, place }) =>
        method === "POST" && place.includes("preupload") ? promise : undefined;
      await trainer.train();
      const steps = hubAlwaysPush ? [1, 2, 3] : [1];
      assertEquals(
        server.titles("me/encoder"),
        steps.map((step) => `Training in progress, step ${step}`),
      );
      assertEquals(messages.some((line) => line.startsWith("Step 2 is not")), !hubAlwaysPush);
      assert(messages.includes("Waits for uploads to the hub to end"));
    }, { callbacks: [release] });
  }
});

Deno.test("uploads keep the files of a checkpoint that is removed while they go on", async () => {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  await withRun({ saveTotalLimit: 1, hubAlwaysPush: true }, async ({ server, ...run }) => {
    server.trouble = ({ place }) => place.includes("preupload") ? promise : undefined;
    await run.trainer.train();
    assertEquals(server.titles("me/encoder").length, 3);
    const weights = server.repos.get("me/encoder")!.commits.map(({ files }) =>
      String(files.get("model.safetensors"))
    );
    assertEquals(new Set(weights).size, 3);
  }, { callbacks: [{ onEpochEnd: () => resolve(undefined) }] });
});

Deno.test("save_strategy epoch and a final push are called as upstream calls them", async () => {
  const epochs = { saveStrategy: "epoch", maxSteps: -1, numTrainEpochs: 2 } as const;
  await withRun({ ...epochs, hubAlwaysPush: true }, async ({ server, trainer, outputDir }) => {
    await Deno.mkdir(join(outputDir, "eval"), { recursive: true });
    for (const name of ["eval/dev.csv", "_private", ".env", "notes.txt"]) {
      await Deno.writeTextFile(join(outputDir, name), name);
    }
    await trainer.train();
    await trainer.saveModel(join(outputDir, "final"));
    assertMatch(await trainer.pushToHub(), /^http.*\/me\/encoder\/commit\/[0-9a-f]{40}$/);
    await trainer.pushToHub({ commitMessage: "By hand" });
    assertEquals(server.titles("me/encoder"), [
      "Training in progress, epoch 1",
      "Training in progress, epoch 2",
      "Model save",
      "End of training",
      "By hand",
    ]);
    const paths = server.paths("me/encoder");
    assertEquals(topDirectories(paths), ["1_Pooling", "eval"]);
    assert(paths.includes("notes.txt"));
    assertEquals(paths.filter((path) => /private|\.env/.test(path)), []);
    await trainer.saveModel(join(outputDir, "quiet"), { push: false });
    assertEquals(server.titles("me/encoder").length, 5);
  });
});

Deno.test("large files that the hub has are not sent again", async () => {
  await withRun({ hubStrategy: "checkpoint", maxSteps: 1 }, async ({ server, trainer }) => {
    server.largeFrom = Infinity; // but for weights
    await trainer.train();
    // The model, and the optimizer; the checkpoint's own copy of the model is known.
    const sent = server.requests(/PUT store/).length;
    assertEquals(sent, 2);
    await trainer.pushToHub();
    assertEquals(server.requests(/PUT store/).length, sent);
  });
});

Deno.test("hub_private_repo makes a new repository private, and tells of one that is public", async () => {
  await withRun({ hubPrivateRepo: true, maxSteps: 1 }, async ({ server, trainer, messages }) => {
    await trainer.train();
    assertEquals(server.repos.get("me/encoder")!.private, true);
    assertEquals(messages.filter((line) => line.includes("is public")), []);
    server.add("me/open", {});
    trainer.args.setPushToHub({ modelId: "me/open", privateRepo: true, token: TOKEN });
    await trainer.train();
    assertEquals(messages.filter((line) => line.includes("me/open was there before")).length, 1);
    trainer.args.setPushToHub({ modelId: "me/free", token: TOKEN });
    await trainer.train();
    assertEquals(server.repos.get("me/free")!.private, false);
  });
});

Deno.test("hub_model_id is by default the name of output_dir, of whom the token belongs to", async () => {
  await withRun({ hubModelId: null, maxSteps: 1 }, async ({ server, trainer }) => {
    await trainer.train();
    assertEquals([...server.repos.keys()], ["me/out"]);
  });
});

Deno.test("an upload that fails is told of, and ends neither the run nor later uploads", async () => {
  await withRun({ hubAlwaysPush: true }, async ({ server, trainer, messages, outputDir }) => {
    let commits = 0;
    server.trouble = ({ place }) =>
      place.includes("/commit/") && ++commits === 2 ? failure(400, "not like this") : undefined;
    const { globalStep } = await trainer.train();
    assertEquals(globalStep, 3);
    assertEquals(server.titles("me/encoder").map((title) => title.at(-1)), ["1", "3"]);
    const told = messages.filter((line) => line.startsWith("Cannot upload"));
    assertEquals(told.length, 1);
    assertMatch(
      told[0],
      /^Cannot upload "Training in progress, step 2" to me\/encoder: .* answered 400 \(not like this\..*\); training goes on$/,
    );
    const end = messages.filter((line) => line.startsWith("Uploads to the hub that failed: 1;"));
    assertEquals(end.length, 1);
    assert(end[0].includes(`all files are in ${outputDir}`) && end[0].includes("pushToHub()"));
    server.trouble = () => failure(400, "never");
    await assertRejects(() => trainer.pushToHub(), OutputError, 'upload "End of training"');
    assertEquals((await walk(outputDir)).filter((path) => path.startsWith("_")), []);
  });
});

Deno.test("hub_token that is wrong or missing ends the run before its first step", async () => {
  await withRun({ hubToken: "hf_stale" }, async ({ trainer }) => {
    const { message } = await assertRejects(
      () => trainer.train(),
      OutputError,
      "Cannot open repository me/encoder for uploads: ",
    );
    assert(message.includes("answered 401") && !message.includes("hf_stale"));
    assertEquals(trainer.state.globalStep, 0);
  });
  await withRun({ hubToken: null }, async ({ trainer }) => {
    await assertRejects(() => trainer.train(), UsageError, "there is no token; set HF_TOKEN");
    assertEquals(trainer.state.globalStep, 0);
  });
});

Deno.test("the token is in no file, message, commit or address", async () => {
  const args = { hubStrategy: "all_checkpoints", hubAlwaysPush: true, logLevel: "debug" } as const;
  await withRun(args, async ({ server, trainer, messages, folder }) => {
    let commits = 0;
    server.trouble = ({ place }) =>
      place.includes("/commit/") && ++commits === 1 ? failure(400, `for ${TOKEN}`) : undefined;
    await trainer.train();
    await trainer.saveModel(join(folder, "out/final"));
    await trainer.saveState();
    const texts: string[] = [...messages, JSON.stringify(trainer.args), Deno.inspect(trainer)];
    const files = await walk(folder);
    for (const file of files) texts.push(await Deno.readTextFile(join(folder, file)));
    for (const { title, files } of server.repos.get("me/encoder")!.commits) {
      texts.push(title);
      for (const [path, content] of files) texts.push(path, new TextDecoder().decode(content));
    }
    texts.push(...server.seen.map(({ place }) => place));
    assert(messages.some((line) => line.includes("for <HUB_TOKEN>")));
    assert(texts.length > 100 && files.length > 30, `${texts.length} ${files.length}`);
    assertEquals(texts.filter((text) => text.includes(TOKEN)), []);
    assertEquals(
      server.requests(/store/).filter(({ headers }) => headers.has("authorization")),
      [],
    );
  });
});

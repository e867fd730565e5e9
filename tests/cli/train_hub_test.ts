import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { encode } from "../../src/cli/encode.ts";
import { train } from "../../src/cli/train.ts";
import { OutputError } from "../../src/errors.ts";
import { captureOutput } from "../support/capture_output.ts";
import { failure, TOKEN } from "../support/hub_server.ts";
import { TINY_BERT } from "../support/model_directory.ts";
import { type TestHub, withHub } from "../support/with_hub.ts";

const ROWS = "question,answer\na cat,it purrs\na dog,it barks\na boat,it floats\na train,it runs\n";

/** Trains a model of the hub for a step, and uploads what comes of it. */
async function withTraining(
  test: (hub: TestHub & { trained: () => Promise<string> }) => unknown,
): Promise<void> {
  await withHub({ HF_TOKEN: TOKEN }, async (hub) => {
    const { server, folder } = hub;
    const names = ["config.json", "model.safetensors", "vocab.txt"];
    const contents = names.map(async (name) => [name, await Deno.readFile(join(TINY_BERT, name))]);
    server.add("org/tiny", Object.fromEntries(await Promise.all(contents)));
    const rows = join(folder, "rows.csv");
    await Deno.writeTextFile(rows, ROWS);
    const trained = () =>
      captureOutput(() =>
        train([
          ...["--model", "org/tiny", "--train-dataset", rows, "--output-dir", join(folder, "out")],
          ..."--max-steps 1 --save-strategy no --push-to-hub true --hub-strategy end".split(" "),
          ...["--hub-private-repo", "true"],
        ])
      );
    await test({ ...hub, trained });
  });
}

Deno.test("train() takes a model of the hub, and uploads the trained one at its end", async () => {
  await withTraining(async ({ server, folder, trained }) => {
    const text = await trained();
    assertMatch(text, /\ntraining tiny \(/);
    assertMatch(text, /\nUploaded the model: http.*\/me\/out\/commit\/[0-9a-f]{40}\n$/);
    assert(!text.includes(TOKEN));
    assertEquals(server.titles("me/out"), ["End of training"]);
    assertEquals(server.repos.get("me/out")!.private, true);
    const { files } = server.repos.get("me/out")!.commits[0];
    const final = join(folder, "out/final");
    assertEquals(files.get("model.safetensors"), await Deno.readFile(`${final}/model.safetensors`));
    await Deno.writeTextFile(join(folder, "texts"), "a cat\n");
    const texts = join(folder, "texts");
    const encoded = (model: string) => captureOutput(() => encode(["--model", model, texts]));
    assertEquals(await encoded("me/out"), await encoded(final));
  });
});

Deno.test("train() has saved the model where the upload fails", async () => {
  await withTraining(async ({ server, folder, trained }) => {
    server.trouble = ({ place }) => place.includes("/commit/") ? failure(400, "no") : undefined;
    await assertRejects(trained, OutputError, 'Cannot upload "End of training" to me/out: ');
    await Deno.stat(join(folder, "out/final/model.safetensors"));
  });
});

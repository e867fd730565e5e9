import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { failureOf } from "../../src/cli/failure.ts";
import { train } from "../../src/cli/train.ts";
import { OutputError } from "../../src/errors.ts";
import { captureOutput } from "../support/capture_output.ts";
import { failure, type HubServer, TOKEN } from "../support/hub_server.ts";
import { TINY_BERT } from "../support/model_directory.ts";
import { ROWS } from "../support/train_in.ts";
import { walk } from "../support/walk.ts";
import { withHub } from "../support/with_hub.ts";

/** A run that tells all that it can, to everyone. */
async function trainLoudly(folder: string, flags: readonly string[]): Promise<string> {
  await Deno.writeTextFile(join(folder, "pairs.csv"), ROWS);
  return await captureOutput(() =>
    train([
      ...["--model", TINY_BERT, "--train-dataset", join(folder, "pairs.csv")],
      ...["--eval-dataset", join(folder, "pairs.csv"), "--evaluator", "information_retrieval"],
      ...["--output-dir", join(folder, "out"), "--report-to", '["tensorboard", "html"]'],
      ..."--max-steps 2 --save-steps 1 --save-strategy steps --logging-steps 1 --watch 0".split(
        " ",
      ),
      ..."--push-to-hub true --hub-strategy all_checkpoints --hub-always-push true".split(" "),
      ..."--log-level debug --hub-private-repo true".split(" "),
      ...flags,
    ])
  );
}

/** All that a run has written and sent but for the header of who asks, as texts. */
async function traces(folder: string, server: HubServer): Promise<[string, string][]> {
  const decoder = new TextDecoder("latin1");
  const files = await Promise.all(
    (await walk(folder)).map(async (file): Promise<[string, string]> => [
      file,
      file + decoder.decode(await Deno.readFile(join(folder, file))),
    ]),
  );
  const sent = [...server.repos].flatMap(([name, { commits }]) =>
    commits.flatMap(({ title, files }) =>
      [...files].map(([path, content]): [string, string] => [
        `${name} ${path}`,
        title + path + decoder.decode(content),
      ])
    )
  );
  return [...files, ...sent, ...server.seen.map(({ place }): [string, string] => [place, place])];
}

const GIVEN: readonly { name: string; environment: Record<string, string>; flags: string[] }[] = [
  { name: "hub_token", environment: {}, flags: ["--hub-token", TOKEN] },
  { name: "push_to_hub_token", environment: {}, flags: ["--push-to-hub-token", TOKEN] },
  { name: "HF_TOKEN", environment: { HF_TOKEN: TOKEN }, flags: [] },
];

for (const { name, environment, flags } of GIVEN) {
  Deno.test(`${name} is in no checkpoint, card, log, report or line of train()`, async () => {
    await withHub(environment, async ({ server, folder }) => {
      let commits = 0;
      server.trouble = ({ place }) =>
        place.includes("/commit/") && ++commits === 1 ? failure(400, `for ${TOKEN}`) : undefined;
      const printed = await trainLoudly(folder, flags);
      assert(printed.includes("<HUB_TOKEN>"), printed);
      const all = await traces(folder, server);
      const paths = all.map(([path]) => path);
      for (
        const wanted of [
          ...[/^out\/checkpoint-2\/training_args/, /^out\/checkpoint-2\/trainer_state\.json$/],
          ...[/^out\/final\/README\.md$/, /^out\/training_log\.jsonl$/, /report\.html$/],
          ...[/events\.out\.tfevents/, /^out\/eval\/.*\.csv$/, /^me\/out .*model\.safetensors$/],
        ]
      ) assert(paths.some((path) => wanted.test(path)), `${wanted} of\n${paths.join("\n")}`);
      assertEquals(all.filter(([, text]) => text.includes(TOKEN)).map(([path]) => path), []);
      assert(!printed.includes(TOKEN));
    });
  });
}

Deno.test("a token that the hub refuses is in no message of train(), nor in the trace of its stack", async () => {
  const stale = "hf_staleAndSecret";
  await withHub({}, async ({ server, folder }) => {
    server.trouble = ({ headers }) =>
      failure(401, `Invalid credentials: ${headers.get("authorization")}`);
    const error = await assertRejects(
      () => trainLoudly(folder, ["--hub-token", stale]),
      OutputError,
      "answered 401",
    );
    assert(!failureOf(error, true).message.includes(stale));
    const all = await traces(folder, server);
    assertEquals(all.filter(([, text]) => text.includes(stale)).map(([path]) => path), []);
  });
});

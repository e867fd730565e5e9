import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { HubStaging } from "../../src/train/hub_staging.ts";
import { walk } from "../support/walk.ts";
import { withFolder } from "../support/with_folder.ts";

const OUTPUT = {
  "checkpoint-2/config.json": "config 2",
  "checkpoint-2/1_Pooling/config.json": "pooling",
  "checkpoint-2/model.safetensors": "weights 2",
  "checkpoint-2/optimizer.safetensors": "moments",
  "checkpoint-2/scheduler.json": "",
  "checkpoint-2/scaler.json": "",
  "checkpoint-2/rng_state.json": "",
  "checkpoint-2/trainer_state.json": "state 2",
  "checkpoint-2/checksums.json": "",
  "checkpoint-2/training_args.json": "",
  "checkpoint-1/config.json": "",
  "final/modules.json": "",
  "final/model.safetensors": "",
  "eval/dev.csv": "",
  "eval/.hidden": "",
  "_mine/file": "",
  "_file": "",
  ".sentrain-lock": "",
  "config.json": "another",
  "trainer_state.json": "state now",
};

const MODEL = [
  "1_Pooling/config.json",
  "config.json",
  "eval/dev.csv",
  "model.safetensors",
  "trainer_state.json",
  "training_args.json",
];

Deno.test("HubStaging.addModel() takes the model of a checkpoint, and what upstream would", async () => {
  await withFolder(OUTPUT, async (folder) => {
    await Deno.symlink("/etc", join(folder, "linked"));
    await Deno.symlink("/etc/hostname", join(folder, "eval/linked"));
    const staging = await HubStaging.open(folder);
    await staging.addModel(join(folder, "checkpoint-2"));
    assertEquals(staging.files.map(({ path }) => path).sort(), MODEL);
    const contents = Object.fromEntries(
      staging.files.map(({ path, source }) => [path, Deno.readTextFileSync(source)]),
    );
    assertEquals(contents["config.json"], "config 2");
    assertEquals(contents["trainer_state.json"], "state now");
    await staging.remove();
    const left = (await walk(folder)).filter((path) => !path.includes("linked"));
    assertEquals(left, Object.keys(OUTPUT).sort());
  });
});

Deno.test("HubStaging keeps files as they were when they are replaced and removed", async () => {
  await withFolder(OUTPUT, async (folder) => {
    const staging = await HubStaging.open(folder);
    await staging.addDirectory(join(folder, "checkpoint-2"), "last-checkpoint");
    await staging.addModel(join(folder, "checkpoint-2"));
    await Deno.remove(join(folder, "checkpoint-2"), { recursive: true });
    await Deno.writeTextFile(join(folder, "trainer_state.json"), "later");
    const text = (name: string) =>
      Deno.readTextFileSync(staging.files.find(({ path }) => path === name)!.source);
    assertEquals(text("last-checkpoint/optimizer.safetensors"), "moments");
    assertEquals(text("model.safetensors"), "weights 2");
    assertEquals(text("trainer_state.json"), "state now");
    assertEquals(staging.files.filter(({ path }) => path.startsWith("last-")).length, 10);
    await staging.remove();
  });
});

Deno.test("HubStaging.clear() removes what a killed process has left, and nothing else", async () => {
  await withFolder(OUTPUT, async (folder) => {
    await (await HubStaging.open(folder)).addModel(join(folder, "checkpoint-2"));
    await HubStaging.clear(folder);
    assertEquals(await walk(folder), Object.keys(OUTPUT).sort());
  });
});

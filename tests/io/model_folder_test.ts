import { assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { InputError } from "../../src/errors.ts";
import { ModelFolder } from "../../src/io/model_folder.ts";
import { encodeSafetensors } from "../../src/io/safetensors.ts";
import { withFolder } from "../support/with_folder.ts";

const WEIGHTS = encodeSafetensors(new Map([["w", { shape: [1], data: Float32Array.of(3) }]]));

Deno.test("ModelFolder reads texts, JSON and weights by names relative to it", async () => {
  const files = { "a.json": '{"k":1}', "list.json": "[2]", "2_Dense/model.safetensors": WEIGHTS };
  await withFolder(files, async (path) => {
    const folder = new ModelFolder(path);
    assertEquals([await folder.exists(), await folder.has("2_Dense")], [true, true]);
    assertEquals(await folder.has("other"), false);
    assertEquals(await folder.text("a.json"), '{"k":1}');
    assertEquals([await folder.object("a.json"), await folder.required("a.json")], [
      { k: 1 },
      { k: 1 },
    ]);
    assertEquals([await folder.json("list.json"), await folder.json("none")], [[2], undefined]);
    assertEquals([await folder.object("none"), await folder.text("none")], [null, null]);
    const file = await folder.weights("2_Dense");
    assertEquals(file.readFloat32("w"), Float32Array.of(3));
    assertEquals(file.source, join(path, "2_Dense", "model.safetensors"));
    assertEquals(await new ModelFolder(join(path, "none")).exists(), false);
    assertEquals(await new ModelFolder(join(path, "a.json")).exists(), false);
  });
});

Deno.test("ModelFolder says which file is missing or of another form", async () => {
  const files = {
    "list.json": "[2]",
    "2_Dense/pytorch_model.bin": "x",
    "split/model.safetensors.index.json": "{}",
  };
  await withFolder(files, async (path) => {
    const folder = new ModelFolder(path);
    const cases: [() => Promise<unknown>, string][] = [
      [() => folder.object("list.json"), "found a list, wanted a JSON object"],
      [() => folder.required("a.json"), `model directory ${path}: a.json is missing; a model`],
      [() => folder.weights(""), "model.safetensors is missing"],
      [
        () => folder.weights("2_Dense"),
        `found ${join("2_Dense", "pytorch_model.bin")}, wanted model.safetensors; convert it`,
      ],
      [() => folder.weights("split"), "split over several files"],
      [() => folder.text("2_Dense"), "Cannot read "],
    ];
    assertEquals(cases.length, 6);
    for (const [read, message] of cases) await assertRejects(read, InputError, message);
  });
});

Deno.test("ModelFolder follows links within it and to a hub's cache, and refuses all others", async () => {
  const blob = "cache/models--org--name/blobs/" + "0a".repeat(20);
  const files = { "secret": "s", [blob]: "b", "model/a.json": "a", "other/0_T/config.json": "o" };
  await withFolder(files, async (path) => {
    const link = (target: string, name: string) => Deno.symlink(target, join(path, "model", name));
    await link("a.json", "within");
    await link(`../${blob}`, "cached");
    await link("../secret", "file");
    await link(join(path, "secret"), "absolute");
    await link("../other", "directory");
    await Deno.symlink("model", join(path, "link"));
    for (const directory of ["model", "link"]) {
      const folder = new ModelFolder(join(path, directory));
      assertEquals([await folder.text("within"), await folder.text("cached")], ["a", "b"]);
      const names = ["file", "absolute", "directory/0_T/config.json", "../secret"];
      for (const name of names) {
        for (const read of ["text", "has", "file", "object"] as const) {
          await assertRejects(
            () => folder[read](name),
            InputError,
            "leads out of the model directory",
          );
        }
      }
    }
  });
});

import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { exportOnnx } from "../../src/cli/export.ts";
import { InputError, UsageError } from "../../src/errors.ts";
import { captureOutput } from "../support/capture_output.ts";
import { TINY_BERT, withTinyBert } from "../support/model_directory.ts";
import { withFolder } from "../support/with_folder.ts";

const MODEL = ["--model", TINY_BERT];

Deno.test("exportOnnx() writes a file for each precision, and says which", async () => {
  await withFolder({}, async (folder) => {
    const output = join(folder, "new/exported");
    const flags = ["--output", output, "--precision", "f32,int8", "--precision=f16"];
    const lines = (await captureOutput(() => exportOnnx([...MODEL, ...flags]))).split("\n");
    assertEquals(lines.length, 4);
    ["model", "model_quantized", "model_fp16"].forEach((name, i) => {
      assertMatch(lines[i], new RegExp(`^Wrote .*onnx.${name}\\.onnx: \\d+(\\.\\d)?kB$`));
    });
    assertEquals([...Deno.readDirSync(join(output, "onnx"))].length, 3);
    await captureOutput(() => exportOnnx([...MODEL, "--output", output]));
    assertEquals([...Deno.readDirSync(join(output, "onnx"))].length, 1);
  });
});

Deno.test("exportOnnx() says when embeddings are not among the outputs", async () => {
  const pooling = { pooling_mode_mean_tokens: true, include_prompt: false };
  const type = "sentence_transformers.models.";
  const modules = [["", "Transformer"], ["1_Pooling", "Pooling"]]
    .map(([path, name], idx) => ({ idx, name: `${idx}`, path, type: type + name }));
  const files = { "modules.json": modules, "1_Pooling/config.json": pooling };
  await withTinyBert(files, async (directory) => {
    const flags = ["--model", directory, "--output", join(directory, "out")];
    const text = await captureOutput(() => exportOnnx(flags));
    assertMatch(text, /Its outputs are token vectors alone: the pooling leaves out the tokens/);
  });
});

Deno.test("exportOnnx() refuses flags without sense, and to replace a model", async () => {
  const refused = (tokens: string[], message: string) =>
    assertRejects(() => exportOnnx(tokens), UsageError, message);
  await refused(MODEL, "give the model and where to write, --model MODEL --output DIR");
  await refused([...MODEL, "--output", "a", "b"], '"b" is no flag');
  await refused(
    [...MODEL, "--output", "a", "--precision", "int4"],
    'Cannot read --precision "int4": known are f32, f16, int8; the nearest is "int8"',
  );
  await refused(
    [...MODEL, "--output", TINY_BERT],
    "it holds a model, model.safetensors, and would",
  );
  await withFolder({ "notes.txt": "mine" }, async (folder) => {
    await refused(
      [...MODEL, "--output", folder],
      "it holds other files, such as notes.txt, and would",
    );
    assertEquals(await Deno.readTextFile(join(folder, "notes.txt")), "mine");
  });
  await withFolder({}, async (folder) => {
    const output = join(folder, "out");
    await assertRejects(
      () => exportOnnx(["--model", folder, "--output", output]),
      InputError,
      "config.json is missing",
    );
  });
});

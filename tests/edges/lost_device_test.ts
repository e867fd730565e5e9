import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { train } from "../../src/cli/train.ts";
import { listCheckpoints } from "../../src/io/checkpoint.ts";
import { captureOutput } from "../support/capture_output.ts";
import { TINY_BERT } from "../support/model_directory.ts";
import { withFolder } from "../support/with_folder.ts";

const ROWS = Array.from({ length: 12 }, (_, i) => `a ${i} b,c ${11 - i} d\n`).join("");

/** Runs work whose first device is lost once `isTime`. */
async function losing(isTime: () => Promise<boolean>, work: () => Promise<string>) {
  const { requestAdapter } = navigator.gpu;
  let devices = 0;
  navigator.gpu.requestAdapter = async (options) => {
    const adapter = (await requestAdapter.call(navigator.gpu, options))!;
    const requestDevice = adapter.requestDevice.bind(adapter);
    adapter.requestDevice = async (descriptor) => {
      const device = await requestDevice(descriptor);
      if (++devices === 1) void loseWhen(device);
      return device;
    };
    return adapter;
  };
  const loseWhen = async (device: GPUDevice) => {
    while (!await isTime()) await new Promise((resolve) => setTimeout(resolve, 1));
    device.destroy();
  };
  try {
    return { text: await work(), devices };
  } finally {
    navigator.gpu.requestAdapter = requestAdapter;
  }
}

Deno.test("train of the command line goes on where its device is lost, to the same bits", async () => {
  await withFolder({ "pairs.csv": `question,answer\n${ROWS}` }, async (folder) => {
    const warnings: string[] = [];
    const run = (name: string) =>
      captureOutput(async () => {
        const { error } = console;
        console.error = (line: string) => warnings.push(line);
        try {
          await train([
            ...["--model", TINY_BERT, "--train-dataset", join(folder, "pairs.csv")],
            ...["--eval-dataset", join(folder, "pairs.csv"), "--evaluation-strategy", "no"],
            ...["--output-dir", join(folder, name), "--per-device-train-batch-size", "4"],
            ..."--max-steps 40 --save-strategy steps --save-steps 2".split(" "),
          ]);
        } finally {
          console.error = error;
        }
      });
    const whole = await run("whole");
    assertEquals(warnings, []);
    const output = join(folder, "lost");
    const isTime = async () => (await listCheckpoints(output).catch(() => [])).length > 0;
    const lost = await losing(isTime, () => run("lost"));
    assertEquals(lost.devices, 2);
    assertEquals(warnings.length, 1);
    assertMatch(
      warnings[0],
      /^Warning: .*the device was lost .*: goes on from .*checkpoint-\d+ on/,
    );
    const weights = (name: string) =>
      Deno.readFile(join(folder, name, "final", "model.safetensors"));
    assertEquals(await weights("lost"), await weights("whole"));
    // What was found before training is remembered, and the table is the same.
    const table = (text: string) => text.slice(text.indexOf("metric "), text.indexOf("Saved"));
    assert(table(whole).includes("before"), whole);
    assertEquals(table(lost.text), table(whole));
  });
});

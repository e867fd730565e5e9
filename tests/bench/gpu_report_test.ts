import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { fromFileUrl, join } from "@std/path";

const PROGRAM = fromFileUrl(new URL("../../bench/gpu_report.ts", import.meta.url));

async function report(...args: string[]) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-lock", PROGRAM, ...args],
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, said: text(stdout), complained: text(stderr) };
}

Deno.test("the report on GPUs measures steps and trainers of a small model, and keeps the rows", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const output = join(folder, "results.jsonl");
    const choice = [
      "--models",
      "tiny",
      "--pairs",
      "2",
      "--lengths",
      "real",
      "--only",
      "sentrain-f16",
    ];
    const { code, said } = await report(
      ...choice,
      "--only",
      "sentrain-f16",
      "--quick",
      "--output",
      output,
    );
    assertEquals(code, 0);
    assertMatch(said, /Shaders reach at most: a copy \d+ GB\/s, multiply-adds \d+ GFLOP\/s/);
    assertStringIncludes(said, "\ntiny, 2 pairs, real lengths\n");
    assertStringIncludes(said, "\ntrainer, tiny, 2 pairs, real lengths\n");
    const lines = (await Deno.readTextFile(output)).trimEnd().split("\n").map((it) =>
      JSON.parse(it)
    );
    assertEquals(lines.map(({ name }) => name), [
      "sentrain",
      "sentrain f16 (f16 operands)",
      "sentrain trainer",
      "sentrain trainer f16 (f16 operands)",
    ]);
    for (const { peak_gpu_mb, tokens_per_second, share_of_peak, loss_first } of lines) {
      assert(peak_gpu_mb > 1 && tokens_per_second > 1 && share_of_peak > 0 && share_of_peak < 1);
      // The loss of two candidates that are alike.
      assert(Math.abs(loss_first - Math.log(2)) < Math.log(2));
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

for (
  const [args, message] of [
    [["--models", "MiniLM-L7"], 'Cannot report on model "MiniLM-L7": found MiniLM-L6, '],
    [["--lengths", "long"], 'Cannot report on lengths "long": found real, full'],
    [["--pairs", "32,1"], "Cannot report on --pairs 32,1: wanted whole numbers of at least 2"],
    [
      ["--products", "64x64"],
      'Cannot report on product "64x64": wanted extents such as 4096x3072x768',
    ],
    [["--fast"], 'Cannot report: found "--fast", wanted --products, '],
  ] as const
) {
  Deno.test(`the report on GPUs refuses ${args.join(" ")}`, async () => {
    const { code, complained } = await report(...args);
    assertEquals(code, 2);
    assertStringIncludes(complained, message);
  });
}

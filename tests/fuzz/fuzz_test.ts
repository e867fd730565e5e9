import { assert, assertEquals } from "@std/assert";
import { InputError } from "../../src/errors.ts";
import { type Outcome, type Reader, runTarget } from "./run_target.ts";
import { TARGETS } from "./targets.ts";

const RUNS = 250;

Deno.test("every reader of files gives a result or a clear error for damaged input", async (t) => {
  assertEquals(TARGETS.length, 22);
  for (const target of TARGETS) {
    await t.step(target.name, async () => {
      const outcome = await runTarget(target, { runs: RUNS, seed: 20 });
      assertEquals(outcome.failures, []);
      assertEquals(outcome.inputs, RUNS);
      assertEquals(outcome.results + outcome.clearErrors, RUNS);
      // Neither is damage harmless, nor does it leave nothing to read.
      assert(outcome.results > 0, "no input was read");
      assert(outcome.clearErrors > RUNS / 4, `only ${outcome.clearErrors} were refused`);
    });
  }
});

/** Runs a target whose readers do something with every input. */
function run(read: (folder: string, bytes: Uint8Array) => unknown): Promise<Outcome> {
  const prepare = (folder: string): Reader => ({
    mutate: (dice) => Uint8Array.of(dice.below(256)),
    read: (bytes) => read(folder, bytes),
  });
  return runTarget({ name: "planted", prepare }, { runs: 8, seed: 1, mostFailures: 2 });
}

function problemsOf({ failures }: Outcome): string[] {
  return failures.map(({ index, problem }) => `${index}: ${problem.split("\n")[0]}`);
}

Deno.test("runTarget() counts results and clear errors, and finds nothing wrong with them", async () => {
  const outcome = await run((_, bytes) => {
    if (bytes[0] % 2 === 0) throw new InputError("Cannot read x: it is even");
  });
  assertEquals(problemsOf(outcome), []);
  assertEquals(outcome.inputs, 8);
  assertEquals(outcome.results + outcome.clearErrors, 8);
  assert(outcome.results > 0 && outcome.clearErrors > 0);
});

Deno.test("runTarget() finds a crash, and ends when it has found enough", async () => {
  const crash = await run(() => (null as unknown as string).length);
  const text = "TypeError: Cannot read properties of null (reading 'length')";
  assertEquals(problemsOf(crash), [`0: ${text}`, `1: ${text}`]);
  assertEquals(crash.inputs, 2);
});

Deno.test("runTarget() finds errors of another class or wording, and what is no error", async () => {
  const plain = await run(() => Promise.reject(new Error("Cannot read x: of no class")));
  assertEquals(problemsOf(plain)[0], "0: Error: Cannot read x: of no class");
  const wording = await run(() => Promise.reject(new InputError("bad file")));
  assertEquals(problemsOf(wording)[0], "0: InputError: bad file");
  const text = await run(() => Promise.reject("bad"));
  assertEquals(problemsOf(text)[0], "0: it threw bad");
});

Deno.test("runTarget() finds an input that takes more than a second, twice", async () => {
  let calls = 0;
  const slow = await run(() => {
    const end = performance.now() + (++calls < 5 ? 1050 : 0);
    while (performance.now() < end);
  });
  assertEquals(calls, 4);
  assert(/^0: it took 10[5-9]\d ms$|^0: it took 1[1-9]\d\d ms$/.test(problemsOf(slow)[0]));
});

Deno.test("runTarget() finds writing, renaming and removing outside of the folder", async () => {
  const outside = await Deno.makeTempDir();
  const path = `${outside}/x`;
  try {
    const write = await run(() => Deno.writeTextFile(path, "x"));
    assertEquals(problemsOf(write)[0], `0: it changed files outside: writeTextFile ${path}`);
    const rename = await run(async (folder) => {
      await Deno.writeTextFile(`${folder}/y`, "y");
      await Deno.rename(`${folder}/y`, path);
    });
    assertEquals(problemsOf(rename)[0], `0: it changed files outside: rename ${path}`);
    const open = await run(() => Deno.openSync(path, { append: true }).close());
    assertEquals(problemsOf(open)[0], `0: it changed files outside: openSync ${path}`);
    const within = await run((folder) => {
      Deno.mkdirSync(`${folder}/a`, { recursive: true });
      Deno.removeSync(`${folder}/a`);
    });
    assertEquals(problemsOf(within), []);
  } finally {
    await Deno.remove(outside, { recursive: true });
  }
  assertEquals(Deno.writeTextFile.name, "writeTextFile");
});

Deno.test("runTarget() finds memory that is taken beyond the size of the input", async () => {
  const kept: Uint8Array[] = [];
  const outcome = await run(() => kept.push(new Uint8Array(80 << 20)));
  assert(/^0: memory grew by \d+ bytes for an input of 1$/.test(problemsOf(outcome)[0]));
  assert(outcome.growth >= 80 << 20);
});

Deno.test("a hang ends the run with the index of its input", async () => {
  const code = `
    import { runTarget } from ${JSON.stringify(new URL("run_target.ts", import.meta.url).href)};
    const prepare = () => ({ mutate: () => new Uint8Array(1), read: () => { for (;;); } });
    await runTarget({ name: "planted", prepare }, { runs: 9, seed: 3, from: 5, hangSeconds: 1 });
  `;
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "eval",
      "--no-lock",
      `--config=${new URL("../../deno.json", import.meta.url).pathname}`,
      code,
    ],
  }).output();
  assertEquals(success, false);
  const text = new TextDecoder().decode(stderr);
  assert(text.includes("planted, seed 3: input 5 hangs"), text);
});

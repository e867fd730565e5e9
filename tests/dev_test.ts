import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import manifest from "../deno.json" with { type: "json" };
import { ROOT } from "../tools/repository.ts";

const SYSTEM_TOOLS = "cat chmod dirname env grep ls mkdir mv rm sed sh tail tee tr uname";

/** Says that it is recent, has an adapter where `adapter` lies beside it, and else repeats its call. */
const DENO = `#!/bin/sh
case $1 in
  --version) echo "deno \${FAKE_VERSION:-2.9.6} (stable, release)" ;;
  eval) echo probed >>"$SANDBOX/probes"; [ -f "$SANDBOX/adapter" ] ;;
  *) echo "deno $* in \${DENO_DIR:-no DENO_DIR}"; [ ! -f "$SANDBOX/output" ] || cat "$SANDBOX/output" ;;
esac
`;

/** Installs the Deno above as npm does. */
const NPM = `#!/bin/sh
while [ "$1" != --prefix ]; do shift; done
mkdir -p "$2/node_modules/@deno/any" "$2/npm"
cp "$SANDBOX/deno" "$2/node_modules/@deno/any/deno"
echo fetched >>"$SANDBOX/fetches"
`;

/** A copy of `dev` on a machine that has the usual tools and what a test adds to it. */
class Sandbox implements AsyncDisposable {
  readonly root: string;

  private constructor(root: string) {
    this.root = root;
  }

  static async create(): Promise<Sandbox> {
    const sandbox = new Sandbox(await Deno.makeTempDir());
    await Deno.mkdir(join(sandbox.root, "bin"));
    for (const name of ["dev", "deno.json"]) {
      await Deno.copyFile(join(ROOT, name), join(sandbox.root, name));
    }
    await new Deno.Command("sh", {
      args: ["-c", `for t in ${SYSTEM_TOOLS} cp; do ln -s "$(command -v $t)" bin/$t; done`],
      cwd: sandbox.root,
    }).output();
    await sandbox.write("bin/id", "#!/bin/sh\necho 1000\n");
    await sandbox.write("deno", DENO);
    return sandbox;
  }

  async write(path: string, text = ""): Promise<void> {
    await Deno.writeTextFile(join(this.root, path), text);
    await Deno.chmod(join(this.root, path), 0o755);
  }

  /** Lines of a file, none where there is no file. */
  async lines(path: string): Promise<number> {
    const text = await Deno.readTextFile(join(this.root, path)).catch(() => "");
    return text.split("\n").length - 1;
  }

  async dev(args: string[], env: Record<string, string> = {}): Promise<Result> {
    const { code, stdout, stderr } = await new Deno.Command(join(this.root, "dev"), {
      args,
      clearEnv: true,
      env: { PATH: join(this.root, "bin"), SANDBOX: this.root, ...env },
    }).output();
    const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
    return { code, out, err };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.root, { recursive: true });
  }
}

interface Result {
  code: number;
  out: string;
  err: string;
}

/** Answers for every program that tests need. */
const MPIRUN = "#!/bin/sh\necho 'mpirun (Open MPI) 4.1.4'\n";
/** What is said where a program lacks, the program, and its package. */
const NEEDED = [
  ["No mpirun of Open MPI answers", "mpirun", "openmpi-bin"],
  ["No chromium is on the PATH", "chromium", "chromium"],
] as const;

Deno.test("dev alone says what it can do, with every task", async () => {
  await using sandbox = await Sandbox.create();
  const { code, out } = await sandbox.dev([]);
  assertEquals(code, 0);
  const tasks = Object.keys(manifest.tasks);
  assert(tasks.length >= 11);
  for (const task of tasks) assertMatch(out, new RegExp(`\\b${task}\\b`));
});

Deno.test("dev calls an installed Deno and leaves its settings alone", async () => {
  await using sandbox = await Sandbox.create();
  await sandbox.write("bin/deno", DENO);
  await sandbox.write("adapter");
  const cli = `${sandbox.root}/cli.ts`;
  const expected: [string[], string][] = [
    [["doctor", "--json"], `run -A ${cli} doctor --json`],
    [["train", "a b"], `run -A ${cli} train a b`],
    [["help"], `run -A ${cli} help`],
    [["unheard-of"], `run -A ${cli} unheard-of`],
    [["fmt", "--check"], "task fmt --check"],
    [["bench", "--filter", "x"], "task bench --filter x"],
  ];
  for (const [args, call] of expected) {
    assertEquals(await sandbox.dev(args), {
      code: 0,
      out: `deno ${call} in no DENO_DIR\n`,
      err: "",
    });
  }
  assertEquals(expected.length, 6);
  assertEquals(await sandbox.lines("probes"), 1);
});

Deno.test("dev fetches Deno once into its own folder when there is none or an old one", async () => {
  for (const old of [false, true]) {
    await using sandbox = await Sandbox.create();
    if (old) await sandbox.write("bin/deno", DENO);
    await sandbox.write("bin/npm", NPM);
    await sandbox.write("adapter");
    const first = await sandbox.dev(["doctor"], { FAKE_VERSION: "2.8.11" });
    assertStringIncludes(first.out, `doctor in ${sandbox.root}/.deno/cache`);
    assertStringIncludes(first.err, "Fetching Deno");
    const second = await sandbox.dev(["doctor"], { FAKE_VERSION: "2.8.11" });
    assertEquals(second, { ...first, err: "" });
    assertEquals(await sandbox.lines("fetches"), 1);
  }
});

Deno.test("dev says what is missing when Deno cannot be fetched", async () => {
  await using sandbox = await Sandbox.create();
  const { code, err } = await sandbox.dev(["fmt"]);
  assertEquals(code, 1);
  assertStringIncludes(err, "npm is missing; install npm, or Deno 2.9 or newer");
  await sandbox.write("bin/npm", "#!/bin/sh\necho no network >&2\nexit 1\n");
  const failed = await sandbox.dev(["fmt"]);
  assertEquals(failed.code, 1);
  assertMatch(failed.err, /no network\nCannot fetch Deno .* from npm/);
});

Deno.test("dev asks for root when no adapter answers, and probes again once it does", async () => {
  await using sandbox = await Sandbox.create();
  await sandbox.write("bin/deno", DENO);
  await sandbox.write("bin/apt-get", "#!/bin/sh\nexit 1\n");
  const refused = await sandbox.dev(["doctor"]);
  assertEquals([refused.code, refused.out], [1, ""]);
  assertMatch(refused.err, /Run once:\n {2}su -c 'apt-get update && .*'\n|install a Vulkan driver/);
  await sandbox.write("adapter");
  assertEquals((await sandbox.dev(["doctor"])).code, 0);
  assertEquals((await sandbox.dev(["doctor"])).code, 0);
  assertEquals(await sandbox.lines("probes"), 2);
  await Deno.remove(join(sandbox.root, "adapter"));
  assertEquals((await sandbox.dev(["doctor"], { VK_DRIVER_FILES: "changed" })).code, 1);
  assertEquals(await sandbox.lines("probes"), 3);
});

Deno.test("dev asks for an adapter for the commands that need one, and tells how it was called", async () => {
  const commands = { train: 1, encode: 1, evaluate: 1, export: 1, doctor: 1, tune: 1, report: 0 };
  const script = DENO.replace("*) echo", '*) echo "called $SENTRAIN_COMMAND"; echo');
  assert(script !== DENO);
  for (const [command, probes] of Object.entries(commands)) {
    await using sandbox = await Sandbox.create();
    await sandbox.write("bin/deno", script);
    await sandbox.write("adapter");
    assertMatch((await sandbox.dev([command])).out, /^called \S+dev\n/, command);
    assertEquals(await sandbox.lines("probes"), probes, command);
    // A task runs tests, whose commands are called by another name.
    assertMatch((await sandbox.dev(["fmt"])).out, /^called \n/);
  }
});

Deno.test("dev test installs what its tests need, and goes on where it cannot", async () => {
  for (const [what, name, packages] of NEEDED) {
    await using sandbox = await Sandbox.create();
    await sandbox.write("bin/deno", DENO);
    await sandbox.write("adapter");
    await sandbox.write("output", "ok | 1 passed | 0 failed (1ms)\n");
    // The other one is there.
    for (const [, other] of NEEDED) if (other !== name) await sandbox.write(`bin/${other}`, MPIRUN);
    await sandbox.write("bin/apt-get", "#!/bin/sh\nexit 1\n");
    const refused = await sandbox.dev(["test"]);
    assertEquals(refused.code, 0);
    assertMatch(refused.err, new RegExp(`^${what}.*\n( {2}su -c '.* ${packages}'\n)?`));
    assertMatch(refused.err, /fails? without it\n$/);
    await sandbox.write("answer", MPIRUN);
    await sandbox.write("bin/id", "#!/bin/sh\necho 0\n");
    const install = `echo "$*" >>"$SANDBOX/installs"\ncp "$SANDBOX/answer" "$SANDBOX/bin/${name}"`;
    await sandbox.write("bin/apt-get", `#!/bin/sh\n${install}\n`);
    const installed = await sandbox.dev(["test"]);
    assertMatch(installed.err, new RegExp(`^${what}: install(ing ${packages} with apt| )`));
    assertEquals(await sandbox.lines("installs") <= 1, true);
    await sandbox.write(`bin/${name}`, MPIRUN);
    assertEquals((await sandbox.dev(["test"])).err, "");
    assertEquals((await sandbox.dev(["fmt"])).err, "");
  }
});

Deno.test("dev test ends with the counts and fails when nothing passed", async () => {
  await using sandbox = await Sandbox.create();
  await sandbox.write("bin/deno", DENO);
  await sandbox.write("adapter");
  const expected: [string, string, number][] = [
    ["ok | 12 passed (3 steps) | 0 failed (2s)", "12 passed, 0 failed", 0],
    ["ok | 7 passed | 0 failed | 1 ignored (2s)", "7 passed, 0 failed", 0],
    ["ok | 0 passed | 0 failed (0ms)", "0 passed, 0 failed", 1],
    ["error: Type checking failed.", "0 passed, 1 failed", 1],
  ];
  for (const [summary, last, code] of expected) {
    await sandbox.write("output", `x ... ok\n\n${summary}\n\n`);
    const result = await sandbox.dev(["test", "tests/x_test.ts"]);
    assertStringIncludes(result.out, "deno task test tests/x_test.ts");
    assertEquals([result.out.trimEnd().split("\n").at(-1), result.code], [last, code]);
  }
  assertEquals(expected.length, 4);
  await sandbox.write("bin/deno", DENO + "[ $1 != task ] || exit 3\n");
  await sandbox.write("output", "FAILED | 11 passed | 1 failed (2s)\n");
  const failed = await sandbox.dev(["test"]);
  assertEquals([failed.out.split("\n").at(-2), failed.code], ["11 passed, 1 failed", 3]);
});

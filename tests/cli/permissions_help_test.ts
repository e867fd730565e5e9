import { assert, assertEquals, assertRejects } from "@std/assert";
import { permissionsHelp } from "../../src/cli/permissions_help.ts";
import { UsageError } from "../../src/errors.ts";

Deno.test("permissionsHelp() is a command line that a shell reads back as it was given", async () => {
  const tokens = ["encode", "--model", "./my model", "--prompt", "it's $HOME", "a.txt"];
  const text = await permissionsHelp(tokens);
  const script = `deno() { for word in "$@"; do printf '%s\\n' "$word"; done; }\n${text}`;
  const { stdout } = await new Deno.Command("sh", { args: ["-c", script] }).output();
  const words = new TextDecoder().decode(stdout).trimEnd().split("\n");
  const at = words.indexOf("cli.ts");
  assertEquals(words.slice(at + 1), tokens);
  assertEquals(words[0], "run");
  const flags = words.slice(1, at);
  assert(flags.every((flag) => /^--allow-(?:read|env)=/.test(flag)), text);
  assert(flags.some((flag) => flag.includes("./my model")), text);
});

Deno.test("permissionsHelp() without a command shows each of them", async () => {
  const text = await permissionsHelp([]);
  const commands = [...text.matchAll(/ cli\.ts (\w+)/g)].map(([, command]) => command);
  assertEquals(
    [...new Set(commands)].join(" "),
    "train evaluate encode export losses evaluators report doctor tune completions help",
  );
  assert(!/-A\b|--allow-(?:run|ffi|all|net|import)/.test(text), text);
});

Deno.test("permissionsHelp() refuses an unknown command", async () => {
  await assertRejects(() => permissionsHelp(["serve"]), UsageError, 'Cannot run "serve"');
});

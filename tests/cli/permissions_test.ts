import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { permissionFlags, type Permissions, permissionsOf } from "../../src/cli/permissions.ts";
import { UsageError } from "../../src/errors.ts";
import { readRepository } from "../../tools/repository.ts";
import { withFolder } from "../support/with_folder.ts";
import { withEnvironment } from "../support/with_hub.ts";

/** What a command needs, on a machine whose home is `/own`. */
async function needed(line: string): Promise<Permissions> {
  const [command, ...tokens] = line.split(" ");
  const variables = {
    HOME: "/own",
    SENTRAIN_CACHE: "/kept",
    TMPDIR: "/temporary",
    OMPI_COMM_WORLD_RANK: "",
  };
  let found: Permissions;
  await withEnvironment(variables, async () => {
    Deno.env.delete("OMPI_COMM_WORLD_RANK");
    found = await permissionsOf(command, tokens);
  });
  return found!;
}

const HUB = "/own/.cache/huggingface/hub";

Deno.test("permissionsOf() a command that only shows something is nothing but a variable", async () => {
  for (const line of ["losses", "losses CoSENTLoss", "evaluators", "completions fish", "help"]) {
    const { env, ...rest } = await needed(line);
    assertEquals(env, ["SENTRAIN_DEBUG"]);
    assertEquals(rest, { read: [], write: [], net: [], sys: [], ffi: false });
  }
});

Deno.test("permissionsOf() names the model, the data and the folders of outputs", async () => {
  const cases: [string, string[], string[]][] = [
    ["train", ["/kept", "trainer_output"], ["/kept", "trainer_output"]],
    [
      "train --model ./m --train-dataset a=x/a.csv --eval-dataset d:train --output-dir o",
      ["./m", "/kept", "d", "o", "x/a.csv"],
      ["/kept", "o"],
    ],
    [
      "train --guide ./g --logging-dir l --resume-from-checkpoint c/1 --profile p/t.json",
      ["./g", "/kept", "c/1", "p", "trainer_output"],
      ["/kept", "l", "p", "trainer_output"],
    ],
    ["train --resume-from-checkpoint true", ["/kept", "trainer_output"], [
      "/kept",
      "trainer_output",
    ]],
    [
      'evaluate --model ./m --evaluator nano_beir:{"folder":"beir"} --output-dir=ev',
      ["./m", "/kept", "beir", "ev"],
      ["/kept", "ev"],
    ],
    ["encode --model ./m -- a.txt - --b", ["--b", "./m", "/kept", "a.txt"], []],
    ["encode --model ./m --output out/e.npy", ["./m", "/kept", "out"], ["out"]],
    ["export --model ./m --output out/onnx", ["./m", "/kept", "out"], ["out"]],
    [
      "evaluate --model ./m --eval-dataset a.csv.gz",
      ["./m", "/kept", "/temporary", "a.csv.gz"],
      ["/kept", "/temporary"],
    ],
    [
      "train --train-dataset a.csv --streaming",
      ["/kept", "/temporary", "a.csv", "trainer_output"],
      ["/kept", "/temporary", "trainer_output"],
    ],
    ["report run", ["run"], ["run"]],
    ["report run --output pages/a.html", ["run"], ["pages"]],
    ["report one two", ["one", "two"], ["."]],
    ["doctor", [], []],
    ["tune --model ./m", ["./m", "/kept"], ["/kept"]],
  ];
  assertEquals(cases.length, 15);
  for (const [line, read, write] of cases) {
    const found = await needed(line);
    assertEquals([line, [...found.read].sort(), [...found.write].sort()], [line, read, write]);
    assertEquals([found.net, found.ffi], [[], false], line);
  }
});

Deno.test("permissionsOf() has a network for a hub and for who watches, and nothing else", async () => {
  assertEquals((await needed("train --watch 6008")).net, ["127.0.0.1:6008"]);
  const none = await needed("train");
  assert(!none.env.some((name) => name.startsWith("H") && name !== "HOME"));
  for (const line of ["train --model org/name", "train --push-to-hub", "encode --model org/name"]) {
    const { net, read, write, env } = await needed(line);
    assertEquals(net, ["*"], line);
    assert(read.includes(HUB) && read.includes("/own/.cache/huggingface/token"), line);
    assert(write.includes(HUB) && env.includes("HF_*"), line);
  }
});

Deno.test("permissionsOf() takes what is there for a directory, whatever its name", async () => {
  await withFolder({ "org/name/config.json": "{}" }, async (folder) => {
    assertEquals((await needed(`encode --model ${join(folder, "org/name")}`)).net, []);
  });
});

Deno.test("permissionsOf() lets workers read the modules of this package alone", async () => {
  const plain = await needed("train");
  for (const line of ["train --dataloader-num-workers 2", "train --push-to-hub true"]) {
    const { read } = await needed(line);
    const more = read.filter((path) => !plain.read.includes(path) && !path.startsWith("/own"));
    assertEquals(more.length, 2, line);
    assert(/[\\/]src[\\/]$/.test(more[0]) && /[\\/]deno\.json$/.test(more[1]), `${more}`);
  }
});

Deno.test("permissionsOf() lets a rank of several call the library", async () => {
  await withEnvironment({ OMPI_COMM_WORLD_RANK: "0" }, async () => {
    assertEquals((await permissionsOf("train", [])).ffi, true);
  });
});

Deno.test("permissionsOf() refuses unknown commands, and flags that train refuses", async () => {
  await assertRejects(() => permissionsOf("serve", []), UsageError, 'Cannot run "serve"');
  await assertRejects(() => permissionsOf("toString", []), UsageError);
  await assertRejects(() => permissionsOf("train", ["--modle", "x"]), UsageError, "--model");
});

Deno.test("every variable that the code reads is permitted", async () => {
  const names = new Set<string>();
  for (const [path, text] of await readRepository()) {
    if (!/^(?:src\/|cli\.ts|mod\.ts)/.test(path) || path === "src/cli/permissions.ts") continue;
    const calls = text.matchAll(/\b(?:environmentVariable|variable|environment\.[gs]et)\("(\w+)"/g);
    const tables = text.matchAll(/"((?:HF|OMPI|PMI|PMIX|SLURM|SENTRAIN|XDG|DENO)_[A-Z_]+)"/g);
    for (const [, name] of [...calls, ...tables]) names.add(name);
  }
  const found = [...names];
  assert(found.length >= 25, `${found}`);
  const { env } = await needed("train --push-to-hub true");
  const permitted = (name: string) =>
    env.some((each) => each.endsWith("*") ? name.startsWith(each.slice(0, -1)) : name === each);
  const windows = ["LOCALAPPDATA", "USERPROFILE"];
  assertEquals(found.filter((name) => !permitted(name) && !windows.includes(name)), []);
});

Deno.test("no module but that of the host reads variables unasked", async () => {
  const readers = [...await readRepository()]
    .filter(([path, text]) =>
      /^(?:src\/|cli\.ts)/.test(path) && /\bDeno\.env\.(?:get|has|to)/.test(text)
    )
    .map(([path]) => path);
  assertEquals(readers, ["src/host/deno_host.ts"]);
});

Deno.test("permissionFlags() leaves out what is empty and doubles commas", () => {
  const none = { read: [], write: [], net: [], env: [], sys: [], ffi: false };
  assertEquals(permissionFlags(none), []);
  assertEquals(
    permissionFlags({ ...none, read: ["b", "a,c"], write: ["d e"], net: ["*"], ffi: true }),
    ["--allow-read=a,,c,b", "--allow-write=d e", "--allow-net", "--allow-ffi"],
  );
  assertEquals(
    permissionFlags({ ...none, net: ["127.0.0.1:1"], env: ["B", "A"], sys: ["hostname"] }),
    ["--allow-net=127.0.0.1:1", "--allow-env=A,B", "--allow-sys=hostname"],
  );
});

import { assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { HUB_URL } from "@huggingface/hub";
import { UsageError } from "../../src/errors.ts";
import { hubSettings } from "../../src/hub/hub_settings.ts";
import { withEnvironment } from "../support/with_hub.ts";
import { withFolder } from "../support/with_folder.ts";

/** Settings as these variables make them, with a home of the test's own. */
async function settings(
  environment: Record<string, string>,
  files: Record<string, string> = {},
  token?: string,
) {
  let found: Awaited<ReturnType<typeof hubSettings>>;
  let home = "";
  await withFolder(files, async (folder) => {
    home = folder;
    const own = Object.fromEntries(
      Object.entries(environment).map(([name, value]) => [name, value.replace("HERE", folder)]),
    );
    await withEnvironment({ HOME: folder, ...own }, async () => {
      found = await hubSettings(token);
    });
  });
  const { cacheDir, tokenFile, ...rest } = found!;
  const here = (path: string) => path.replace(home, "HERE");
  return { ...rest, cacheDir: here(cacheDir), tokenFile: here(tokenFile) };
}

Deno.test("hubSettings() are by default those of the package and of the home directory", async () => {
  assertEquals(await settings({}), {
    endpoint: HUB_URL,
    token: null,
    tokenFile: join("HERE", ".cache/huggingface/token"),
    cacheDir: join("HERE", ".cache/huggingface/hub"),
    offline: false,
    timeout: 10,
  });
});

Deno.test("hubSettings() find the cache where huggingface_hub has it", async () => {
  const cases: [Record<string, string>, string][] = [
    [{ XDG_CACHE_HOME: "HERE/x" }, "HERE/x/huggingface/hub"],
    [{ XDG_CACHE_HOME: "HERE/x", HF_HOME: "HERE/y" }, "HERE/y/hub"],
    [{ HF_HOME: "~/y" }, "HERE/y/hub"],
    [{ HF_HOME: "HERE/y", HUGGINGFACE_HUB_CACHE: "HERE/z" }, "HERE/z"],
    [{ HUGGINGFACE_HUB_CACHE: "HERE/z", HF_HUB_CACHE: "HERE/w" }, "HERE/w"],
    [{ HF_HOME: "" }, "HERE/.cache/huggingface/hub"],
  ];
  for (const [environment, cacheDir] of cases) {
    assertEquals((await settings(environment)).cacheDir, cacheDir);
  }
});

Deno.test("hubSettings() take the token that is given, of the environment, of a file, in this order", async () => {
  const files = { "h/token": "hf_file\n", "other": "hf_other" };
  const home = { HF_HOME: "HERE/h" };
  const token = async (environment: Record<string, string>, given?: string) =>
    (await settings(environment, files, given)).token;
  assertEquals(await token(home), "hf_file");
  assertEquals(await token({ ...home, HF_TOKEN_PATH: "HERE/other" }), "hf_other");
  assertEquals(await token({ ...home, HUGGING_FACE_HUB_TOKEN: "hf_old" }), "hf_old");
  assertEquals(
    await token({ ...home, HF_TOKEN: " hf_new\r\n", HUGGING_FACE_HUB_TOKEN: "x" }),
    "hf_new",
  );
  assertEquals(await token({ ...home, HF_TOKEN: "hf_new" }, "hf_given"), "hf_given");
  assertEquals(await token({ ...home, HF_TOKEN: "" }, " "), "hf_file");
});

Deno.test("hubSettings() read address, offline and timeout", async () => {
  assertEquals(
    (await settings({ HF_ENDPOINT: "http://localhost:1/" })).endpoint,
    "http://localhost:1",
  );
  for (
    const [value, offline] of [["1", true], ["true", true], ["0", false], ["no", false]] as const
  ) {
    assertEquals((await settings({ HF_HUB_OFFLINE: value })).offline, offline);
    assertEquals((await settings({ TRANSFORMERS_OFFLINE: value })).offline, offline);
  }
  assertEquals((await settings({ HF_HUB_DOWNLOAD_TIMEOUT: "3.5" })).timeout, 3.5);
  assertEquals((await settings({ HF_HUB_DOWNLOAD_TIMEOUT: "soon" })).timeout, 10);
  for (const HF_ENDPOINT of ["localhost", "ftp://x", "file:///etc"]) {
    await assertRejects(
      () => settings({ HF_ENDPOINT }),
      UsageError,
      `HF_ENDPOINT is "${HF_ENDPOINT}"`,
    );
  }
});

/**
 * A hub and a cache of a test's own.
 *
 * @module
 */
import { join } from "@std/path";
import { HubServer } from "./hub_server.ts";
import { withFolder } from "./with_folder.ts";

/** All that the settings of the hub are read from. */
const VARIABLES = [
  "HF_ENDPOINT",
  "HF_HOME",
  "HF_HUB_CACHE",
  "HF_HUB_DOWNLOAD_TIMEOUT",
  "HF_HUB_OFFLINE",
  "HF_TOKEN",
  "HF_TOKEN_PATH",
  "HUGGINGFACE_HUB_CACHE",
  "HUGGING_FACE_HUB_TOKEN",
  "TRANSFORMERS_OFFLINE",
  "XDG_CACHE_HOME",
];

/** A hub, and a folder of the test. */
export interface TestHub {
  readonly server: HubServer;
  /** A folder for whatever the test needs. */
  readonly folder: string;
  /** The directory of the cache. */
  readonly cache: string;
}

/**
 * Runs a test with a hub of its own, which the environment names, and an empty cache.
 *
 * @param environment Variables that differ.
 * @param test What to do there.
 */
export async function withHub(
  environment: Readonly<Record<string, string>>,
  test: (hub: TestHub) => unknown,
): Promise<void> {
  const server = new HubServer();
  try {
    await withFolder({}, async (folder) => {
      const home = join(folder, "home");
      await withEnvironment(
        // Whoever waits for the hub waits for a fraction of this.
        {
          HF_ENDPOINT: server.endpoint,
          HF_HOME: home,
          HF_HUB_DOWNLOAD_TIMEOUT: "2",
          ...environment,
        },
        () => test({ server, folder, cache: join(home, "hub") }),
      );
    });
  } finally {
    await server.close();
  }
}

/**
 * Runs a test with these variables, and no others of those that the hub's settings are read from.
 *
 * @param environment The variables.
 * @param test What to do there.
 */
export async function withEnvironment(
  environment: Readonly<Record<string, string>>,
  test: () => unknown,
): Promise<void> {
  const names = new Set([...VARIABLES, ...Object.keys(environment)]);
  const before = [...names].map((name) => [name, Deno.env.get(name)] as const);
  const set = (name: string, value: string | undefined) =>
    value === undefined ? Deno.env.delete(name) : Deno.env.set(name, value);
  try {
    for (const name of names) set(name, environment[name]);
    await test();
  } finally {
    for (const [name, value] of before) set(name, value);
  }
}

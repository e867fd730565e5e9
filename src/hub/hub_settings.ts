/**
 * Where the hub is, who asks, and where what it gives is kept: from the environment, under the names
 * that huggingface_hub reads.
 *
 * @module
 */
import { join } from "@std/path";
import { environmentVariable } from "../host/environment.ts";
import { UsageError } from "../errors.ts";
import { readText } from "../host/read_text.ts";

/** Where the hub is, who asks, and where what it gives is kept. */
export interface HubSettings {
  /** The address of the hub, without a slash at its end. */
  readonly endpoint: string;
  /** The key; null for none. */
  readonly token: string | null;
  /** The file that holds the key of whoever has logged in; it need not be there. */
  readonly tokenFile: string;
  /** The directory of the cache. */
  readonly cacheDir: string;
  /** Whether the network is not to be used. */
  readonly offline: boolean;
  /** How long the hub may be silent. Unit: seconds. */
  readonly timeout: number;
}

/** What huggingface_hub takes for yes. */
const YES = ["1", "ON", "YES", "TRUE"];

/**
 * Reads the settings: `HF_ENDPOINT`, `HF_TOKEN`, `HF_TOKEN_PATH`, `HF_HOME`, `HF_HUB_CACHE`,
 * `HF_HUB_OFFLINE`, `HF_HUB_DOWNLOAD_TIMEOUT` and their older names. The default address is that of
 * `@huggingface/hub`.
 *
 * @param token A key that was given; wins over the environment. Default: none.
 * @returns The settings.
 * @throws {UsageError} If `HF_ENDPOINT` is no address.
 */
export async function hubSettings(token: string | null = null): Promise<HubSettings> {
  const home = hubHome();
  const tokenFile = expanded(variable("HF_TOKEN_PATH")) ?? join(home, "token");
  const offline = [variable("HF_HUB_OFFLINE"), variable("TRANSFORMERS_OFFLINE")]
    .some((value) => YES.includes(value?.toUpperCase() ?? ""));
  const timeout = Number(variable("HF_HUB_DOWNLOAD_TIMEOUT"));
  return {
    endpoint: variable("HF_ENDPOINT") === undefined
      ? (await import("@huggingface/hub")).HUB_URL
      : checkedEndpoint(variable("HF_ENDPOINT")!),
    token: cleaned(token) ?? await environmentToken(tokenFile),
    tokenFile,
    cacheDir: expanded(variable("HF_HUB_CACHE") ?? variable("HUGGINGFACE_HUB_CACHE")) ??
      join(home, "hub"),
    offline,
    timeout: timeout > 0 ? timeout : 10,
  };
}

function hubHome(): string {
  const cache = expanded(variable("XDG_CACHE_HOME")) ?? join(userHome(), ".cache");
  return expanded(variable("HF_HOME")) ?? join(cache, "huggingface");
}

async function environmentToken(file: string): Promise<string | null> {
  const token = cleaned(variable("HF_TOKEN") ?? variable("HUGGING_FACE_HUB_TOKEN"));
  if (token !== null) return token;
  try {
    return cleaned(await readText(file));
  } catch {
    return null; // Who has never logged in has no such file.
  }
}

/** Keys are pasted, with what stands around them. */
function cleaned(token: string | null | undefined): string | null {
  return token?.trim() || null;
}

/** What is set to nothing is as good as not set. */
function variable(name: string): string | undefined {
  return environmentVariable(name) || undefined;
}

function userHome(): string {
  return variable("HOME") ?? variable("USERPROFILE") ?? ".";
}

function expanded(path: string | undefined): string | undefined {
  return path?.replace(/^~(?=$|[\\/])/, userHome);
}

function checkedEndpoint(text: string): string {
  const endpoint = text.replace(/\/+$/, "");
  if (URL.canParse(endpoint) && /^https?:$/.test(new URL(endpoint).protocol)) return endpoint;
  throw new UsageError(
    `Cannot reach the hub: HF_ENDPOINT is "${text}", wanted an address that begins with https:// or http://`,
  );
}

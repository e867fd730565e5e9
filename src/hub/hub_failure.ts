/**
 * What failures of the hub mean, in words.
 *
 * @module
 */
import { isConnectionLost } from "../host/file_errors.ts";
import { missingPermission } from "../host/missing_permission.ts";
import type { HubSettings } from "./hub_settings.ts";

/** Who asked whom. */
export type Asked =
  & Pick<HubSettings, "endpoint" | "token">
  & Partial<Pick<HubSettings, "cacheDir">>;

/**
 * The status of the answer that a failed request got.
 *
 * @param error What was thrown.
 * @returns The status; null where there was no answer.
 */
export function statusOf(error: unknown): number | null {
  // The class of @huggingface/hub would have to be loaded to be compared with.
  const status = (error as { statusCode?: unknown } | null | undefined)?.statusCode;
  return typeof status === "number" ? status : null;
}

/**
 * Whether a later attempt may succeed: the network failed, or the hub itself.
 *
 * @param error What was thrown.
 * @returns Whether it may.
 */
export function isPassing(error: unknown): boolean {
  const status = statusOf(error);
  if (status !== null) return status >= 500 || status === 408 || status === 429;
  return error instanceof TypeError || isAborted(error) || isConnectionLost(error);
}

/**
 * Says what was found, and what to change where that can be said.
 *
 * @param error What was thrown.
 * @param asked Who asked whom: the key is taken out of the text.
 * @returns A part of a sentence.
 */
export function failureText(error: unknown, asked: Asked): string {
  const { endpoint, token, cacheDir } = asked;
  const status = statusOf(error);
  const missing = missingPermission(
    error,
    (what) => cacheDir !== undefined && what.startsWith(cacheDir) ? cacheDir : what,
  );
  if (missing !== null) return missing;
  const said = withoutSecrets(error instanceof Error ? error.message : String(error), token);
  if (status === null) {
    return isPassing(error)
      ? `${endpoint} cannot be reached (${said}); check the network and HF_ENDPOINT`
      : said;
  }
  return `${endpoint} answered ${status} (${said})${advice(status, token)}`;
}

function advice(status: number, token: string | null): string {
  if (status === 401 || status === 404) {
    return token === null
      ? "; check the name; a private repository needs a token: set HF_TOKEN"
      : "; check the name, and whether the token is valid and may see the repository";
  }
  if (status === 403) {
    return "; the token may not do this: take one that may, and accept the terms of the repository where it has any";
  }
  return status === 429 || status >= 500 ? "; try again later" : "";
}

/**
 * Takes keys out of a text: the token, and what follows the question mark of an address, where stores
 * of files have theirs.
 *
 * @param text Any text.
 * @param token The token; null for none.
 * @returns The text without them.
 */
export function withoutSecrets(text: string, token: string | null): string {
  const hidden = token === null ? text : text.replaceAll(token, "<HUB_TOKEN>");
  return hidden.replace(/(https?:\/\/[^\s?"')]+)\?[^\s"')]*/g, "$1").replace(/\s+/g, " ").trim();
}

function isAborted(error: unknown): boolean {
  return error instanceof DOMException && ["AbortError", "TimeoutError"].includes(error.name);
}

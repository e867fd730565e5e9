/**
 * The part of `@std/path` that this repository uses, over Node's built-in modules where they agree.
 *
 * @module
 */
import * as node from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

export { isAbsolute, relative, resolve, sep as SEPARATOR } from "node:path";

const isWindows = node.sep === "\\";
const trailingSeparators = isWindows ? /(?<=[^:\\/])[\\/]+$/ : /(?<=.)\/+$/s;

/** The last part of a path, without `suffix` unless it is all of it. */
export function basename(path: string | URL, suffix = ""): string {
  const text = textOf(path);
  const name = node.basename(text);
  if (name === "" && text !== "") return text[0];
  return suffix !== "" && name !== suffix && name.endsWith(suffix)
    ? name.slice(0, -suffix.length)
    : name;
}

/** A path without its last part. */
export function dirname(path: string | URL): string {
  return node.dirname(textOf(path)).replace(trailingSeparators, "");
}

/** What of the last part of a path begins with its last dot, unless that is its first character. */
export function extname(path: string | URL): string {
  return node.extname(textOf(path));
}

/** The path of a file URL; `%` without two digits after it stands for itself. */
export function fromFileUrl(url: string | URL): string {
  const { protocol, pathname } = new URL(url);
  if (protocol !== "file:") {
    throw new TypeError(`Cannot take the path of ${url}: found ${protocol}, not file:`);
  }
  if (isWindows) return fileURLToPath(url);
  return decodeURIComponent(pathname.replace(/%(?![\da-f]{2})/gi, "%25"));
}

/** Paths one in the other, normalized. */
export function join(path: string | URL, ...paths: string[]): string {
  return node.join(textOf(path), ...paths);
}

/** A path without `.`, without `..` but at its beginning, and without repeated separators. */
export function normalize(path: string | URL): string {
  return node.normalize(textOf(path));
}

/** The file URL of an absolute path. */
export function toFileUrl(path: string): URL {
  if (!node.isAbsolute(path)) {
    throw new TypeError(`Cannot make a file URL of ${path}: the path is not absolute`);
  }
  if (isWindows) return pathToFileURL(path);
  const url = new URL("file:///");
  url.pathname = path.replace(/[%\\\s]/g, encodeURIComponent);
  return url;
}

function textOf(path: string | URL): string {
  return path instanceof URL ? fromFileUrl(path) : path;
}

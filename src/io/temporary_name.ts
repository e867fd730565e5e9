/**
 * The names of what is unfinished, moved aside or about to be removed. They tell what a killed process
 * was doing.
 *
 * @module
 */
import { basename, dirname, join } from "@std/path";

/** Begins the name of everything unfinished or about to be removed; readers skip such entries. */
export const TEMPORARY_PREFIX = ".sentrain-temporary-";

/**
 * What an entry with such a name is: `new` is written aside, to be renamed; `replaced` is whole and was
 * moved aside for a new one; `removed` is to be removed, and parts of it may be gone.
 */
export type TemporaryKind = "new" | "replaced" | "removed";

/** What a temporary name tells. */
export interface TemporaryName {
  /** The name that the entry is to get, or had. */
  readonly name: string;
  /** What it is. */
  readonly kind: TemporaryKind;
}

const SUFFIXES: Readonly<Record<TemporaryKind, string>> = {
  new: "",
  replaced: ".replaced",
  removed: ".removed",
};

const PATTERN =
  /^\.sentrain-temporary-(.+)-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(\.replaced|\.removed)?$/s;

/**
 * Makes a temporary path. It is a sibling, since a rename does not cross file systems.
 *
 * @param target The path of the entry itself, or one that this function made for it.
 * @param kind What the temporary one is.
 * @returns A path in the same directory that nothing else has.
 */
export function temporarySibling(target: string, kind: TemporaryKind = "new"): string {
  const name = parseTemporaryName(basename(target))?.name ?? basename(target);
  return join(
    dirname(target),
    `${TEMPORARY_PREFIX}${name}-${crypto.randomUUID()}${SUFFIXES[kind]}`,
  );
}

/**
 * Reads a temporary name.
 *
 * @param name The name of an entry, without its directory.
 * @returns What it tells; null where it is none that {@linkcode temporarySibling} makes.
 */
export function parseTemporaryName(name: string): TemporaryName | null {
  const [, target, suffix = ""] = PATTERN.exec(name) ?? [];
  if (target === undefined) return null;
  return { name: target, kind: suffix === "" ? "new" : suffix.slice(1) as TemporaryKind };
}

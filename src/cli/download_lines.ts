/**
 * What the command line shows while a model is fetched.
 *
 * @module
 */
import type { DownloadProgress } from "../hub/download_file.ts";

/** Where lines go. */
export interface DownloadLinesOptions {
  /** Writes a text. Default: to standard error. */
  readonly write?: (text: string) => void;
  /** Whether a line can be written over. Default: whether standard error is a terminal. */
  readonly isTerminal?: boolean;
  /** The time. Unit: ms. */
  readonly now?: () => number;
}

/** Smaller files are there at once. Unit: bytes. */
const LARGE = 1_000_000;

/** Between two lines about a file, on a terminal and elsewhere. Unit: ms. */
const INTERVALS = { true: 200, false: 10_000 } as const;

/**
 * Makes what shows how far large files are: a line that is written over, or on what is no terminal a
 * line at the beginning, one every ten seconds, and one at the end.
 *
 * @param options Where lines go.
 * @returns What a model is loaded with as `onDownload`.
 */
export function downloadLines(
  options: DownloadLinesOptions = {},
): (progress: DownloadProgress) => void {
  const {
    write = toStandardError,
    isTerminal = Deno.stderr.isTerminal(),
    now = () => performance.now(),
  } = options;
  let current = "";
  let next = -Infinity;
  return ({ model, file, done, total }) => {
    if (total < LARGE) return;
    const name = `${model}/${file}`;
    const isOver = done === total;
    if (name === current && now() < next && !isOver) return;
    current = name;
    next = now() + INTERVALS[`${isTerminal}`];
    const line = `Fetching ${file} of ${model}: ${megabytes(done)} of ${megabytes(total)} MB`;
    write(isTerminal && !isOver ? `\r${line}` : `${isTerminal ? "\r" : ""}${line}\n`);
  };
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}

function toStandardError(text: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(text));
}

/**
 * Who shows a run on the terminal.
 *
 * @module
 */
import { PlainLines } from "../reporters/plain_lines.ts";
import { ProgressBar } from "../reporters/progress_bar.ts";
import type { Reporter } from "../reporters/reporter.ts";
import { print } from "./print.ts";

/**
 * Chooses the reporter: a bar on a terminal, unless it is turned off; else lines.
 *
 * @param args Whether the bar is turned off.
 * @param isTerminal Whether standard output is a terminal.
 * @returns The reporter.
 */
export function reporterFor(
  { disableTqdm }: { disableTqdm: boolean | null },
  isTerminal: boolean,
): Reporter {
  return isTerminal && !disableTqdm
    ? new ProgressBar({ write: print, columns: () => Deno.consoleSize().columns })
    : new PlainLines(print);
}

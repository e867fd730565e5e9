/**
 * Reads what little of a shell's language the pages use.
 *
 * @module
 */

/** A command of a page. */
export interface ShellLine {
  /** Its words, without quotes. */
  readonly words: readonly string[];
  /** What is piped into it; `null` for nothing. */
  readonly input: string | null;
}

/**
 * Reads lines of a shell: words with quotes, a `\` at the end of a line, comments, `echo ... |`.
 *
 * @param text The lines.
 * @returns Commands, without empty lines.
 * @throws {SyntaxError} For what is not among these.
 */
export function shellLines(text: string): ShellLine[] {
  return text.replaceAll(/\\\n\s*/g, "").split("\n").map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => {
      const words = wordsOf(line);
      const pipe = words.indexOf("|");
      if (pipe < 0) return { words, input: null };
      if (words[0] !== "echo") throw new SyntaxError(`Cannot read "${line}": only echo is piped`);
      return { words: words.slice(pipe + 1), input: `${words.slice(1, pipe).join(" ")}\n` };
    });
}

function wordsOf(line: string): string[] {
  const words: string[] = [];
  for (const [, word] of line.replace(/ # .*$/, "").matchAll(/((?:[^\s"']|"[^"]*"|'[^']*')+)/g)) {
    words.push(word.replaceAll(/"([^"]*)"|'([^']*)'/g, (_, double, single) => double ?? single));
  }
  return words;
}

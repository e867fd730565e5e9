/**
 * What a command prints, kept from the terminal.
 *
 * @module
 */

/**
 * Runs something and collects what it writes to standard output.
 *
 * @param run What to run.
 * @returns The text, line breaks included.
 */
export async function captureOutput(run: () => unknown): Promise<string> {
  const { log } = console;
  const { writeSync } = Deno.stdout;
  const decoder = new TextDecoder();
  let text = "";
  console.log = (line: string) => {
    text += `${line}\n`;
  };
  Deno.stdout.writeSync = (bytes) => {
    text += decoder.decode(bytes, { stream: true });
    return bytes.length;
  };
  try {
    await run();
  } finally {
    console.log = log;
    Deno.stdout.writeSync = writeSync;
  }
  return text;
}

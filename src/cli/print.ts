/**
 * Standard output.
 *
 * @module
 */

/**
 * Writes a text to standard output as it is, without a line break.
 *
 * @param text The text.
 * @returns False where nobody reads any more, as behind `head`; a run goes on nevertheless.
 */
export function print(text: string): boolean {
  let bytes = new TextEncoder().encode(text);
  try {
    while (bytes.length > 0) bytes = bytes.subarray(Deno.stdout.writeSync(bytes));
  } catch (error) {
    if (error instanceof Deno.errors.BrokenPipe) return false;
    throw error;
  }
  return true;
}

import { assertEquals, assertThrows } from "@std/assert";
import { StoppedRun, StopSignals } from "../../src/cli/stop_signals.ts";

/** Keeps what is said on standard error. */
async function withErrors(test: (lines: string[]) => Promise<void>): Promise<void> {
  const { error } = console;
  const lines: string[] = [];
  console.error = (line: string) => void lines.push(line);
  try {
    await test(lines);
  } finally {
    console.error = error;
  }
}

// tests/signals_test.ts sends the others: the test runner listens to SIGINT itself.
Deno.test("StopSignals is aborted by a signal and knows its exit code", async () => {
  await withErrors(async (lines) => {
    using signals = new StopSignals();
    signals.check(() => "nothing has come");
    Deno.kill(Deno.pid, "SIGTERM");
    while (!signals.signal.aborted) await new Promise((resolve) => setTimeout(resolve, 5));
    assertEquals(signals.signal.reason, "SIGTERM");
    const error = assertThrows(() => signals.check((name) => `Stopped by ${name}`), StoppedRun);
    assertEquals([error.message, error.code], ["Stopped by SIGTERM", 143]);
    assertEquals(lines, [
      "SIGTERM: saving a checkpoint, then stopping; once more stops without it",
    ]);
  });
});

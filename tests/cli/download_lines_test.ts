import { assertEquals } from "@std/assert";
import { downloadLines } from "../../src/cli/download_lines.ts";

/** Lines about a file of 90 MB that comes in 900 pieces of 50 ms each. */
function lines(isTerminal: boolean, total = 90_000_000): string[] {
  const written: string[] = [];
  let time = 0;
  const show = downloadLines({ write: (text) => written.push(text), isTerminal, now: () => time });
  for (let i = 1; i <= 900; i++) {
    time += 50;
    show({ model: "org/x", file: "model.safetensors", done: total / 900 * i, total });
  }
  return written;
}

Deno.test("downloadLines() writes over its line on a terminal", () => {
  const written = lines(true);
  assertEquals(written.length, 226);
  assertEquals(written[0], "\rFetching model.safetensors of org/x: 0.1 of 90.0 MB");
  assertEquals(written.at(-1), "\rFetching model.safetensors of org/x: 90.0 of 90.0 MB\n");
  assertEquals(written.filter((text) => text.endsWith("\n")).length, 1);
});

Deno.test("downloadLines() writes few lines elsewhere", () => {
  assertEquals(lines(false).map((text) => text.split(": ")[1]), [
    "0.1 of 90.0 MB\n",
    "20.1 of 90.0 MB\n",
    "40.1 of 90.0 MB\n",
    "60.1 of 90.0 MB\n",
    "80.1 of 90.0 MB\n",
    "90.0 of 90.0 MB\n",
  ]);
});

Deno.test("downloadLines() is silent about small files", () => {
  assertEquals([...lines(true, 900_000), ...lines(false, 900_000)], []);
});

import { assertEquals } from "@std/assert";
import { parseArgs } from "@std/cli/parse-args";

Deno.test("parseArgs keeps listed strings as text and turns other numbers into numbers", () => {
  const parsed = parseArgs(["--lr=1", "--steps=10", "--name", "7", "x", "3"], {
    string: ["lr", "name"],
  });
  assertEquals<unknown>(parsed, { lr: "1", steps: 10, name: "7", _: ["x", 3] });
});

Deno.test("parseArgs reads text between a name and a dash, after an equals sign", () => {
  const parsed = parseArgs(["--lr", "-1", "--min=-1", "--path=a=b"], {
    string: ["lr", "min", "path"],
  });
  assertEquals<unknown>(parsed, { lr: "", "1": true, min: "-1", path: "a=b", _: [] });
});

Deno.test("parseArgs sets booleans, by themselves, by text and to false by default", () => {
  const parsed = parseArgs(["--a", "x", "--b=false", "--c", "true"], {
    boolean: ["a", "b", "c", "d"],
  });
  assertEquals<unknown>(parsed, { a: true, b: false, c: true, d: false, _: ["x"] });
});

Deno.test("parseArgs negates only what is negatable", () => {
  const parsed = parseArgs(["--no-color", "--no-cache"], {
    boolean: ["color"],
    negatable: ["color"],
    default: { color: true },
  });
  assertEquals<unknown>(parsed, { color: false, "no-cache": true, _: [] });
});

Deno.test("parseArgs gathers collected names, empty unless given", () => {
  const parsed = parseArgs(["--file", "a", "--file=b", "--other", "c", "--other", "d"], {
    string: ["file", "other", "none"],
    collect: ["file", "none"],
  });
  assertEquals<unknown>(parsed, { file: ["a", "b"], other: "d", none: [], _: [] });
});

Deno.test("parseArgs sets every alias of a name", () => {
  const parsed = parseArgs(["-h", "-m", "bert"], {
    boolean: ["help"],
    string: ["model"],
    alias: { help: "h", model: ["m"] },
  });
  assertEquals<unknown>(parsed, { help: true, h: true, model: "bert", m: "bert", _: [] });
});

Deno.test("parseArgs fills defaults for what is not given", () => {
  const parsed = parseArgs(["--a=1"], { string: ["a", "b"], default: { a: "2", b: "3" } });
  assertEquals<unknown>(parsed, { a: "1", b: "3", _: [] });
});

Deno.test("parseArgs stops at the first positional argument when asked to", () => {
  const parsed = parseArgs(["--a", "--", "x"], { boolean: ["a"], stopEarly: true });
  assertEquals<unknown>(parsed, { a: true, _: ["x"] });
  const stopped = parseArgs(["--a", "train", "--b", "5"], { boolean: ["a", "b"], stopEarly: true });
  assertEquals<unknown>(stopped, { a: true, b: false, _: ["train", "--b", "5"] });
});

Deno.test("parseArgs leaves everything after a double dash unread", () => {
  assertEquals<unknown>(parseArgs(["a", "--", "--b", "5"]), { _: ["a", "--b", "5"] });
  assertEquals<unknown>(parseArgs(["a", "--", "--b", "5"], { "--": true }), {
    _: ["a"],
    "--": ["--b", "5"],
  });
});

Deno.test("parseArgs asks about names and positional arguments that are not listed", () => {
  const asked: unknown[] = [];
  const parsed = parseArgs(["--a=1", "--lr=2", "rest", "--flag", "-x"], {
    string: ["a"],
    unknown: (...question) => {
      asked.push(question);
      return false;
    },
  });
  assertEquals(asked, [["--lr=2", "lr", "2"], ["rest"], ["--flag", "flag", true], [
    "-x",
    "x",
    true,
  ]]);
  assertEquals<unknown>(parsed, { a: "1", _: [] });
});

Deno.test("parseArgs reads short names in groups, with values attached or following", () => {
  const parsed = parseArgs(["-abc", "-n5", "-o=out", "-v", "x"], { boolean: ["c"] });
  assertEquals<unknown>(parsed, { a: true, b: true, c: true, n: 5, o: "out", v: "x", _: [] });
});

Deno.test("parseArgs gives an empty text for a string without a value", () => {
  assertEquals<unknown>(parseArgs(["--a", "--b"], { string: ["a", "b"] }), { a: "", b: "", _: [] });
});

Deno.test("parseArgs asks about names of which it knows only that they are collected", () => {
  const asked: unknown[] = [];
  const unknown = (...question: unknown[]) => void asked.push(question);
  const parsed = parseArgs(["--file=a", "--file", "2"], { collect: ["file"], unknown });
  assertEquals(asked, [["--file=a", "file", "a"], ["--file", "file", "2"]]);
  assertEquals<unknown>(parsed, { file: ["a", 2], _: [] });
});

Deno.test("parseArgs puts names with dots one in the other", () => {
  const parsed = parseArgs(["--a.b=1", "--a.c.d", "x"], {
    string: ["a.b", "a.e"],
    boolean: ["f.g"],
    collect: ["a.e"],
    default: { "a.b": "2", "h.i": 3 },
  });
  const { a, f, h, _ } = parsed as Record<string, unknown>;
  assertEquals<unknown>({ a, f, h, _ }, {
    a: { b: "1", c: { d: "x" }, e: [] },
    f: { g: false },
    h: { i: 3 },
    _: [],
  });
});

Deno.test("parseArgs lets a default stand for all aliases of its name", () => {
  const parsed = parseArgs(["-n", "2"], { alias: { a: ["b", "c"] }, default: { a: 1 } });
  assertEquals<unknown>(parsed, { a: 1, b: 1, c: 1, n: 2, _: [] });
});

Deno.test("parseArgs tells numbers from what looks like one", () => {
  const numbers = ["1", "0x10", "1e3", ".5", " 7 "];
  const texts = ["1_000", "Infinity", "NaN", "", "a1"];
  for (const text of [...numbers, ...texts]) {
    const { _: [read] } = parseArgs([text]);
    assertEquals(read, numbers.includes(text) ? Number(text) : text);
  }
});

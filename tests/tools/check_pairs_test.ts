import { assertEquals } from "@std/assert";
import { findMissingPairs, MAX_LINES } from "../../tools/check_pairs.ts";

const complete: [string, string][] = [
  ["src/ops/gelu.ts", 'import code from "../../shaders/gelu.wgsl";\nexport function gelu() {}\n'],
  ["shaders/gelu.wgsl", "// y = x Φ(x)\n"],
  ["tests/ops/gelu_test.ts", "import {} from '../../src/ops/gelu.ts';\n"],
  ["src/data/row.ts", "export interface Row {}\nexport type Rows = Row[];\n"],
];
const none = { withoutShader: [], withoutTest: [] };

/** The complete files with some replaced or, where there is no text, removed. */
function withChange(...changes: [string, string?][]): Map<string, string> {
  const files = new Map(complete);
  for (const [path, text] of changes) {
    if (text === undefined) files.delete(path);
    else files.set(path, text);
  }
  return files;
}

Deno.test("findMissingPairs is silent when everything has its pair", () => {
  assertEquals(findMissingPairs(withChange(), none), []);
});

Deno.test("findMissingPairs names an op without a shader", () => {
  const files = withChange(["shaders/gelu.wgsl"]);
  assertEquals(findMissingPairs(files, none), [
    "Cannot pair src/ops/gelu.ts: found no shaders/ file of its stem; add one, or name the op in " +
    "withoutShader",
  ]);
  assertEquals(findMissingPairs(files, { ...none, withoutShader: ["src/ops/gelu.ts"] }), []);
});

Deno.test("findMissingPairs names a module that exports values and has no test", () => {
  const files = withChange(["tests/ops/gelu_test.ts"]);
  assertEquals(findMissingPairs(files, none), [
    "Cannot pair src/ops/gelu.ts: tests/ops/gelu_test.ts is missing",
  ]);
  assertEquals(findMissingPairs(files, { ...none, withoutTest: ["src/ops/gelu.ts"] }), []);
});

Deno.test("findMissingPairs names an exemption that is not needed", () => {
  assertEquals(
    findMissingPairs(withChange(), {
      withoutShader: ["src/ops/gone.ts"],
      withoutTest: ["src/ops/gelu.ts"],
    }),
    [
      "Cannot exempt src/ops/gone.ts: it is gone or has its pair; take it out of withoutShader",
      "Cannot exempt src/ops/gelu.ts: it is gone or has its pair; take it out of withoutTest",
    ],
  );
});

Deno.test("findMissingPairs names a shader without a header or without a user", () => {
  const files = withChange(["shaders/gelu.wgsl", "fn f() {}\n"], [
    "shaders/lib/grid.wgsl",
    "// g\n",
  ]);
  assertEquals(findMissingPairs(files, none), [
    "Cannot accept shaders/gelu.wgsl: found no comment at its head; say what it computes",
    "Cannot place shaders/lib/grid.wgsl: no module of src imports it",
  ]);
});

Deno.test("findMissingPairs names a file that is too long", () => {
  const atMost = withChange(["tests/long.ts", "\n".repeat(MAX_LINES)]);
  assertEquals(findMissingPairs(atMost, none), []);
  const above = withChange(["tests/long.ts", "\n".repeat(MAX_LINES + 1)]);
  assertEquals(findMissingPairs(above, none), [
    "Cannot accept tests/long.ts: found 301 lines, at most 300; split it",
  ]);
});

import { assert, assertEquals, assertThrows } from "@std/assert";
import { assembleShader, reflectShader } from "../../src/gpu/shader_source.ts";
import { AFFINE_SHADER } from "../support/gpu.ts";

Deno.test("reflectShader reads what an entry point reaches, through functions and past comments", () => {
  const entries = reflectShader(AFFINE_SHADER);
  assertEquals([...entries.keys()], ["forward", "other"]);
  assertEquals(entries.get("forward"), {
    bindings: [{ name: "x", binding: 0, writable: false }, {
      name: "y",
      binding: 1,
      writable: true,
    }],
    fields: [{ name: "count", type: "u32" }, { name: "scale", type: "f32" }, {
      name: "shift",
      type: "i32",
    }],
  });
  assertEquals(entries.get("other"), {
    bindings: [{ name: "unused", binding: 2, writable: true }],
    fields: [],
  });
});

Deno.test("assembleShader resolves an import once and puts constants first", () => {
  const code = assembleShader("#import lib/grid\n#import lib/grid\nfn f() {}", { WIDTH: 4 });
  assertEquals(code.split("\n")[0], "const WIDTH: u32 = 4u;");
  assertEquals(code.match(/fn linear_workgroup/g)?.length, 1);
  assert(!code.includes("#import"));
});

Deno.test("assembleShader names an import that does not exist", () => {
  assertThrows(
    () => assembleShader("#import lib/missing"),
    SyntaxError,
    '"#import lib/missing" names no file of shaders/lib; found lib/grid, lib/random',
  );
});

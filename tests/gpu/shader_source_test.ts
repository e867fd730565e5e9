import { assert, assertEquals, assertThrows } from "@std/assert";
import { assembleShader, reflectShader } from "../../src/gpu/shader_source.ts";
import { AFFINE_SHADER } from "../support/gpu.ts";

Deno.test("reflectShader reads what an entry point reaches, through functions and past comments", () => {
  const entries = reflectShader(AFFINE_SHADER);
  assertEquals([...entries.keys()], ["forward", "other"]);
  assertEquals(entries.get("forward"), {
    bindings: [{ name: "x", binding: 0, writable: false, texture: null }, {
      name: "y",
      binding: 1,
      writable: true,
      texture: null,
    }],
    fields: [{ name: "count", type: "u32" }, { name: "scale", type: "f32" }, {
      name: "shift",
      type: "i32",
    }],
  });
  assertEquals(entries.get("other"), {
    bindings: [{ name: "unused", binding: 2, writable: true, texture: null }],
    fields: [],
  });
});

Deno.test("assembleShader resolves an import once and puts constants first", () => {
  const code = assembleShader("#import lib/grid\n#import lib/grid\nfn f() {}", {
    constants: { WIDTH: 4 },
  });
  assertEquals(code.split("\n")[0], "const WIDTH: u32 = 4u;");
  assertEquals(code.match(/fn linear_workgroup/g)?.length, 1);
  assert(!code.includes("#import"));
});

Deno.test("assembleShader names an import that does not exist", () => {
  assertThrows(
    () => assembleShader("#import lib/missing"),
    SyntaxError,
    '"#import lib/missing" names no file of shaders/lib; found lib/attention_lanes, ',
  );
});

Deno.test("reflectShader tells textures from buffers", () => {
  const wgsl = `@group(0) @binding(0) var image: texture_storage_2d<rgba32float, read>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@compute @workgroup_size(1) fn read() { y[0] = textureLoad(image, vec2<u32>()).x; }`;
  assertEquals(reflectShader(wgsl).get("read")!.bindings, [
    { name: "image", binding: 0, writable: false, texture: "rgba32float" },
    { name: "y", binding: 1, writable: true, texture: null },
  ]);
});

Deno.test("assembleShader declares operands and states as buffers or as textures", () => {
  const text = `#operand 1 x
#state 2 y
@compute @workgroup_size(1) fn run() { y[0] = x_quad(0u) + y_quad(1u); }`;
  const bindings = (form: "buffers" | "textures") =>
    reflectShader(assembleShader(text, { operands: form })).get("run")!.bindings;
  assertEquals(bindings("buffers"), [
    { name: "x", binding: 1, writable: false, texture: null },
    { name: "y", binding: 2, writable: true, texture: null },
  ]);
  assertEquals(bindings("textures"), [
    { name: "x", binding: 1, writable: false, texture: "rgba32float" },
    { name: "y", binding: 2, writable: true, texture: null },
    { name: "y_before", binding: 18, writable: false, texture: "rgba32float" },
  ]);
});

Deno.test("assembleShader declares operands and elements of halves", () => {
  const text = `#operand 1 x
#elements 2 y
@group(0) @binding(3) var<storage, read_write> z: array<f32>;
@compute @workgroup_size(1) fn run() { z[0] = x_quad(0u).x + y_at(1u); }`;
  const seen: string[] = [];
  for (const type of ["f32", "f16", "bf16"] as const) {
    for (const operands of ["buffers", "textures"] as const) {
      const halves = type === "f32" ? {} : { elements: { x: type, y: type } };
      const code = assembleShader(text, { operands, ...halves });
      const [x, y] = reflectShader(code).get("run")!.bindings;
      const types = [...code.matchAll(/ [xy]: ([^;]+);/g)].map(([, declared]) => declared);
      seen.push([type, x.texture, y.texture, ...types].join(" "));
    }
  }
  assertEquals(seen, [
    "f32   array<vec4<f32>> array<f32>",
    "f32 rgba32float  texture_storage_2d<rgba32float, read> array<f32>",
    "f16   array<vec2<u32>> array<u32>",
    "f16 rgba16float  texture_storage_2d<rgba16float, read> array<u32>",
    "bf16   array<vec2<u32>> array<u32>",
    "bf16 rg32uint  texture_storage_2d<rg32uint, read> array<u32>",
  ]);
});

Deno.test("reflectShader does not take a component for a variable of its name", () => {
  const wgsl = `@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> z: array<f32>;
@compute @workgroup_size(1) fn run(@builtin(workgroup_id) id: vec3<u32>) { z[id.x] = 1.0; }`;
  assertEquals(reflectShader(wgsl).get("run")!.bindings.map(({ name }) => name), ["z"]);
});

// What an adapter can do at most. `copy`: a thread copies one vec4 of neighbours. `multiply_add`: a thread keeps
// 8 independent sums of vec4s, so that no multiply-add waits for the one before it.
#import lib/grid

struct Params {
  quads: u32,
  turns: u32,
}

@group(0) @binding(0) var<storage, read> source: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> result: array<vec4<f32>>;
@group(1) @binding(0) var<uniform> params: Params;

@compute @workgroup_size(256)
fn copy(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let i = linear_workgroup(id, count) * 256u + thread;
  if (i < params.quads) { result[i] = source[i]; }
}

fn four(sum: vec4<f32>, x: vec4<f32>, y: vec4<f32>) -> vec4<f32> {
  return fma(fma(fma(fma(sum, x, y), x, y), x, y), x, y);
}

// No loop: software drivers pay for each turn of one.
fn sixteen(sum: vec4<f32>, x: vec4<f32>, y: vec4<f32>) -> vec4<f32> {
  return four(four(four(four(sum, x, y), x, y), x, y), x, y);
}

@compute @workgroup_size(256)
fn multiply_add(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let i = linear_workgroup(id, count) * 256u + thread;
  let x = vec4<f32>(0.5) + f32(thread) * 1e-6;
  let y = vec4<f32>(0.25);
  var a = x;
  var b = x + 0.1;
  var c = x + 0.2;
  var d = x + 0.3;
  var e = x + 0.4;
  var f = x + 0.5;
  var g = x + 0.6;
  var h = x + 0.7;
  for (var turn = 0u; turn < params.turns; turn++) {
    a = sixteen(a, x, y);
    b = sixteen(b, x, y);
    c = sixteen(c, x, y);
    d = sixteen(d, x, y);
    e = sixteen(e, x, y);
    f = sixteen(f, x, y);
    g = sixteen(g, x, y);
    h = sixteen(h, x, y);
  }
  let sum = a + b + c + d + e + f + g + h;
  // Never so: the sums must be of use.
  if (sum.x > 1e9) { result[i % params.quads] = sum; }
}

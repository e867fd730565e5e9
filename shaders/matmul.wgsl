// c[m, n] (+)= scale * sum over k of a[m, k] b[k, n] (+ bias[n]), for GPUs.
//
// a and b lie anywhere in their buffers: element (i, j) is at offset + i * row + j * column, where one
// of the two strides is 1. One workgroup computes a tile of 64 x 64 from slices of 16 along k that it
// brings to workgroup memory; a thread owns 4 x 4 of it. Where few tiles meet a long k, `chunk` splits
// k over z: then c holds one partial product a slice, and `reduce` adds them in order.
// Accumulation is f32, in the order of k. Elements beyond the edges are read as zero, never written.
// a and b may be halves in pairs: they become f32 on the way to workgroup memory, so that their products
// are exact. On a software adapter 1024^3 takes the same 750 ms with f32, f16 and bfloat16.
#import lib/grid

struct Params {
  m: u32,
  n: u32,
  k: u32,
  a_offset: u32,
  a_row: u32,
  a_column: u32,
  b_offset: u32,
  b_row: u32,
  b_column: u32,
  c_offset: u32,
  chunk: u32,
  slices: u32,
  has_bias: u32,
  accumulate: u32,
  scale: f32,
}

#elements 0 a
#elements 1 b
@group(0) @binding(2) var<storage, read> bias: array<f32>;
@group(0) @binding(3) var<storage, read_write> c: array<f32>;
@group(0) @binding(4) var<storage, read> partial: array<f32>;
@group(1) @binding(0) var<uniform> params: Params;

const EDGE = 64u;
const DEPTH = 16u;
// Rows of the tiles are four apart from a multiple of the banks, so that columns do not collide.
const PITCH = 68u;

var<workgroup> a_tile: array<f32, 1088>;
var<workgroup> b_tile: array<f32, 1088>;

fn load_a(m: u32, k: u32, end: u32) -> f32 {
  let inside = m < params.m && k < end;
  let at = params.a_offset + m * params.a_row + k * params.a_column;
  return select(0.0, a_at(select(0u, at, inside)), inside);
}

fn load_b(k: u32, n: u32, end: u32) -> f32 {
  let inside = n < params.n && k < end;
  let at = params.b_offset + k * params.b_row + n * params.b_column;
  return select(0.0, b_at(select(0u, at, inside)), inside);
}

fn load_tiles(row: u32, column: u32, k: u32, end: u32, thread: u32) {
  // Neighbouring threads read neighbouring elements, whichever way an operand lies.
  for (var i = thread; i < EDGE * DEPTH; i += 256u) {
    let along_k = vec2<u32>(i / DEPTH, i % DEPTH);
    let across_k = vec2<u32>(i % EDGE, i / EDGE);
    let p = select(across_k, along_k, params.a_column == 1u);
    a_tile[p.y * PITCH + p.x] = load_a(row + p.x, k + p.y, end);
    let q = select(across_k, along_k, params.b_row == 1u);
    b_tile[q.y * PITCH + q.x] = load_b(k + q.y, column + q.x, end);
  }
}

fn store(row: u32, column: u32, slice: u32, values: vec4<f32>) {
  if (row >= params.m) { return; }
  let start = (slice * params.m + row) * params.n;
  for (var j = 0u; j < 4u; j++) {
    let n = column + j;
    if (n >= params.n) { return; }
    if (params.slices > 1u) {
      c[start + n] = values[j];
    } else {
      let at = params.c_offset + start + n;
      c[at] = finish(values[j], at, n);
    }
  }
}

fn finish(sum: f32, at: u32, n: u32) -> f32 {
  var value = sum * params.scale;
  if (params.has_bias != 0u) { value += bias[n]; }
  if (params.accumulate != 0u) { value += c[at]; }
  return value;
}

@compute @workgroup_size(256)
fn multiply(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let tiles_n = (params.n + EDGE - 1u) / EDGE;
  let tile = linear_workgroup(id, count);
  let row = tile / tiles_n * EDGE;
  let column = tile % tiles_n * EDGE;
  let end = min(params.k, (id.z + 1u) * params.chunk);
  let ty = thread / 16u * 4u;
  let tx = thread % 16u * 4u;
  var c0 = vec4<f32>();
  var c1 = vec4<f32>();
  var c2 = vec4<f32>();
  var c3 = vec4<f32>();
  for (var k = id.z * params.chunk; k < end; k += DEPTH) {
    load_tiles(row, column, k, end, thread);
    workgroupBarrier();
    for (var d = 0u; d < DEPTH; d++) {
      let p = d * PITCH + ty;
      let q = d * PITCH + tx;
      let y = vec4<f32>(b_tile[q], b_tile[q + 1u], b_tile[q + 2u], b_tile[q + 3u]);
      c0 += a_tile[p] * y;
      c1 += a_tile[p + 1u] * y;
      c2 += a_tile[p + 2u] * y;
      c3 += a_tile[p + 3u] * y;
    }
    workgroupBarrier();
  }
  store(row + ty, column + tx, id.z, c0);
  store(row + ty + 1u, column + tx, id.z, c1);
  store(row + ty + 2u, column + tx, id.z, c2);
  store(row + ty + 3u, column + tx, id.z, c3);
}

@compute @workgroup_size(256)
fn reduce(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let at = linear_workgroup(id, count) * 256u + thread;
  let size = params.m * params.n;
  if (at >= size) { return; }
  var sum = 0.0;
  for (var slice = 0u; slice < params.slices; slice++) { sum += partial[slice * size + at]; }
  c[params.c_offset + at] = finish(sum, params.c_offset + at, at % params.n);
}

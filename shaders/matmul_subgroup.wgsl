// c[m, n] (+)= scale * sum over k of a[m, k] b[k, n] (+ bias[n]), for software adapters.
//
// A workgroup is one subgroup of 8 lanes and computes 32 x 32: lane l owns columns 4 l to 4 l + 3, and brings rows 4 l to
// 4 l + 3 of a, which the others get by broadcast. Along k it goes in steps of 4: each lane holds 4 x 4
// of either operand, whichever way they lie, and every accumulator takes four products a visit. The
// text is unrolled, since software drivers keep neither loops nor indexed variables in registers.
// Wants n, both row lengths, the result's offset and, where k runs along a row, k as multiples of 4.
// Accumulation is f32, in the order of k. Rows and columns beyond the edges are computed, not written.
// a and b may be halves: a texel of f16 or bfloat16 loads in the time of one of f32, so that 1024^3 takes
// the same 55 to 80 ms with either; what halves save here is memory.
// Tried and slower: 64 rows a tile (spills), matrices as accumulators, storage buffers in place of
// textures (a quarter of the speed).
#import lib/grid

struct Params {
  m: u32,
  n: u32,
  k: u32,
  a_offset: u32,
  a_stride: u32,
  b_offset: u32,
  b_stride: u32,
  c_offset: u32,
  has_bias: u32,
  accumulate: u32,
  scale: f32,
}

#operand 0 a
#operand 1 b
#operand 2 bias
@group(0) @binding(3) var<storage, read_write> c: array<vec4<f32>>;
@group(1) @binding(0) var<uniform> params: Params;

alias Tile = array<vec4<f32>, 32>;

struct Quad {
  x: vec4<f32>,
  y: vec4<f32>,
  z: vec4<f32>,
  w: vec4<f32>,
}

struct Place {
  row: u32,
  column: u32,
}

fn place(id: vec3<u32>, count: vec3<u32>) -> Place {
  let tiles_n = (params.n + 31u) / 32u;
  let tile = linear_workgroup(id, count);
  return Place(tile / tiles_n * 32u, tile % tiles_n * 32u);
}

// Four neighbouring rows from `row` on, at the texel that holds column k.
fn rows_a(row: u32, k: u32) -> Quad {
  let i = (params.a_offset + row * params.a_stride + k) / 4u;
  let step = params.a_stride / 4u;
  return Quad(a_quad(i), a_quad(i + step), a_quad(i + 2u * step), a_quad(i + 3u * step));
}

fn rows_b(row: u32, column: u32) -> Quad {
  let i = (params.b_offset + row * params.b_stride + column) / 4u;
  let step = params.b_stride / 4u;
  return Quad(b_quad(i), b_quad(i + step), b_quad(i + 2u * step), b_quad(i + 3u * step));
}

// Zero where k has ended: what lies behind the last row may be anything.
fn ended(q: Quad, k: u32) -> Quad {
  let zero = vec4<f32>();
  return Quad(
    q.x,
    select(zero, q.y, k + 1u < params.k),
    select(zero, q.z, k + 2u < params.k),
    select(zero, q.w, k + 3u < params.k),
  );
}

fn turned(q: Quad) -> Quad {
  return Quad(
    vec4<f32>(q.x.x, q.y.x, q.z.x, q.w.x),
    vec4<f32>(q.x.y, q.y.y, q.z.y, q.w.y),
    vec4<f32>(q.x.z, q.y.z, q.z.z, q.w.z),
    vec4<f32>(q.x.w, q.y.w, q.z.w, q.w.w),
  );
}

// One row of a at four k, four rows of b.
fn product(sum: vec4<f32>, row: vec4<f32>, y: Quad) -> vec4<f32> {
  let xy = fma(vec4<f32>(row.y), y.y, fma(vec4<f32>(row.x), y.x, sum));
  return fma(vec4<f32>(row.w), y.w, fma(vec4<f32>(row.z), y.z, xy));
}

// x: a lane's four rows of a, along k; y: four rows of b at a lane's four columns.
fn accumulate(c: ptr<function, Tile>, x: Quad, y: Quad) {
  (*c)[0] = product((*c)[0], subgroupBroadcast(x.x, 0u), y);
  (*c)[1] = product((*c)[1], subgroupBroadcast(x.y, 0u), y);
  (*c)[2] = product((*c)[2], subgroupBroadcast(x.z, 0u), y);
  (*c)[3] = product((*c)[3], subgroupBroadcast(x.w, 0u), y);
  (*c)[4] = product((*c)[4], subgroupBroadcast(x.x, 1u), y);
  (*c)[5] = product((*c)[5], subgroupBroadcast(x.y, 1u), y);
  (*c)[6] = product((*c)[6], subgroupBroadcast(x.z, 1u), y);
  (*c)[7] = product((*c)[7], subgroupBroadcast(x.w, 1u), y);
  (*c)[8] = product((*c)[8], subgroupBroadcast(x.x, 2u), y);
  (*c)[9] = product((*c)[9], subgroupBroadcast(x.y, 2u), y);
  (*c)[10] = product((*c)[10], subgroupBroadcast(x.z, 2u), y);
  (*c)[11] = product((*c)[11], subgroupBroadcast(x.w, 2u), y);
  (*c)[12] = product((*c)[12], subgroupBroadcast(x.x, 3u), y);
  (*c)[13] = product((*c)[13], subgroupBroadcast(x.y, 3u), y);
  (*c)[14] = product((*c)[14], subgroupBroadcast(x.z, 3u), y);
  (*c)[15] = product((*c)[15], subgroupBroadcast(x.w, 3u), y);
  (*c)[16] = product((*c)[16], subgroupBroadcast(x.x, 4u), y);
  (*c)[17] = product((*c)[17], subgroupBroadcast(x.y, 4u), y);
  (*c)[18] = product((*c)[18], subgroupBroadcast(x.z, 4u), y);
  (*c)[19] = product((*c)[19], subgroupBroadcast(x.w, 4u), y);
  (*c)[20] = product((*c)[20], subgroupBroadcast(x.x, 5u), y);
  (*c)[21] = product((*c)[21], subgroupBroadcast(x.y, 5u), y);
  (*c)[22] = product((*c)[22], subgroupBroadcast(x.z, 5u), y);
  (*c)[23] = product((*c)[23], subgroupBroadcast(x.w, 5u), y);
  (*c)[24] = product((*c)[24], subgroupBroadcast(x.x, 6u), y);
  (*c)[25] = product((*c)[25], subgroupBroadcast(x.y, 6u), y);
  (*c)[26] = product((*c)[26], subgroupBroadcast(x.z, 6u), y);
  (*c)[27] = product((*c)[27], subgroupBroadcast(x.w, 6u), y);
  (*c)[28] = product((*c)[28], subgroupBroadcast(x.x, 7u), y);
  (*c)[29] = product((*c)[29], subgroupBroadcast(x.y, 7u), y);
  (*c)[30] = product((*c)[30], subgroupBroadcast(x.z, 7u), y);
  (*c)[31] = product((*c)[31], subgroupBroadcast(x.w, 7u), y);
}

fn put(row: u32, column: u32, sum: vec4<f32>, shift: vec4<f32>) {
  if (row >= params.m || column >= params.n) { return; }
  let at = (params.c_offset + row * params.n + column) / 4u;
  var value = sum * params.scale + shift;
  // A loop, because software drivers run both sides of a branch.
  for (var i = 0u; i < params.accumulate; i++) { value += c[at]; }
  c[at] = value;
}

fn store(t: ptr<function, Tile>, row: u32, column: u32) {
  var shift = vec4<f32>();
  if (params.has_bias != 0u) { shift = bias_quad(min(column, params.n - 4u) / 4u); }
  put(row + 0u, column, (*t)[0], shift);
  put(row + 1u, column, (*t)[1], shift);
  put(row + 2u, column, (*t)[2], shift);
  put(row + 3u, column, (*t)[3], shift);
  put(row + 4u, column, (*t)[4], shift);
  put(row + 5u, column, (*t)[5], shift);
  put(row + 6u, column, (*t)[6], shift);
  put(row + 7u, column, (*t)[7], shift);
  put(row + 8u, column, (*t)[8], shift);
  put(row + 9u, column, (*t)[9], shift);
  put(row + 10u, column, (*t)[10], shift);
  put(row + 11u, column, (*t)[11], shift);
  put(row + 12u, column, (*t)[12], shift);
  put(row + 13u, column, (*t)[13], shift);
  put(row + 14u, column, (*t)[14], shift);
  put(row + 15u, column, (*t)[15], shift);
  put(row + 16u, column, (*t)[16], shift);
  put(row + 17u, column, (*t)[17], shift);
  put(row + 18u, column, (*t)[18], shift);
  put(row + 19u, column, (*t)[19], shift);
  put(row + 20u, column, (*t)[20], shift);
  put(row + 21u, column, (*t)[21], shift);
  put(row + 22u, column, (*t)[22], shift);
  put(row + 23u, column, (*t)[23], shift);
  put(row + 24u, column, (*t)[24], shift);
  put(row + 25u, column, (*t)[25], shift);
  put(row + 26u, column, (*t)[26], shift);
  put(row + 27u, column, (*t)[27], shift);
  put(row + 28u, column, (*t)[28], shift);
  put(row + 29u, column, (*t)[29], shift);
  put(row + 30u, column, (*t)[30], shift);
  put(row + 31u, column, (*t)[31], shift);
}

// a[m, k] and b[n, k] as stored: rows along k on both sides.
@compute @workgroup_size(8)
fn multiply_nt(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let p = place(id, count);
  let column = p.column + lane * 4u;
  var t = Tile();
  for (var k = 0u; k < params.k; k += 4u) {
    accumulate(&t, rows_a(p.row + lane * 4u, k), turned(rows_b(column, k)));
  }
  store(&t, p.row, column);
}

// a[m, k] and b[k, n] as stored.
@compute @workgroup_size(8)
fn multiply_nn(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let p = place(id, count);
  let column = p.column + lane * 4u;
  var t = Tile();
  for (var k = 0u; k < params.k; k += 4u) {
    accumulate(&t, rows_a(p.row + lane * 4u, k), rows_b(k, column));
  }
  store(&t, p.row, column);
}

// a[k, m] and b[k, n] as stored: k runs down on both sides.
@compute @workgroup_size(8)
fn multiply_tn(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let p = place(id, count);
  let column = p.column + lane * 4u;
  var t = Tile();
  for (var k = 0u; k < params.k; k += 4u) {
    let x = turned(ended(rows_a(k, p.row + lane * 4u), k));
    accumulate(&t, x, ended(rows_b(k, column), k));
  }
  store(&t, p.row, column);
}

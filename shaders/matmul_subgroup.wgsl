// c[m, n] (+)= scale * sum over k of a[m, k] b[k, n] (+ bias[n]), for software adapters.
//
// A workgroup is one subgroup of 8 lanes and computes 32 x 32: lane l owns columns 4 l to 4 l + 3, and brings rows 4 l to
// 4 l + 3 of a, which the others get by broadcast. Along k it goes in steps of 4: each lane holds 4 x 4
// of either operand, whichever way they lie, and every accumulator takes four products a visit. The
// text is unrolled, since software drivers keep neither loops nor indexed variables in registers.
// Wants n, both row lengths, the result's offset and, where k runs along a row, k as multiples of 4.
// ACCUMULATE, 0 or 1, says whether the result is added to what is there: software drivers run both sides
// of a branch. Accumulation is f32, in the order of k. Rows and columns beyond the edges are computed, not written.
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

// Where an operand's texels lie: four neighbouring rows, and how far the next ones are along k.
struct Walk {
  first: u32,
  row: u32,
  along: u32,
}

fn walk(offset: u32, stride: u32, row: u32, column: u32, along: u32) -> Walk {
  return Walk((offset + row * stride + column) / 4u, stride / 4u, along);
}

fn rows_a(w: Walk, visit: u32) -> Quad {
  let i = w.first + visit * w.along;
  return Quad(a_quad(i), a_quad(i + w.row), a_quad(i + 2u * w.row), a_quad(i + 3u * w.row));
}

fn rows_b(w: Walk, visit: u32) -> Quad {
  let i = w.first + visit * w.along;
  return Quad(b_quad(i), b_quad(i + w.row), b_quad(i + 2u * w.row), b_quad(i + 3u * w.row));
}

// Zero where k has ended: what lies behind the last row may be anything.
fn ended(q: Quad, left: u32) -> Quad {
  let zero = vec4<f32>();
  return Quad(
    q.x,
    select(zero, q.y, left > 1u),
    select(zero, q.z, left > 2u),
    select(zero, q.w, left > 3u),
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

fn put(at: u32, inside: bool, sum: vec4<f32>, shift: vec4<f32>) {
  if (!inside) { return; }
  var value = sum * params.scale + shift;
  if (ACCUMULATE == 1u) { value += c[at]; }
  c[at] = value;
}

fn store(t: ptr<function, Tile>, row: u32, column: u32) {
  var shift = vec4<f32>();
  if (params.has_bias != 0u) { shift = bias_quad(min(column, params.n - 4u) / 4u); }
  let rows = select(0u, params.m - row, column < params.n);
  let line = params.n / 4u;
  let at = (params.c_offset + row * params.n + column) / 4u;
  put(at + 0u * line, 0u < rows, (*t)[0], shift);
  put(at + 1u * line, 1u < rows, (*t)[1], shift);
  put(at + 2u * line, 2u < rows, (*t)[2], shift);
  put(at + 3u * line, 3u < rows, (*t)[3], shift);
  put(at + 4u * line, 4u < rows, (*t)[4], shift);
  put(at + 5u * line, 5u < rows, (*t)[5], shift);
  put(at + 6u * line, 6u < rows, (*t)[6], shift);
  put(at + 7u * line, 7u < rows, (*t)[7], shift);
  put(at + 8u * line, 8u < rows, (*t)[8], shift);
  put(at + 9u * line, 9u < rows, (*t)[9], shift);
  put(at + 10u * line, 10u < rows, (*t)[10], shift);
  put(at + 11u * line, 11u < rows, (*t)[11], shift);
  put(at + 12u * line, 12u < rows, (*t)[12], shift);
  put(at + 13u * line, 13u < rows, (*t)[13], shift);
  put(at + 14u * line, 14u < rows, (*t)[14], shift);
  put(at + 15u * line, 15u < rows, (*t)[15], shift);
  put(at + 16u * line, 16u < rows, (*t)[16], shift);
  put(at + 17u * line, 17u < rows, (*t)[17], shift);
  put(at + 18u * line, 18u < rows, (*t)[18], shift);
  put(at + 19u * line, 19u < rows, (*t)[19], shift);
  put(at + 20u * line, 20u < rows, (*t)[20], shift);
  put(at + 21u * line, 21u < rows, (*t)[21], shift);
  put(at + 22u * line, 22u < rows, (*t)[22], shift);
  put(at + 23u * line, 23u < rows, (*t)[23], shift);
  put(at + 24u * line, 24u < rows, (*t)[24], shift);
  put(at + 25u * line, 25u < rows, (*t)[25], shift);
  put(at + 26u * line, 26u < rows, (*t)[26], shift);
  put(at + 27u * line, 27u < rows, (*t)[27], shift);
  put(at + 28u * line, 28u < rows, (*t)[28], shift);
  put(at + 29u * line, 29u < rows, (*t)[29], shift);
  put(at + 30u * line, 30u < rows, (*t)[30], shift);
  put(at + 31u * line, 31u < rows, (*t)[31], shift);
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
  let a = walk(params.a_offset, params.a_stride, p.row + lane * 4u, 0u, 1u);
  let b = walk(params.b_offset, params.b_stride, column, 0u, 1u);
  let visits = params.k / 4u;
  var t = Tile();
  for (var i = 0u; i < visits; i++) {
    accumulate(&t, rows_a(a, i), turned(rows_b(b, i)));
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
  let a = walk(params.a_offset, params.a_stride, p.row + lane * 4u, 0u, 1u);
  let b = walk(params.b_offset, params.b_stride, 0u, column, params.b_stride);
  let visits = params.k / 4u;
  var t = Tile();
  for (var i = 0u; i < visits; i++) {
    accumulate(&t, rows_a(a, i), rows_b(b, i));
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
  let a = walk(params.a_offset, params.a_stride, 0u, p.row + lane * 4u, params.a_stride);
  let b = walk(params.b_offset, params.b_stride, 0u, column, params.b_stride);
  let visits = params.k / 4u;
  var t = Tile();
  for (var i = 0u; i < visits; i++) {
    accumulate(&t, turned(rows_a(a, i)), rows_b(b, i));
  }
  // A loop of at most one turn, because software drivers run both sides of a branch.
  for (var left = params.k % 4u; left > 0u; left = 0u) {
    accumulate(&t, turned(ended(rows_a(a, visits), left)), ended(rows_b(b, visits), left));
  }
  store(&t, p.row, column);
}

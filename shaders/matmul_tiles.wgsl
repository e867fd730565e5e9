// c[m, n] (+)= scale * sum over k of a[m, k] b[k, n] (+ bias[n]), for GPUs, where rows are whole vec4s.
//
// A workgroup computes a tile of TILE_M x TILE_N from slices of 16 along k that it brings to workgroup
// memory, both with k as the outer axis. A thread owns blocks of 4 x 4: one, or two in a direction where
// the tile has BLOCKS_M or BLOCKS_N of 2; the second lies half a tile further, so that neighbouring threads
// read neighbouring vec4s. Where few tiles meet a long k, `chunk` splits k over z, and `reduce` of
// matmul.wgsl adds the parts in order.
// Every element is one chain of fma in the order of k, whatever the tile: all tiles give the same bits.
// Wants n, strides, offsets and, where k runs along a row, k as multiples of 4. Elements beyond the edges
// are read as zero, never written.
// The 16 visits of a slice are written out: the loops of WGSL carry a counter against endless ones here,
// and drivers do not unroll them. Constant indices need no clamp.
#import lib/grid

struct Params {
  m: u32,
  n: u32,
  k: u32,
  a_offset: u32,
  a_stride: u32,
  a_across: u32,
  b_offset: u32,
  b_stride: u32,
  b_across: u32,
  c_offset: u32,
  chunk: u32,
  slices: u32,
  has_bias: u32,
  accumulate: u32,
  scale: f32,
}

#operand 0 a
#operand 1 b
#operand 2 bias
@group(0) @binding(3) var<storage, read_write> c: array<vec4<f32>>;
@group(1) @binding(0) var<uniform> params: Params;

const DEPTH = 16u;
const THREADS_M = TILE_M / (4u * BLOCKS_M);
const THREADS_N = TILE_N / (4u * BLOCKS_N);
const THREADS = THREADS_M * THREADS_N;
// One vec4 more than a row needs, so that the columns of a slice lie in different banks.
const PITCH_M = TILE_M / 4u + 1u;
const PITCH_N = TILE_N / 4u + 1u;

var<workgroup> a_tile: array<vec4<f32>, DEPTH * PITCH_M>;
var<workgroup> b_tile: array<vec4<f32>, DEPTH * PITCH_N>;

struct Block {
  x: vec4<f32>,
  y: vec4<f32>,
  z: vec4<f32>,
  w: vec4<f32>,
}

struct Blocks {
  p: Block,
  q: Block,
  r: Block,
  s: Block,
}

fn load_a(row: u32, k: u32, end: u32, thread: u32) {
  for (var i = thread; i < TILE_M * DEPTH / 4u; i += THREADS) {
    if (params.a_across != 0u) {
      // Four rows of a at one k lie side by side.
      let at = vec2<u32>(row + i % (TILE_M / 4u) * 4u, k + i / (TILE_M / 4u));
      let inside = at.x < params.m && at.y < end;
      let quad = (params.a_offset + at.y * params.a_stride + at.x) / 4u;
      let seen = min(vec4<u32>(params.m - min(at.x, params.m)), vec4<u32>(4u)) > vec4<u32>(0u, 1u, 2u, 3u);
      let value = a_quad(select(0u, quad, inside));
      a_tile[i / (TILE_M / 4u) * PITCH_M + i % (TILE_M / 4u)] =
        select(vec4<f32>(), value, seen & vec4<bool>(inside));
    } else {
      let at = vec2<u32>(row + i / 4u, k + i % 4u * 4u);
      let inside = at.x < params.m && at.y < end;
      let quad = (params.a_offset + at.x * params.a_stride + at.y) / 4u;
      let value = select(vec4<f32>(), a_quad(select(0u, quad, inside)), inside);
      let place = i % 4u * 4u * PITCH_M + i / 16u;
      a_tile[place][i / 4u % 4u] = value.x;
      a_tile[place + PITCH_M][i / 4u % 4u] = value.y;
      a_tile[place + 2u * PITCH_M][i / 4u % 4u] = value.z;
      a_tile[place + 3u * PITCH_M][i / 4u % 4u] = value.w;
    }
  }
}

fn load_b(column: u32, k: u32, end: u32, thread: u32) {
  for (var i = thread; i < TILE_N * DEPTH / 4u; i += THREADS) {
    if (params.b_across != 0u) {
      let at = vec2<u32>(column + i % (TILE_N / 4u) * 4u, k + i / (TILE_N / 4u));
      let inside = at.x < params.n && at.y < end;
      let quad = (params.b_offset + at.y * params.b_stride + at.x) / 4u;
      b_tile[i / (TILE_N / 4u) * PITCH_N + i % (TILE_N / 4u)] =
        select(vec4<f32>(), b_quad(select(0u, quad, inside)), inside);
    } else {
      let at = vec2<u32>(column + i / 4u, k + i % 4u * 4u);
      let inside = at.x < params.n && at.y < end;
      let quad = (params.b_offset + at.x * params.b_stride + at.y) / 4u;
      let value = select(vec4<f32>(), b_quad(select(0u, quad, inside)), inside);
      let place = i % 4u * 4u * PITCH_N + i / 16u;
      b_tile[place][i / 4u % 4u] = value.x;
      b_tile[place + PITCH_N][i / 4u % 4u] = value.y;
      b_tile[place + 2u * PITCH_N][i / 4u % 4u] = value.z;
      b_tile[place + 3u * PITCH_N][i / 4u % 4u] = value.w;
    }
  }
}

fn outer(t: Block, a: vec4<f32>, b: vec4<f32>) -> Block {
  return Block(
    fma(vec4<f32>(a.x), b, t.x),
    fma(vec4<f32>(a.y), b, t.y),
    fma(vec4<f32>(a.z), b, t.z),
    fma(vec4<f32>(a.w), b, t.w),
  );
}

fn visit(t: Blocks, d: u32, y: u32, x: u32) -> Blocks {
  var next = t;
  let a = a_tile[d * PITCH_M + y];
  let b = b_tile[d * PITCH_N + x];
  next.p = outer(t.p, a, b);
  if (BLOCKS_N > 1u) {
    let b2 = b_tile[d * PITCH_N + x + THREADS_N];
    next.q = outer(t.q, a, b2);
    if (BLOCKS_M > 1u) {
      let a2 = a_tile[d * PITCH_M + y + THREADS_M];
      next.r = outer(t.r, a2, b);
      next.s = outer(t.s, a2, b2);
    }
  }
  return next;
}

fn store(row: u32, column: u32, slice: u32, sum: vec4<f32>) {
  if (row >= params.m || column >= params.n) { return; }
  let start = (slice * params.m + row) * params.n + column;
  if (params.slices > 1u) {
    c[start / 4u] = sum;
    return;
  }
  let at = (params.c_offset + start) / 4u;
  var value = sum * params.scale;
  if (params.has_bias != 0u) { value += bias_quad(column / 4u); }
  if (params.accumulate != 0u) { value += c[at]; }
  c[at] = value;
}

fn store_block(row: u32, column: u32, slice: u32, t: Block) {
  store(row, column, slice, t.x);
  store(row + 1u, column, slice, t.y);
  store(row + 2u, column, slice, t.z);
  store(row + 3u, column, slice, t.w);
}

@compute @workgroup_size(THREADS)
fn multiply(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let tiles_n = (params.n + TILE_N - 1u) / TILE_N;
  let tile = linear_workgroup(id, count);
  let row = tile / tiles_n * TILE_M;
  let column = tile % tiles_n * TILE_N;
  let end = min(params.k, (id.z + 1u) * params.chunk);
  let y = thread / THREADS_N;
  let x = thread % THREADS_N;
  var t = Blocks();
  for (var k = id.z * params.chunk; k < end; k += DEPTH) {
    load_a(row, k, end, thread);
    load_b(column, k, end, thread);
    workgroupBarrier();
    t = visit(t, 0u, y, x);
    t = visit(t, 1u, y, x);
    t = visit(t, 2u, y, x);
    t = visit(t, 3u, y, x);
    t = visit(t, 4u, y, x);
    t = visit(t, 5u, y, x);
    t = visit(t, 6u, y, x);
    t = visit(t, 7u, y, x);
    t = visit(t, 8u, y, x);
    t = visit(t, 9u, y, x);
    t = visit(t, 10u, y, x);
    t = visit(t, 11u, y, x);
    t = visit(t, 12u, y, x);
    t = visit(t, 13u, y, x);
    t = visit(t, 14u, y, x);
    t = visit(t, 15u, y, x);
    workgroupBarrier();
  }
  store_block(row + 4u * y, column + 4u * x, id.z, t.p);
  if (BLOCKS_N > 1u) {
    store_block(row + 4u * y, column + 4u * (x + THREADS_N), id.z, t.q);
    if (BLOCKS_M > 1u) {
      store_block(row + 4u * (y + THREADS_M), column + 4u * x, id.z, t.r);
      store_block(row + 4u * (y + THREADS_M), column + 4u * (x + THREADS_N), id.z, t.s);
    }
  }
}

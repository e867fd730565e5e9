// moments = (mean, mean of squares) of s_ij = x_i . x_j over all i != j, N = B (B - 1) pairs of the rows of
// x[B, C]; (0, 0) where there is one row.
// Backward, d_x_i = sum over j != i of 2 (d_0 + 2 d_1 s_ij) / N x_j.
//
// The products come in tiles of `rows` x `columns` that a matrix product wrote, beginning at rows `row` and
// `column` of x; no more than one tile is ever held. A workgroup owns one row, its threads stride over the
// tile's columns; sums are trees of fixed order, in f32.
//
//   update        adds a tile to the sum and the sum of squares of each row
//   finish        one workgroup: the moments
//   to_gradient   turns a tile of products into the factors of x_j above
// Tried and lost: the closed forms |sum of x_i|^2 and |x^T x|^2, which need no tile, but lose the moments
// of well-spread rows beside the diagonal's B and B^2.
#import lib/grid

struct Params {
  total: u32,
  row: u32,
  column: u32,
  rows: u32,
  columns: u32,
  pairs: f32,
}

@group(0) @binding(0) var<storage, read> products: array<f32>;
@group(0) @binding(1) var<storage, read_write> state: array<vec2<f32>>;
@group(0) @binding(2) var<storage, read> final_state: array<vec2<f32>>;
@group(0) @binding(3) var<storage, read_write> moments: array<f32>;
@group(0) @binding(4) var<storage, read_write> tile: array<f32>;
@group(0) @binding(5) var<storage, read> d_moments: array<f32>;
@group(1) @binding(0) var<uniform> params: Params;

const THREADS = 64u;

var<workgroup> shares: array<vec2<f32>, 64>;

// The sum over the threads, in shares[0].
fn join(value: vec2<f32>, thread: u32) {
  shares[thread] = value;
  workgroupBarrier();
  for (var half = THREADS / 2u; half > 0u; half /= 2u) {
    if (thread < half) { shares[thread] += shares[thread + half]; }
    workgroupBarrier();
  }
}

@compute @workgroup_size(THREADS)
fn update(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let row = linear_workgroup(id, count);
  let inside = row < params.rows;
  let columns = select(0u, params.columns, inside);
  let own = params.row + row;
  var sum = vec2<f32>();
  for (var j = thread; j < columns; j += THREADS) {
    if (params.column + j != own) {
      let s = products[row * params.columns + j];
      sum += vec2<f32>(s, s * s);
    }
  }
  join(sum, thread);
  if (thread != 0u || !inside) { return; }
  if (params.column == 0u) { state[own] = shares[0]; } else { state[own] += shares[0]; }
}

@compute @workgroup_size(THREADS)
fn finish(@builtin(local_invocation_index) thread: u32) {
  var sum = vec2<f32>();
  for (var i = thread; i < params.total; i += THREADS) { sum += final_state[i]; }
  join(sum, thread);
  if (thread == 0u) {
    moments[0] = shares[0].x / params.pairs;
    moments[1] = shares[0].y / params.pairs;
  }
}

@compute @workgroup_size(THREADS)
fn to_gradient(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let at = linear_workgroup(id, count) * THREADS + thread;
  if (at >= params.rows * params.columns) { return; }
  let i = params.row + at / params.columns;
  let j = params.column + at % params.columns;
  let factor = 2.0 / params.pairs * (d_moments[0] + 2.0 * d_moments[1] * tile[at]);
  tile[at] = select(factor, 0.0, i == j);
}

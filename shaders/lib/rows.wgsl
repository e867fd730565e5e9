// Rows shared by neighbouring threads: LANES of them own one row, a workgroup of 64 owns 64 / LANES.
// GPUs want many lanes, so that neighbours read neighbours; software adapters want 1, which needs no
// barrier. Sums are trees of fixed order.
#import lib/grid

override LANES: u32 = 32u;

const ROW_THREADS = 64u;

var<workgroup> row_shares: array<f32, 64>;

struct RowPlace {
  row: u32,
  lane: u32,
}

fn row_place(id: vec3<u32>, count: vec3<u32>, thread: u32) -> RowPlace {
  let first = linear_workgroup(id, count) * (ROW_THREADS / LANES);
  return RowPlace(first + thread / LANES, thread % LANES);
}

// The sum of `value` over the lanes of a row, the same for each of them; every thread must call it.
fn row_sum(value: f32, thread: u32) -> f32 {
  if (LANES == 1u) { return value; }
  workgroupBarrier();
  row_shares[thread] = value;
  workgroupBarrier();
  for (var half = LANES / 2u; half > 0u; half /= 2u) {
    if (thread % LANES < half) { row_shares[thread] += row_shares[thread + half]; }
    workgroupBarrier();
  }
  return row_shares[thread - thread % LANES];
}

fn across(v: vec4<f32>) -> f32 {
  return (v.x + v.y) + (v.z + v.w);
}

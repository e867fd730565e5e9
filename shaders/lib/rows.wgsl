// Rows shared by neighbouring threads: LANES of them own one row, a workgroup of 64 owns 64 / LANES.
// Where a subgroup has LANES lanes, they meet in it (row_sums_subgroup.wgsl), else in workgroup memory
// (row_sums.wgsl). GPUs want many lanes, so that neighbours read neighbours; software adapters want one
// subgroup, or 1 lane, which needs no barrier.
#import lib/grid
#import lib/row_sums

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

fn across(v: vec4<f32>) -> f32 {
  return (v.x + v.y) + (v.z + v.w);
}

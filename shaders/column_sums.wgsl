// d_row[n] += sum over t of d_y[t, n], in two stages of fixed order.
//
// `partial_sums`: a thread owns one column of a chunk of rows. `total`: a thread adds the chunks of one
// column in order. Accumulation is f32.
struct Params {
  rows: u32,
  columns: u32,
  chunk: u32,
  chunks: u32,
}

@group(0) @binding(0) var<storage, read> d_y: array<f32>;
@group(0) @binding(1) var<storage, read_write> sums: array<f32>;
@group(0) @binding(2) var<storage, read> chunk_sums: array<f32>;
@group(0) @binding(3) var<storage, read_write> d_row: array<f32>;
@group(1) @binding(0) var<uniform> params: Params;

@compute @workgroup_size(64)
fn partial_sums(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let column = id.x * 64u + thread;
  if (column >= params.columns) { return; }
  let end = min(params.rows, (id.y + 1u) * params.chunk);
  var sum = 0.0;
  for (var row = id.y * params.chunk; row < end; row++) { sum += d_y[row * params.columns + column]; }
  sums[id.y * params.columns + column] = sum;
}

@compute @workgroup_size(64)
fn total(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= params.columns) { return; }
  var sum = 0.0;
  for (var i = 0u; i < params.chunks; i++) { sum += chunk_sums[i * params.columns + id.x]; }
  d_row[id.x] += sum;
}

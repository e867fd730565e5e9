// d_row[n] += sum over t of d_y[t, n], in two stages of fixed order.
//
// `partial_sums`: a thread owns four neighbouring columns of a chunk of rows. `total`: a thread adds the
// chunks in order. N is a multiple of 4. Accumulation is f32.
struct Params {
  rows: u32,
  quads: u32,
  chunk: u32,
  chunks: u32,
}

#operand 0 d_y
@group(0) @binding(1) var<storage, read_write> sums: array<vec4<f32>>;
#operand 2 chunk_sums
@group(0) @binding(3) var<storage, read_write> d_row: array<vec4<f32>>;
@group(1) @binding(0) var<uniform> params: Params;

@compute @workgroup_size(32)
fn partial_sums(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let i = id.x * 32u + thread;
  if (i >= params.quads) { return; }
  let end = min(params.rows, (id.y + 1u) * params.chunk);
  var sum = vec4<f32>();
  for (var row = id.y * params.chunk; row < end; row++) { sum += d_y_quad(row * params.quads + i); }
  sums[id.y * params.quads + i] = sum;
}

@compute @workgroup_size(32)
fn total(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= params.quads) { return; }
  var sum = vec4<f32>();
  for (var chunk = 0u; chunk < params.chunks; chunk++) {
    sum += chunk_sums_quad(chunk * params.quads + id.x);
  }
  d_row[id.x] += sum;
}

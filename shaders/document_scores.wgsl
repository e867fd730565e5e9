// scores[B, n]: how similar query i is to its document j, q = queries[i], d = documents[j B + i]:
//   MEASURE 0   q . d
//   MEASURE 1   -|q - d|
//   MEASURE 2   -sum over c of |q_c - d_c|
// Backward, with g = d_scores[i, j]: d_d += g q, g (q - d) / |q - d|, g sign(q - d); d_q the same with d in
// place of q, or with the other sign; 0 where the distance or the difference is 0.
//
//   forward              LANES threads own a score and stride over the columns, four at a time
//   backward_documents   a thread owns four columns of a document
//   backward_queries     a thread owns four columns of a query and adds over its documents in their order
// C is a multiple of 4 and `width` is C / 4. Accumulation is f32.
#import lib/rows

struct Params {
  batch: u32,
  count: u32,
  width: u32,
  accumulate: u32,
}

#operand 0 queries
#operand 1 documents
@group(0) @binding(2) var<storage, read_write> scores: array<f32>;
@group(0) @binding(3) var<storage, read> saved: array<f32>;
@group(0) @binding(4) var<storage, read> d_scores: array<f32>;
@group(0) @binding(5) var<storage, read_write> result: array<vec4<f32>>;
@group(1) @binding(0) var<uniform> params: Params;

@compute @workgroup_size(ROW_THREADS)
fn forward(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let place = row_place(id, count, thread);
  let inside = place.row < params.batch * params.count;
  let width = select(0u, params.width, inside);
  let i = place.row / params.count;
  let query = i * params.width;
  let document = (place.row % params.count * params.batch + i) * params.width;
  var sum = vec4<f32>();
  for (var c = place.lane; c < width; c += LANES) {
    let q = queries_quad(query + c);
    let d = documents_quad(document + c);
    if (MEASURE == 0u) { sum += q * d; }
    if (MEASURE == 1u) { sum += (q - d) * (q - d); }
    if (MEASURE == 2u) { sum += abs(q - d); }
  }
  var value = row_sum(across(sum), thread);
  if (MEASURE == 1u) { value = -sqrt(value); }
  if (MEASURE == 2u) { value = -value; }
  if (inside && place.lane == 0u) { scores[place.row] = value; }
}

// The gradient of the document where a score at `at` has one; the query's is its negative, or with the
// operands exchanged.
fn slope(q: vec4<f32>, d: vec4<f32>, at: u32) -> vec4<f32> {
  if (MEASURE == 0u) { return d_scores[at] * q; }
  if (MEASURE == 2u) { return d_scores[at] * sign(q - d); }
  let distance = -saved[at];
  return d_scores[at] * select((q - d) / distance, vec4<f32>(), distance == 0.0);
}

fn put(i: u32, value: vec4<f32>) {
  if (params.accumulate != 0u) { result[i] += value; } else { result[i] = value; }
}

@compute @workgroup_size(ROW_THREADS)
fn backward_documents(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let i = linear_workgroup(id, count) * ROW_THREADS + thread;
  if (i >= params.batch * params.count * params.width) { return; }
  let document = i / params.width;
  let row = document % params.batch;
  let q = queries_quad(row * params.width + i % params.width);
  put(i, slope(q, documents_quad(i), row * params.count + document / params.batch));
}

@compute @workgroup_size(ROW_THREADS)
fn backward_queries(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let i = linear_workgroup(id, count) * ROW_THREADS + thread;
  let size = params.batch * params.width;
  if (i >= size) { return; }
  let q = queries_quad(i);
  var sum = vec4<f32>();
  for (var j = 0u; j < params.count; j++) {
    let d = documents_quad(j * size + i);
    sum += slope(d, q, i / params.width * params.count + j);
  }
  put(i, sum);
}

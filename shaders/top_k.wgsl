// For each of Q queries the k best of the rows of a corpus, which come in tiles of N rows.
//
// A tile of scores is [N, Q], neighbouring queries beside each other; Q is padded to a multiple of 4.
//
//   distances  scores of a tile by distance: -sqrt(sum (q - d)^2), or -sum |q - d|. A thread owns 4 rows
//              x 4 queries; rows are C elements, a multiple of 4. Scores by dot product come from matmul.
//   select_best  folds a tile into the lists of best rows. A thread owns 4 neighbouring queries and one
//              of `lists` shares of the tile's rows, so that few queries keep many threads busy; each
//              (share, query) has a list of k, a binary heap with its worst entry at the root. Slot i of
//              list t is at i * lists * Q + t: neighbours write neighbours. Rows above the root wait
//              until the share is scanned, then all threads bring theirs to the heaps side by side.
//
// The order is total: higher scores first, equal ones by lower row. Rows come in rising order, so that a
// row enters only with a score above the root's. Scores become integers of the same order: a NaN and an
// empty slot are 0, below minus infinity, and no comparison depends on how a driver treats NaN.
// Loops that run once stand for branches, which software drivers run whether a lane takes them or not.
// Tried and slower on a software adapter: rows that go to the heap as they are found (a whole
// search took twice as long, since lanes then wait for each other at every row).
#import lib/grid

struct Params {
  // Q, padded.
  queries: u32,
  // Rows of the tile, and the number of its first row in the corpus.
  rows: u32,
  first: u32,
  // C / 4.
  quads: u32,
  k: u32,
  lists: u32,
  // Rows of a share.
  share: u32,
}

#operand 0 queries
#operand 1 corpus
@group(0) @binding(2) var<storage, read_write> tile: array<vec4<f32>>;
#operand 3 scores
@group(0) @binding(4) var<storage, read_write> keys: array<u32>;
@group(0) @binding(5) var<storage, read_write> indices: array<u32>;
// Rows that wait, as many for each list as a share has.
@group(0) @binding(6) var<storage, read_write> waiting: array<u32>;
@group(1) @binding(0) var<uniform> params: Params;

const THREADS = 64u;

override MANHATTAN: bool = false;

// The sizes of four differences, to a power of 2 or 1, added up.
fn size(difference: vec4<f32>) -> f32 {
  if (MANHATTAN) { return dot(abs(difference), vec4<f32>(1.0)); }
  return dot(difference, difference);
}

struct Quad {
  x: vec4<f32>,
  y: vec4<f32>,
  z: vec4<f32>,
  w: vec4<f32>,
}

fn sizes(q: Quad, d: vec4<f32>) -> vec4<f32> {
  return vec4<f32>(size(q.x - d), size(q.y - d), size(q.z - d), size(q.w - d));
}

fn store(row: u32, quad: u32, sums: vec4<f32>) {
  if (row >= params.rows) { return; }
  tile[row * (params.queries / 4u) + quad] = -select(sqrt(sums), sums, MANHATTAN);
}

@compute @workgroup_size(THREADS)
fn distances(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let columns = params.queries / 4u;
  let owner = linear_workgroup(id, count) * THREADS + thread;
  let quad = owner % columns;
  let row = owner / columns * 4u;
  if (row >= params.rows) { return; }
  let c = params.quads;
  let q = quad * 4u * c;
  let d = row * c;
  var s0 = vec4<f32>();
  var s1 = vec4<f32>();
  var s2 = vec4<f32>();
  var s3 = vec4<f32>();
  for (var i = 0u; i < c; i++) {
    let four = Quad(
      queries_quad(q + i),
      queries_quad(q + c + i),
      queries_quad(q + 2u * c + i),
      queries_quad(q + 3u * c + i),
    );
    s0 += sizes(four, corpus_quad(d + i));
    s1 += sizes(four, corpus_quad(d + c + i));
    s2 += sizes(four, corpus_quad(d + 2u * c + i));
    s3 += sizes(four, corpus_quad(d + 3u * c + i));
  }
  store(row, quad, s0);
  store(row + 1u, quad, s1);
  store(row + 2u, quad, s2);
  store(row + 3u, quad, s3);
}

// Integers in the order of scores; minus zero is zero, NaN is below all.
fn order_of(scores: vec4<f32>) -> vec4<u32> {
  let bits = bitcast<vec4<u32>>(scores);
  let magnitude = bits & vec4<u32>(0x7fffffffu);
  let negative = (bits != magnitude) & (magnitude != vec4<u32>());
  let key = select(magnitude | vec4<u32>(0x80000000u), ~bits, negative);
  return select(key, vec4<u32>(), magnitude > vec4<u32>(0x7f800000u));
}

// Puts an entry in place of a list's root and returns the key of the new root. Its row is above all others.
fn replace(list: u32, key: u32, row: u32) -> u32 {
  let stride = params.lists * params.queries;
  var at = list;
  for (var child = 1u; child < params.k;) {
    let left = child * stride + list;
    let right = left + select(0u, stride, child + 1u < params.k);
    let left_key = keys[left];
    let right_key = keys[right];
    var is_right = right_key < left_key;
    for (var tie = right_key == left_key; tie; tie = false) {
      is_right = indices[right] > indices[left];
    }
    let worst = select(left_key, right_key, is_right);
    if (worst >= key) { break; }
    let moved = select(left, right, is_right);
    keys[at] = worst;
    indices[at] = indices[moved];
    at = moved;
    child = 2u * (child + select(0u, 1u, is_right)) + 1u;
  }
  keys[at] = key;
  indices[at] = row;
  return keys[list];
}

// Brings the waiting rows of a list, of its thread's component c, to the heap.
fn bring(list: u32, c: u32, count: u32, place: u32) {
  let stride = params.lists * params.queries;
  var root = keys[list];
  for (var i = 0u; i < count; i++) {
    let row = waiting[i * stride + list];
    let key = order_of(scores_quad(row * (params.queries / 4u) + place))[c];
    for (var enters = key > root; enters; enters = false) {
      root = replace(list, key, params.first + row);
    }
  }
}

@compute @workgroup_size(THREADS)
fn select_best(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let columns = params.queries / 4u;
  let owner = linear_workgroup(id, count) * THREADS + thread;
  let list = owner / columns;
  if (list >= params.lists) { return; }
  let quad = owner % columns;
  let t = list * params.queries + quad * 4u;
  let stride = params.lists * params.queries;
  let begin = list * params.share;
  let end = min(begin + params.share, params.rows);
  let roots = vec4<u32>(keys[t], keys[t + 1u], keys[t + 2u], keys[t + 3u]);
  var found = vec4<u32>();
  for (var row = begin; row < end; row++) {
    let above = order_of(scores_quad(row * columns + quad)) > roots;
    for (var some = any(above); some; some = false) {
      if (above.x) { waiting[found.x * stride + t] = row; }
      if (above.y) { waiting[found.y * stride + t + 1u] = row; }
      if (above.z) { waiting[found.z * stride + t + 2u] = row; }
      if (above.w) { waiting[found.w * stride + t + 3u] = row; }
      found += select(vec4<u32>(), vec4<u32>(1u), above);
    }
  }
  bring(t, 0u, found.x, quad);
  bring(t + 1u, 1u, found.y, quad);
  bring(t + 2u, 2u, found.z, quad);
  bring(t + 3u, 3u, found.w, quad);
}

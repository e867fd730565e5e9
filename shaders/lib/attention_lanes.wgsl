// Rows of attention in the lanes of a subgroup, for software adapters.
//
// qkv[T, 3 C] holds queries, keys and values; head h owns the columns from h D of each. A workgroup is
// one subgroup of 8 lanes and owns 8 rows of one sequence and head, one a lane, and 4 QUADS of the head's
// columns, of which `parts` make the head; scores are computed anew for every part. It visits the other
// side's rows by 16: each lane brings quads of two of them, which all lanes take by broadcast. The text
// is unrolled, for the reasons in matmul_subgroup.wgsl. Constants: QUADS, at most 16; DROPOUT, WINDOW,
// CAUSAL and BIAS, 0 or 1: see lib/attention_scores.wgsl.
// Accumulation is f32 in the order of rows. Rows beyond a sequence repeat its last one and weigh nothing.
// Tried and slower: two rows a lane; sums in the result's memory in place of registers (twice as long at
// 128 rows a sequence).
#import lib/grid
#import lib/random
#import lib/attention_scores

struct Params {
  rows: u32,
  tiles: u32,
  heads: u32,
  quads: u32,
  parts: u32,
  scale: f32,
  key_0: u32,
  key_1: u32,
  first_row: u32,
  threshold: u32,
  keep_factor: f32,
  accumulate: u32,
  window: u32,
  reach: u32,
  buckets: u32,
}

#operand 0 qkv
#operand 1 d_context
#operand 9 bias
@group(0) @binding(2) var<storage, read> starts: array<u32>;
@group(0) @binding(3) var<storage, read> tiles: array<u32>;
@group(0) @binding(4) var<storage, read_write> result: array<vec4<f32>>;
@group(1) @binding(0) var<uniform> params: Params;

// Sources of rows: qkv or d_context.
const QKV = false;
const CONTEXT = true;

// Sixteen numbers of a lane, one for each visited row.
alias Scores = array<vec4<f32>, 4>;
alias Sums = array<vec4<f32>, 16>;

struct Place {
  row: u32,
  inside: bool,
  // The row of the first lane.
  first: u32,
  start: u32,
  end: u32,
  head: u32,
  // The first quad of the part, counted from the head's first.
  part: u32,
}

fn place(item: u32, lane: u32) -> Place {
  let tile = item / params.parts / params.heads * 2u;
  let sequence = tiles[tile + 1u];
  let end = starts[sequence + 1u];
  let row = tiles[tile] + lane;
  let head = item / params.parts % params.heads;
  let part = item % params.parts * QUADS;
  return Place(min(row, end - 1u), row < end, tiles[tile], starts[sequence], end, head, part);
}

// Where a head's query (0), key (1) or value (2) of a row begins. Unit: quads.
fn at_qkv(p: Place, row: u32, third: u32) -> u32 {
  return ((row * 3u + third) * params.heads + p.head) * params.quads;
}

// The keys that the workgroup visits for its queries.
fn visited_keys(p: Place) -> Span {
  return keys_of(p.start, p.end, Span(p.first, p.first + 8u));
}

// The queries that the workgroup visits for its keys.
fn visited_queries(p: Place) -> Span {
  return queries_of(p.start, p.end, Span(p.first, p.first + 8u));
}

fn at_context(p: Place, row: u32) -> u32 {
  return (row * params.heads + p.head) * params.quads;
}

fn quad(source: bool, i: u32) -> vec4<f32> {
  if (source == CONTEXT) { return d_context_quad(i); }
  return qkv_quad(i);
}

// Products of a lane's quad with that of each lane, the first four or the last.
fn first_dots(x: vec4<f32>, y: vec4<f32>) -> vec4<f32> {
  return vec4<f32>(
    dot(x, subgroupBroadcast(y, 0u)),
    dot(x, subgroupBroadcast(y, 1u)),
    dot(x, subgroupBroadcast(y, 2u)),
    dot(x, subgroupBroadcast(y, 3u)),
  );
}

fn last_dots(x: vec4<f32>, y: vec4<f32>) -> vec4<f32> {
  return vec4<f32>(
    dot(x, subgroupBroadcast(y, 4u)),
    dot(x, subgroupBroadcast(y, 5u)),
    dot(x, subgroupBroadcast(y, 6u)),
    dot(x, subgroupBroadcast(y, 7u)),
  );
}

// Dot products of a lane's row at quad x with the visited rows, of which it brings those at y and z.
fn dots(a: bool, x: u32, b: bool, y: u32, z: u32) -> Scores {
  var s = Scores();
  for (var i = 0u; i < params.quads; i++) {
    let own = quad(a, x + i);
    let left = quad(b, y + i);
    let right = quad(b, z + i);
    s[0] += first_dots(own, left);
    s[1] += last_dots(own, left);
    s[2] += first_dots(own, right);
    s[3] += last_dots(own, right);
  }
  return s;
}

fn weighted(sum: vec4<f32>, w: Scores, y: vec4<f32>, z: vec4<f32>) -> vec4<f32> {
  return sum + w[0].x * subgroupBroadcast(y, 0u) + w[0].y * subgroupBroadcast(y, 1u) +
    w[0].z * subgroupBroadcast(y, 2u) + w[0].w * subgroupBroadcast(y, 3u) +
    w[1].x * subgroupBroadcast(y, 4u) + w[1].y * subgroupBroadcast(y, 5u) +
    w[1].z * subgroupBroadcast(y, 6u) + w[1].w * subgroupBroadcast(y, 7u) +
    w[2].x * subgroupBroadcast(z, 0u) + w[2].y * subgroupBroadcast(z, 1u) +
    w[2].z * subgroupBroadcast(z, 2u) + w[2].w * subgroupBroadcast(z, 3u) +
    w[3].x * subgroupBroadcast(z, 4u) + w[3].y * subgroupBroadcast(z, 5u) +
    w[3].z * subgroupBroadcast(z, 6u) + w[3].w * subgroupBroadcast(z, 7u);
}

// t = t decay + w b over the visited rows and the part's columns.
fn weigh(t: ptr<function, Sums>, decay: f32, w: Scores, b: bool, y: u32, z: u32) {
  if (QUADS > 0u) { (*t)[0] = weighted((*t)[0] * decay, w, quad(b, y + 0u), quad(b, z + 0u)); }
  if (QUADS > 1u) { (*t)[1] = weighted((*t)[1] * decay, w, quad(b, y + 1u), quad(b, z + 1u)); }
  if (QUADS > 2u) { (*t)[2] = weighted((*t)[2] * decay, w, quad(b, y + 2u), quad(b, z + 2u)); }
  if (QUADS > 3u) { (*t)[3] = weighted((*t)[3] * decay, w, quad(b, y + 3u), quad(b, z + 3u)); }
  if (QUADS > 4u) { (*t)[4] = weighted((*t)[4] * decay, w, quad(b, y + 4u), quad(b, z + 4u)); }
  if (QUADS > 5u) { (*t)[5] = weighted((*t)[5] * decay, w, quad(b, y + 5u), quad(b, z + 5u)); }
  if (QUADS > 6u) { (*t)[6] = weighted((*t)[6] * decay, w, quad(b, y + 6u), quad(b, z + 6u)); }
  if (QUADS > 7u) { (*t)[7] = weighted((*t)[7] * decay, w, quad(b, y + 7u), quad(b, z + 7u)); }
  if (QUADS > 8u) { (*t)[8] = weighted((*t)[8] * decay, w, quad(b, y + 8u), quad(b, z + 8u)); }
  if (QUADS > 9u) { (*t)[9] = weighted((*t)[9] * decay, w, quad(b, y + 9u), quad(b, z + 9u)); }
  if (QUADS > 10u) { (*t)[10] = weighted((*t)[10] * decay, w, quad(b, y + 10u), quad(b, z + 10u)); }
  if (QUADS > 11u) { (*t)[11] = weighted((*t)[11] * decay, w, quad(b, y + 11u), quad(b, z + 11u)); }
  if (QUADS > 12u) { (*t)[12] = weighted((*t)[12] * decay, w, quad(b, y + 12u), quad(b, z + 12u)); }
  if (QUADS > 13u) { (*t)[13] = weighted((*t)[13] * decay, w, quad(b, y + 13u), quad(b, z + 13u)); }
  if (QUADS > 14u) { (*t)[14] = weighted((*t)[14] * decay, w, quad(b, y + 14u), quad(b, z + 14u)); }
  if (QUADS > 15u) { (*t)[15] = weighted((*t)[15] * decay, w, quad(b, y + 15u), quad(b, z + 15u)); }
}

fn put(inside: bool, at: u32, value: vec4<f32>) {
  if (!inside) { return; }
  if (params.accumulate != 0u) { result[at] += value; } else { result[at] = value; }
}

// Writes the part's columns of a lane's row, which begin at quad `at`.
fn store(p: Place, at: u32, t: ptr<function, Sums>, factor: f32) {
  if (QUADS > 0u) { put(p.inside && p.part + 0u < params.quads, at + 0u, (*t)[0] * factor); }
  if (QUADS > 1u) { put(p.inside && p.part + 1u < params.quads, at + 1u, (*t)[1] * factor); }
  if (QUADS > 2u) { put(p.inside && p.part + 2u < params.quads, at + 2u, (*t)[2] * factor); }
  if (QUADS > 3u) { put(p.inside && p.part + 3u < params.quads, at + 3u, (*t)[3] * factor); }
  if (QUADS > 4u) { put(p.inside && p.part + 4u < params.quads, at + 4u, (*t)[4] * factor); }
  if (QUADS > 5u) { put(p.inside && p.part + 5u < params.quads, at + 5u, (*t)[5] * factor); }
  if (QUADS > 6u) { put(p.inside && p.part + 6u < params.quads, at + 6u, (*t)[6] * factor); }
  if (QUADS > 7u) { put(p.inside && p.part + 7u < params.quads, at + 7u, (*t)[7] * factor); }
  if (QUADS > 8u) { put(p.inside && p.part + 8u < params.quads, at + 8u, (*t)[8] * factor); }
  if (QUADS > 9u) { put(p.inside && p.part + 9u < params.quads, at + 9u, (*t)[9] * factor); }
  if (QUADS > 10u) { put(p.inside && p.part + 10u < params.quads, at + 10u, (*t)[10] * factor); }
  if (QUADS > 11u) { put(p.inside && p.part + 11u < params.quads, at + 11u, (*t)[11] * factor); }
  if (QUADS > 12u) { put(p.inside && p.part + 12u < params.quads, at + 12u, (*t)[12] * factor); }
  if (QUADS > 13u) { put(p.inside && p.part + 13u < params.quads, at + 13u, (*t)[13] * factor); }
  if (QUADS > 14u) { put(p.inside && p.part + 14u < params.quads, at + 14u, (*t)[14] * factor); }
  if (QUADS > 15u) { put(p.inside && p.part + 15u < params.quads, at + 15u, (*t)[15] * factor); }
}

// What the dropout multiplies probabilities of four query rows at four key rows with.
fn factors(p: Place, rows: vec4<u32>, keys: vec4<u32>) -> vec4<f32> {
  if (DROPOUT == 0u) { return vec4<f32>(1.0); }
  let key = vec2<u32>(params.key_0, params.key_1);
  let i = (rows + params.first_row) * params.heads + p.head;
  let j = keys + params.first_row;
  return select(vec4<f32>(), vec4<f32>(params.keep_factor), vec4<bool>(
    keeps(key, i.x, j.x, params.threshold),
    keeps(key, i.y, j.y, params.threshold),
    keeps(key, i.z, j.z, params.threshold),
    keeps(key, i.w, j.w, params.threshold),
  ));
}

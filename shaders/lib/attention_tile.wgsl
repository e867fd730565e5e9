// Tiles of attention in workgroup memory, for GPUs.
//
// qkv[T, 3 C] holds queries, keys and values; head h owns the columns from h D of each. A workgroup owns
// 32 rows of one sequence and head and visits the other side's rows by 64: scores live in registers, and
// as weights in workgroup memory, of which all takes 15.3 KiB. Threads are 8 x 16: thread (y, x) owns rows
// 4 y to 4 y + 3, the components of its vectors, and every 16th visited row or column from x on.
// Constants: QUADS = D / 4, at most 32; DROPOUT, WINDOW, CAUSAL and BIAS, 0 or 1: see lib/attention_scores.wgsl.
// Accumulation is f32 in the order of rows; rows and columns beyond the edges are read as zero, never
// written. Sums are unrolled, since not every
// compiler keeps an indexed array in registers.
// Tried and lost: several short sequences in one tile. Sums then group by where a sequence lies in it, and
// the bits of a text's embedding would depend on its neighbours in the batch.
#import lib/grid
#import lib/random
#import lib/attention_scores

struct Params {
  rows: u32,
  tiles: u32,
  heads: u32,
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

@group(0) @binding(0) var<storage, read> qkv: array<f32>;
@group(0) @binding(1) var<storage, read> d_context: array<f32>;
@group(0) @binding(2) var<storage, read> tiles: array<u32>;
@group(0) @binding(3) var<storage, read> starts: array<u32>;
@group(0) @binding(4) var<storage, read_write> result: array<f32>;
#operand 9 bias
@group(1) @binding(0) var<uniform> params: Params;

const ROWS = 32u;
const VISIT = 64u;
const WIDTH = QUADS * 4u;
const COLUMNS = (QUADS + 3u) / 4u;
// Parts of the operands.
const QUERY = 0u;
const KEY = 1u;
const VALUE = 2u;
const CONTEXT = 3u;
// Distances in workgroup memory that keep threads off each other's banks.
const OWN_PITCH = 9u;
const OTHER_PITCH = 65u;
// Visited rows that fit `other`, a power of two.
const DEPTH = 64u >> firstLeadingBit(2u * COLUMNS - 1u);

// [64 visited rows][4 rows a component]
var<workgroup> weights: array<vec4<f32>, 576>;
// [16 columns][4 rows a component]; between slices a number of every thread and row, [8][16].
var<workgroup> own: array<vec4<f32>, 144>;
// [16 columns][64 visited rows] or [DEPTH visited rows][16 COLUMNS]
var<workgroup> other: array<f32, 1040>;

alias Sums = array<vec4<f32>, 8>;
alias Scores = array<vec4<f32>, 4>;

// The same for all threads: the head, the tile's first row, the sequence's rows.
struct Place {
  head: u32,
  first: u32,
  start: u32,
  end: u32,
}

fn place(item: u32) -> Place {
  let tile = item / params.heads * 2u;
  let sequence = tiles[tile + 1u];
  return Place(item % params.heads, tiles[tile], starts[sequence], starts[sequence + 1u]);
}

// The keys that the workgroup visits for its queries.
fn visited_keys(p: Place) -> Span {
  return keys_of(p.start, p.end, Span(p.first, min(p.first + ROWS, p.end)));
}

// The queries that the workgroup visits for its keys.
fn visited_queries(p: Place) -> Span {
  return queries_of(p.start, p.end, Span(p.first, min(p.first + ROWS, p.end)));
}

fn position(p: Place, part: u32, row: u32, column: u32) -> u32 {
  let line = select(row * 3u + part, row, part == CONTEXT);
  return (line * params.heads + p.head) * WIDTH + column;
}

fn element(p: Place, part: u32, row: u32, column: u32) -> f32 {
  let inside = row < p.end && column < WIDTH;
  let at = select(0u, position(p, part, row, column), inside);
  if (part == CONTEXT) { return select(0.0, d_context[at], inside); }
  return select(0.0, qkv[at], inside);
}

// Dot products of the thread's rows of part a with the visited rows first + x + 16 k of part b.
fn dots(p: Place, a: u32, b: u32, first: u32, thread: u32) -> Scores {
  let x = thread % 16u;
  let y = thread / 16u;
  let row = p.first + 4u * y;
  var s = Scores();
  for (var left = 0u; left < WIDTH; left += 16u) {
    workgroupBarrier();
    own[x * OWN_PITCH + y] = vec4<f32>(
      element(p, a, row, left + x),
      element(p, a, row + 1u, left + x),
      element(p, a, row + 2u, left + x),
      element(p, a, row + 3u, left + x),
    );
    for (var j = y; j < VISIT; j += 8u) {
      other[x * OTHER_PITCH + j] = element(p, b, first + j, left + x);
    }
    workgroupBarrier();
    for (var column = 0u; column < 16u; column++) {
      let rows = own[column * OWN_PITCH + y];
      let at = column * OTHER_PITCH + x;
      s[0] += rows * other[at];
      s[1] += rows * other[at + 16u];
      s[2] += rows * other[at + 32u];
      s[3] += rows * other[at + 48u];
    }
  }
  return s;
}

// t += w b over the visited rows, of which the thread weighs first + x + 16 k with w[k].
fn weigh(t: ptr<function, Sums>, w: Scores, p: Place, b: u32, first: u32, thread: u32) {
  let x = thread % 16u;
  let y = thread / 16u;
  workgroupBarrier();
  weights[x * OWN_PITCH + y] = w[0];
  weights[(x + 16u) * OWN_PITCH + y] = w[1];
  weights[(x + 32u) * OWN_PITCH + y] = w[2];
  weights[(x + 48u) * OWN_PITCH + y] = w[3];
  let visited = min(VISIT, p.end - first);
  for (var top = 0u; top < visited; top += DEPTH) {
    let depth = min(DEPTH, visited - top);
    workgroupBarrier();
    for (var i = thread; i < depth * COLUMNS * 16u; i += 128u) {
      other[i] = element(p, b, first + top + i / (COLUMNS * 16u), i % (COLUMNS * 16u));
    }
    workgroupBarrier();
    for (var j = 0u; j < depth; j++) {
      let weight = weights[(top + j) * OWN_PITCH + y];
      add_row(t, weight, j * COLUMNS * 16u + x);
    }
  }
}

fn add_row(t: ptr<function, Sums>, weight: vec4<f32>, at: u32) {
  if (COLUMNS > 0u) { (*t)[0] += weight * other[at + 0u]; }
  if (COLUMNS > 1u) { (*t)[1] += weight * other[at + 16u]; }
  if (COLUMNS > 2u) { (*t)[2] += weight * other[at + 32u]; }
  if (COLUMNS > 3u) { (*t)[3] += weight * other[at + 48u]; }
  if (COLUMNS > 4u) { (*t)[4] += weight * other[at + 64u]; }
  if (COLUMNS > 5u) { (*t)[5] += weight * other[at + 80u]; }
  if (COLUMNS > 6u) { (*t)[6] += weight * other[at + 96u]; }
  if (COLUMNS > 7u) { (*t)[7] += weight * other[at + 112u]; }
}

fn shrink(t: ptr<function, Sums>, factor: vec4<f32>) {
  if (COLUMNS > 0u) { (*t)[0] *= factor; }
  if (COLUMNS > 1u) { (*t)[1] *= factor; }
  if (COLUMNS > 2u) { (*t)[2] *= factor; }
  if (COLUMNS > 3u) { (*t)[3] *= factor; }
  if (COLUMNS > 4u) { (*t)[4] *= factor; }
  if (COLUMNS > 5u) { (*t)[5] *= factor; }
  if (COLUMNS > 6u) { (*t)[6] *= factor; }
  if (COLUMNS > 7u) { (*t)[7] *= factor; }
}

// Writes the thread's rows and columns of a part of the result.
fn store(p: Place, part: u32, t: ptr<function, Sums>, thread: u32) {
  let x = thread % 16u;
  if (COLUMNS > 0u) { store_column(p, part, (*t)[0], x + 0u, thread); }
  if (COLUMNS > 1u) { store_column(p, part, (*t)[1], x + 16u, thread); }
  if (COLUMNS > 2u) { store_column(p, part, (*t)[2], x + 32u, thread); }
  if (COLUMNS > 3u) { store_column(p, part, (*t)[3], x + 48u, thread); }
  if (COLUMNS > 4u) { store_column(p, part, (*t)[4], x + 64u, thread); }
  if (COLUMNS > 5u) { store_column(p, part, (*t)[5], x + 80u, thread); }
  if (COLUMNS > 6u) { store_column(p, part, (*t)[6], x + 96u, thread); }
  if (COLUMNS > 7u) { store_column(p, part, (*t)[7], x + 112u, thread); }
}

fn store_column(p: Place, part: u32, values: vec4<f32>, column: u32, thread: u32) {
  let row = p.first + thread / 16u * 4u;
  put(p, part, row, column, values.x);
  put(p, part, row + 1u, column, values.y);
  put(p, part, row + 2u, column, values.z);
  put(p, part, row + 3u, column, values.w);
}

fn put(p: Place, part: u32, row: u32, column: u32, value: f32) {
  if (row >= p.end || column >= WIDTH) { return; }
  let at = position(p, part, row, column);
  if (params.accumulate != 0u) { result[at] += value; } else { result[at] = value; }
}

// Brings together a number of each thread of a row: afterwards own[16 y] to own[16 y + 15] are row y's.
fn gather(value: vec4<f32>, thread: u32) {
  workgroupBarrier();
  own[thread] = value;
  workgroupBarrier();
}

// What dropout multiplies the probabilities of four queries at four keys with.
fn factors(p: Place, queries: vec4<u32>, keys: vec4<u32>) -> vec4<f32> {
  if (DROPOUT == 0u) { return vec4<f32>(1.0); }
  let key = vec2<u32>(params.key_0, params.key_1);
  let i = (queries + params.first_row) * params.heads + p.head;
  let j = keys + params.first_row;
  return select(vec4<f32>(), vec4<f32>(params.keep_factor), vec4<bool>(
    keeps(key, i.x, j.x, params.threshold),
    keeps(key, i.y, j.y, params.threshold),
    keeps(key, i.z, j.z, params.threshold),
    keeps(key, i.w, j.w, params.threshold),
  ));
}

fn own_rows(p: Place, thread: u32) -> vec4<u32> {
  return p.first + thread / 16u * 4u + vec4<u32>(0u, 1u, 2u, 3u);
}

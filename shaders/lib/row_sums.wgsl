// Sums and maxima over the lanes of a row, in workgroup memory: trees of fixed order.

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

// The greatest `value` over the lanes of a row, the same for each of them; every thread must call it.
fn row_max(value: f32, thread: u32) -> f32 {
  if (LANES == 1u) { return value; }
  workgroupBarrier();
  row_shares[thread] = value;
  workgroupBarrier();
  for (var half = LANES / 2u; half > 0u; half /= 2u) {
    if (thread % LANES < half) {
      row_shares[thread] = max(row_shares[thread], row_shares[thread + half]);
    }
    workgroupBarrier();
  }
  return row_shares[thread - thread % LANES];
}

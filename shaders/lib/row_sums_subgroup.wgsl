// Sums and maxima over the lanes of a row that is a subgroup's: what row_sums.wgsl gives, without barriers.
// On a software adapter of 8 lanes rows are then read and written as they lie, eight vec4s at a time.

fn row_sum(value: f32, thread: u32) -> f32 {
  return subgroupAdd(value);
}

fn row_max(value: f32, thread: u32) -> f32 {
  return subgroupMax(value);
}

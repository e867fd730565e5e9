/**
 * Kullback-Leibler divergence of rows of scores in float64, forward and backward.
 *
 * @module
 */
import { logSumExp } from "./class_cross_entropy.ts";

/** Scores of R rows of K columns. */
export interface KlDivergenceInput {
  student: Float64Array;
  teacher: Float64Array;
  K: number;
  studentTemperature: number;
  teacherTemperature: number;
}

/** terms_i = sum_k p_ik (log p_ik - log q_ik) */
export function klDivergence(input: KlDivergenceInput): Float64Array {
  const { logP, logQ } = logShares(input);
  const terms = new Float64Array(logP.length / input.K);
  logP.forEach((p, at) => terms[Math.floor(at / input.K)] += Math.exp(p) * (p - logQ[at]));
  return terms;
}

/** d_s_ik = (q_ik - p_ik) / temperature of the student, times dTerms_i */
export function klDivergenceBackward(
  input: KlDivergenceInput,
  dTerms: Float64Array,
): Float64Array {
  const { logP, logQ } = logShares(input);
  return logP.map((p, at) =>
    (Math.exp(logQ[at]) - Math.exp(p)) / input.studentTemperature *
    dTerms[Math.floor(at / input.K)]
  );
}

function logShares({ student, teacher, K, ...input }: KlDivergenceInput) {
  return {
    logP: logSoftmax(teacher.map((value) => value / input.teacherTemperature), K),
    logQ: logSoftmax(student.map((value) => value / input.studentTemperature), K),
  };
}

function logSoftmax(scores: Float64Array, K: number): Float64Array {
  const result = new Float64Array(scores.length);
  for (let start = 0; start < scores.length; start += K) {
    const row = scores.subarray(start, start + K);
    const lse = logSumExp(row);
    row.forEach((value, k) => result[start + k] = value - lse);
  }
  return result;
}

/**
 * How far scores are from a teacher's.
 *
 * @module
 */
import source from "../../shaders/kl_divergence.wgsl" with { type: "text" };
import { Kernel } from "../gpu/kernel.ts";
import { foldWorkgroups } from "../gpu/recorder.ts";
import { checkShape, type Tensor } from "../gpu/tensor.ts";
import { RowKernel } from "./row_kernel.ts";
import type { Tape } from "./tape.ts";

const FORWARD = new RowKernel({ name: "kl_divergence", source, entryPoint: "forward" });
const BACKWARD = new Kernel({ name: "kl_divergence", source, entryPoint: "backward" });

/** Arguments of {@linkcode klDivergence}. */
export interface KlDivergenceInputs {
  /** Scores that are trained, [R, K], any K. */
  student: Tensor;
  /** Scores to come close to, in the same shape; they get no gradient. */
  teacher: Tensor;
  /** What the student's scores are divided by, above 0. */
  studentTemperature: number;
  /** What the teacher's scores are divided by, above 0. */
  teacherTemperature: number;
  /** Threads that share a row. Default: as the adapter likes it. */
  lanes?: number;
}

/**
 * terms_i = sum over k of p_ik (log p_ik - log q_ik), with p the softmax of row i of the teacher over its
 * temperature and q that of the student.
 *
 * Saves both operands and two log-sum-exps a row. Source: `torch.nn.KLDivLoss`, summed over a row.
 *
 * @param tape Runs and records the op.
 * @param inputs The scores.
 * @returns The terms, [R].
 * @throws {TypeError} If shapes disagree.
 */
export function klDivergence(tape: Tape, inputs: KlDivergenceInputs): Tensor {
  const { gpu } = tape;
  const { student, teacher, studentTemperature, teacherTemperature, lanes } = inputs;
  checkShape("klDivergence", "teacher", teacher, student.shape);
  const [rows, width] = [student.rows, student.columns];
  const params = {
    rows,
    width,
    student_factor: 1 / studentTemperature,
    teacher_factor: 1 / teacherTemperature,
    accumulate: 0,
  };
  const terms = tape.empty([rows], "divergences");
  const lse = tape.empty([rows, 2], "log-sum-exps");
  FORWARD.dispatch(gpu, { tensors: { student, teacher, terms, lse }, params, rows, lanes });
  tape.record(terms, [student], [student, teacher, lse], (dTerms) => {
    const dStudent = tape.slot(student);
    if (dStudent === null) return;
    gpu.recorder.dispatch(BACKWARD, {
      tensors: { student, teacher, saved: lse, d_terms: dTerms, d_student: dStudent.gradient },
      params: { ...params, accumulate: dStudent.accumulate ? 1 : 0 },
      workgroups: foldWorkgroups(Math.ceil(student.size / 64)),
    });
  });
  return terms;
}

/**
 * How well scores tell two classes apart.
 *
 * @module
 */

/** What the best thresholds of scores reach. */
export interface BinaryMetrics {
  /** The largest share of pairs on the right side of a threshold. */
  readonly accuracy: number;
  /** That threshold. */
  readonly accuracy_threshold: number;
  /** The largest harmonic mean of precision and recall. */
  readonly f1: number;
  /** The threshold of `f1`. */
  readonly f1_threshold: number;
  /** The precision at that threshold. */
  readonly precision: number;
  /** The recall at that threshold. */
  readonly recall: number;
  /** The area under precision over recall, as a sum over the scores that occur. */
  readonly ap: number;
  /** Matthews' correlation of the labels with what lies at or above the threshold of `f1`. */
  readonly mcc: number;
}

/**
 * Measures scores that should be high for label 1 and low for label 0.
 *
 * A threshold is the midpoint of two scores that follow each other in falling order; the last pair never
 * counts as positive, and where no threshold is better than none it is -1 for the accuracy and 0 for f1.
 * Equal scores keep the order of the pairs, so that a threshold may lie within them, as upstream. NaN
 * comes last.
 *
 * Source: sentence-transformers, `BinaryClassificationEvaluator`; scikit-learn for `ap` and `mcc`.
 *
 * @param scores the scores, larger for more alike
 * @param labels 0 or 1 for each
 */
export function binaryMetrics(
  scores: ArrayLike<number>,
  labels: readonly number[],
): BinaryMetrics {
  const order = fallingOrder(scores);
  const positives = labels.reduce((sum, label) => sum + label, 0);
  let [accuracy, accuracyThreshold, f1, f1Threshold, precision, recall] = [0, -1, 0, 0, 0, 0];
  let found = 0;
  let negativesLeft = labels.length - positives;
  for (let i = 0; i + 1 < order.length; i++) {
    if (labels[order[i]] === 1) found++;
    else negativesLeft--;
    const threshold = (scores[order[i]] + scores[order[i + 1]]) / 2;
    const right = (found + negativesLeft) / labels.length;
    if (right > accuracy) [accuracy, accuracyThreshold] = [right, threshold];
    if (found === 0) continue;
    const [p, r] = [found / (i + 1), found / positives];
    const mean = 2 * p * r / (p + r);
    if (mean > f1) [f1, precision, recall, f1Threshold] = [mean, p, r, threshold];
  }
  return {
    accuracy,
    accuracy_threshold: accuracyThreshold,
    f1,
    f1_threshold: f1Threshold,
    precision,
    recall,
    ap: averagePrecision(scores, labels),
    mcc: matthewsCorrelation(scores, labels, f1Threshold),
  };
}

/**
 * Σ over the distinct scores of (recall gained there) · (precision down to there); 0 without a label 1.
 *
 * @param scores the scores, larger for more alike; NaN comes last
 * @param labels 0 or 1 for each
 */
export function averagePrecision(scores: ArrayLike<number>, labels: readonly number[]): number {
  const positives = labels.reduce((sum, label) => sum + label, 0);
  if (positives === 0) return 0;
  const order = fallingOrder(scores);
  let [sum, found, before] = [0, 0, 0];
  order.forEach((row, i) => {
    found += labels[row];
    if (i + 1 < order.length && isTie(scores[row], scores[order[i + 1]])) return;
    sum += (found - before) / positives * (found / (i + 1));
    before = found;
  });
  return sum;
}

/** The rows by falling score, equal ones as they stand, NaN last. */
export function fallingOrder(scores: ArrayLike<number>): number[] {
  const order = Array.from({ length: scores.length }, (_, row) => row);
  return order.sort((p, q) => {
    if (isTie(scores[p], scores[q])) return 0;
    if (Number.isNaN(scores[p])) return 1;
    return Number.isNaN(scores[q]) || scores[p] > scores[q] ? -1 : 1;
  });
}

/** Whether two scores have one rank. */
export function isTie(a: number, b: number): boolean {
  return a === b || (Number.isNaN(a) && Number.isNaN(b));
}

function matthewsCorrelation(
  scores: ArrayLike<number>,
  labels: readonly number[],
  threshold: number,
): number {
  let [tp, fp, tn, fn] = [0, 0, 0, 0];
  labels.forEach((label, i) => {
    const positive = scores[i] >= threshold;
    if (label === 1) positive ? tp++ : fn++;
    else positive ? fp++ : tn++;
  });
  const size = Math.sqrt((tp + fp) * (tp + fn)) * Math.sqrt((tn + fp) * (tn + fn));
  return size === 0 ? 0 : (tp * tn - fp * fn) / size;
}

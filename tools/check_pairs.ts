/**
 * Checks that what belongs together is there: an op and its shader, a module and its test, a shader
 * and its header; and that no file outgrows one room.
 *
 * @module
 */
import { readRepository, report } from "./repository.ts";

/** Most lines of a TypeScript or WGSL file. */
export const MAX_LINES = 300;

/** What the pairs may lack, by path. */
export interface Exemptions {
  /** Modules of `src/ops` that dispatch no kernel of their own. */
  readonly withoutShader: readonly string[];
  /** Modules of `src` that export values and are tested through those who use them. */
  readonly withoutTest: readonly string[];
}

const EXEMPTIONS: Exemptions = {
  withoutShader: [
    "src/ops/add_columns.ts",
    "src/ops/score_tiles.ts",
    "src/ops/tape.ts",
    "src/ops/tape_options.ts",
    "src/ops/linear.ts",
    "src/ops/linear_products.ts",
    "src/ops/row_kernel.ts",
    "src/ops/tune_matmul.ts",
  ],
  withoutTest: ["src/errors.ts", "src/gpu/shader_library.ts", "src/version.ts"],
};

/**
 * Finds what lacks its pair.
 *
 * @param files Text of the repository's files by path.
 * @param exemptions What may lack one; an entry that is not needed is itself a problem.
 * @returns One sentence for each.
 */
export function findMissingPairs(
  files: ReadonlyMap<string, string>,
  exemptions: Exemptions = EXEMPTIONS,
): string[] {
  return [
    ...opsWithoutShader(files, exemptions.withoutShader),
    ...modulesWithoutTest(files, exemptions.withoutTest),
    ...shaderProblems(files),
    ...longFiles(files),
  ];
}

function opsWithoutShader(files: ReadonlyMap<string, string>, exempt: readonly string[]): string[] {
  const lacking = [...files.keys()].filter((path) => {
    const stem = /^src\/ops\/(.+)\.ts$/.exec(path)?.[1];
    return stem !== undefined && !files.has(`shaders/${stem}.wgsl`);
  });
  return [
    ...lacking.filter((path) => !exempt.includes(path)).map((path) =>
      `Cannot pair ${path}: found no shaders/ file of its stem; add one, or name the op in ` +
      "withoutShader"
    ),
    ...staleExemptions(exempt, lacking, "withoutShader"),
  ];
}

function modulesWithoutTest(
  files: ReadonlyMap<string, string>,
  exempt: readonly string[],
): string[] {
  const lacking = [...files].filter(([path, text]) => {
    const stem = /^src\/(.+)\.ts$/.exec(path)?.[1];
    return stem !== undefined && exportsValues(text) && !files.has(`tests/${stem}_test.ts`);
  }).map(([path]) => path);
  return [
    ...lacking.filter((path) => !exempt.includes(path)).map((path) =>
      `Cannot pair ${path}: ${path.replace(/^src\/(.+)\.ts$/, "tests/$1_test.ts")} is missing`
    ),
    ...staleExemptions(exempt, lacking, "withoutTest"),
  ];
}

/** Types leave nothing to run. */
function exportsValues(text: string): boolean {
  return /^export (?!type\b|interface\b|declare\b)/m.test(text);
}

function staleExemptions(exempt: readonly string[], lacking: string[], list: string): string[] {
  return exempt.filter((path) => !lacking.includes(path)).map((path) =>
    `Cannot exempt ${path}: it is gone or has its pair; take it out of ${list}`
  );
}

function shaderProblems(files: ReadonlyMap<string, string>): string[] {
  const sources = [...files].filter(([path]) => path.startsWith("src/")).map(([, text]) => text);
  return [...files].filter(([path]) => /^shaders\/.+\.wgsl$/.test(path)).flatMap(([path, text]) => {
    const problems: string[] = [];
    if (!/^\/[/*]/.test(text)) {
      problems.push(`Cannot accept ${path}: found no comment at its head; say what it computes`);
    }
    if (!sources.some((source) => source.includes(`/${path}"`))) {
      problems.push(`Cannot place ${path}: no module of src imports it`);
    }
    return problems;
  });
}

function longFiles(files: ReadonlyMap<string, string>): string[] {
  return [...files].filter(([path]) => /\.(ts|wgsl)$/.test(path)).flatMap(([path, text]) => {
    const lines = text.split("\n").length - (text.endsWith("\n") ? 1 : 0);
    return lines > MAX_LINES
      ? [`Cannot accept ${path}: found ${lines} lines, at most ${MAX_LINES}; split it`]
      : [];
  });
}

if (import.meta.main) {
  const files = await readRepository();
  const count = (pattern: RegExp) => [...files.keys()].filter((path) => pattern.test(path)).length;
  const [modules, shaders] = [count(/^src\/.+\.ts$/), count(/^shaders\/.+\.wgsl$/)];
  const problems = findMissingPairs(files);
  if (modules === 0 || shaders === 0) {
    problems.push(`Cannot check the pairs: found ${modules} modules and ${shaders} shaders`);
  }
  report(`Pairs of ${modules} modules, ${shaders} shaders`, problems);
}

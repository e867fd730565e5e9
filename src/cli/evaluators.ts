/**
 * The command `evaluators`.
 *
 * @module
 */
import page from "../../docs/evaluators.md" with { type: "text" };
import { showPage } from "./show_page.ts";

/**
 * Shows what evaluators measure, or what one evaluator is.
 *
 * @param tokens The command line after `evaluators`: nothing, or the name of an evaluator.
 * @throws {UsageError} For a flag, an unknown name or more than one.
 */
export function evaluators(tokens: readonly string[] = []): void {
  showPage(tokens, { command: "evaluators", kind: "evaluator", page });
}

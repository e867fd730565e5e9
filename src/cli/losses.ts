/**
 * The command `losses`.
 *
 * @module
 */
import page from "../../docs/losses.md" with { type: "text" };
import { showPage } from "./show_page.ts";

/**
 * Shows which loss fits which columns, or what one loss is.
 *
 * @param tokens The command line after `losses`: nothing, or the name of a loss.
 * @throws {UsageError} For a flag, an unknown name or more than one.
 */
export function losses(tokens: readonly string[] = []): void {
  showPage(tokens, { command: "losses", kind: "loss", page });
}

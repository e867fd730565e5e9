/**
 * The version of this package.
 *
 * @module
 */
import manifest from "../deno.json" with { type: "json" };

/** The version that the manifest states. */
export const VERSION: string = manifest.version;

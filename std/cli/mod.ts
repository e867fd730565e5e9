/** The part of `@std/cli` that this repository uses. @module */
export * from "./parse_args.ts";

import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { readRunInputs } from "../../src/cli/run_inputs.ts";
import { withFolder } from "../support/with_folder.ts";
import { type Outcome, runCommand } from "./commands.ts";
import { notebookProgram } from "./notebook.ts";
import { checkPrograms, runProgram, writeProgram } from "./programs.ts";
import { shellLines } from "./shell_lines.ts";
import { isMarked, readPages, type Snippet, snippetsOf } from "./snippets.ts";
import { fillFolder, makeModels } from "./stand_ins.ts";

/** What the blocks of all pages came to; a page that gains or loses one changes these. */
const COUNTS = {
  "commands passed": 20,
  "commands read": 3,
  "commands run": 52,
  configurations: 3,
  programs: 10,
  rows: 7,
};

/** Blocks that pages ask to leave alone: parts of programs, which a reader completes. */
const MARKED: readonly string[] = [
  "docs/formats.md ts ignore",
  "docs/hub.md ts ignore",
  "docs/scaling.md ts ignore",
];

const GENERATED = "<!-- Written by tools/generate_docs.ts";

type Count = Record<string, number>;

Deno.test({
  name: "the commands, programs, configurations and rows of all pages run, check, read and parse",
  // Programs end with the process: what they leave is theirs.
  sanitizeOps: false,
  sanitizeResources: false,
  fn: () =>
    withFolder({}, async (folder) => {
      const pages = [...await readPages()].filter(([, text]) => !text.includes(GENERATED))
        .map(([page, text]) => [page, snippetsOf(page, text)] as const);
      const snippets = pages.flatMap(([, snippets]) => snippets);
      const programs = await writePrograms(snippets, folder);
      const checked = checkPrograms([...programs.values()]);
      const counts: Count = {};
      const problems: string[] = [];
      const home = Deno.cwd();
      const models = join(folder, "models");
      await makeModels(models);
      try {
        for (const [page, snippets] of pages) {
          const room = join(folder, page.replaceAll("/", "_"));
          await fillFolder(room, { page, models });
          Deno.chdir(room);
          problems.push(...await runPage(snippets, { counts, programs }));
        }
      } finally {
        Deno.chdir(home);
        problems.push(await checked);
      }
      assertEquals(problems.filter((problem) => problem !== "").join("\n\n"), "");
      const marked = snippets.filter(isMarked);
      assertEquals(marked.map(({ page, language, info }) => `${page} ${language} ${info}`), MARKED);
      assertEquals(counts, COUNTS);
    }),
});

type Programs = ReadonlyMap<Snippet | "notebook", string>;

/** Writes the programs of all pages, and that of the notebook, which has a test of its own to run it. */
async function writePrograms(snippets: readonly Snippet[], folder: string): Promise<Programs> {
  const programs = new Map<Snippet | "notebook", string>();
  const add = async (key: Snippet | "notebook", text: string) => {
    const path = join(folder, `program_${programs.size}.ts`);
    await writeProgram(path, text);
    programs.set(key, path);
  };
  await add("notebook", await notebookProgram());
  for (const snippet of snippets) {
    if (snippet.language === "ts" && !isMarked(snippet)) await add(snippet, snippet.text);
  }
  return programs;
}

/** Runs the blocks of a page in the working directory, and returns what failed. */
async function runPage(
  snippets: readonly Snippet[],
  { counts, programs }: { counts: Count; programs: Programs },
): Promise<string[]> {
  const problems: string[] = [];
  const done = new Set<string>();
  for (const snippet of snippets.filter((snippet) => !isMarked(snippet))) {
    try {
      await runSnippet(snippet, { counts, done, program: programs.get(snippet) });
    } catch (error) {
      problems.push(`${snippet.page}:${snippet.line}: ${error}`);
    }
  }
  return problems;
}

async function runSnippet(
  { language, text, info }: Snippet,
  { counts, done, program }: { counts: Count; done: Set<string>; program: string | undefined },
): Promise<void> {
  const count = (what: string) => counts[what] = (counts[what] ?? 0) + 1;
  if (language === "sh") {
    for (const line of shellLines(text)) {
      const outcome: Outcome = await runCommand(line, done);
      count(`commands ${outcome}`);
    }
  } else if (language === "ts") {
    await runProgram(program!);
    count("programs");
  } else if (language === "json") {
    JSON.parse(text);
    if (info !== "data") await readConfiguration(text);
    count(info === "data" ? "other json" : "configurations");
  } else if (language === "jsonl") {
    for (const line of text.trim().split("\n")) JSON.parse(line);
    if (info !== "") await Deno.writeTextFile(info, text);
    count("rows");
  }
}

async function readConfiguration(text: string): Promise<void> {
  const file = await Deno.makeTempFile({ dir: ".", suffix: ".json" });
  await Deno.writeTextFile(file, text);
  await readRunInputs(["--config", file]);
}

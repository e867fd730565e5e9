import { assert, assertEquals } from "@std/assert";
import { bashScript, fishScript, zshScript } from "../../src/cli/completion_scripts.ts";
import { type CompletedCommand, completionSpec } from "../../src/cli/completion_spec.ts";
import { LOSS_NAMES } from "../../src/losses/names.ts";
import { withFolder } from "../support/with_folder.ts";

/** What bash offers for each line, of which the last word is the one that is completed. */
async function offers(lines: readonly (readonly string[])[], folder: string): Promise<string[][]> {
  const script = await Deno.makeTempFile({ dir: folder });
  await Deno.writeTextFile(script, bashScript(completionSpec()));
  const asks = lines.map((words) => {
    const quoted = words.map((word) => `'${word}'`).join(" ");
    return `COMP_WORDS=(${quoted}); COMP_CWORD=${
      words.length - 1
    }; _sentrain; echo "\${COMPREPLY[*]}"`;
  });
  const { code, stdout, stderr } = await new Deno.Command("bash", {
    args: ["--norc", "-c", `source ${script}; ${asks.join("; ")}; complete -p sentrain ./dev`],
    cwd: folder,
  }).output();
  assertEquals([code, new TextDecoder().decode(stderr)], [0, ""]);
  return new TextDecoder().decode(stdout).trimEnd().split("\n").map((line) => line.split(" "));
}

Deno.test("bashScript() completes commands, flags, values and files in a bash", async () => {
  await withFolder({ "rows.jsonl": "", "rows/model/config.json": "" }, async (folder) => {
    const asked = [
      ["sentrain", "tr"],
      ["sentrain", "train", "--max-s"],
      ["./dev", "train", "--loss", "Matr"],
      ["sentrain", "train", "--loss", "="],
      ["sentrain", "train", "--loss", "=", "CoS"],
      ["sentrain", "train", "--save-strategy", ""],
      ["sentrain", "train", "--fp16", "--wat"],
      ["sentrain", "train", "--train-dataset", "ro"],
      ["sentrain", "train", "--model", "ro"],
      ["sentrain", "encode", "rows.j"],
      ["sentrain", "encode", "--prompt-"],
      ["sentrain", "losses", "MSE"],
      ["sentrain", "completions", ""],
      ["sentrain", "doctor", ""],
      ["sentrain", "nothing", ""],
    ];
    const found = await offers(asked, folder);
    const wanted = [
      ["train"],
      ["--max-seq-length", "--max-steps"],
      ["MatryoshkaLoss", "Matryoshka2dLoss"],
      [...LOSS_NAMES],
      ["CoSENTLoss"],
      ["no", "steps", "epoch", "best"],
      ["--watch"],
      ["rows", "rows.jsonl"],
      ["rows"],
      ["rows.jsonl"],
      ["--prompt-name"],
      ["MSELoss"],
      ["bash", "zsh", "fish"],
      [""],
      [""],
    ];
    assertEquals(
      found.slice(0, -2).map((words) => words.sort()),
      wanted.map((list) => list.sort()),
    );
    assertEquals(found.slice(-2).map((line) => line.join(" ")), [
      "complete -F _sentrain sentrain",
      "complete -F _sentrain ./dev",
    ]);
  });
});

const ODD: readonly CompletedCommand[] = [{
  name: "train",
  doc: "it's one",
  operand: null,
  flags: [
    { flag: "--model", doc: "a [directory] that's there", value: "directory" },
    { flag: "--fp16", doc: "16 bits", value: ["true", "false"] },
    { flag: "--streaming", doc: "on disk", value: null },
  ],
}, { name: "encode", doc: "embed", operand: "file", flags: [] }];

Deno.test("zshScript() quotes descriptions and says what follows each flag", () => {
  const script = zshScript(ODD);
  for (
    const line of [
      "#compdef sentrain ./dev",
      "    'train:it'\\''s one'",
      "'*--model[a \\[directory\\] that'\\''s there]:directory:_files -/' \\",
      "'*--fp16[16 bits]:value:(true false)' \\",
      "'*--streaming[on disk]' ;;",
      "_arguments '*:file:_files' ;;",
    ]
  ) assert(script.includes(line), `${line}\n${script}`);
});

Deno.test("fishScript() quotes descriptions and says what follows each flag", () => {
  assertEquals(fishScript(ODD).trimEnd().split("\n").slice(1), [
    "complete -c sentrain -n __fish_use_subcommand -f -a train -d 'it\\'s one'",
    "complete -c sentrain -n '__fish_seen_subcommand_from train' -f",
    "complete -c sentrain -n '__fish_seen_subcommand_from train' -l model -x -a " +
    "'(__fish_complete_directories)' -d 'a [directory] that\\'s there'",
    "complete -c sentrain -n '__fish_seen_subcommand_from train' -l fp16 -x -a 'true false' -d '16 bits'",
    "complete -c sentrain -n '__fish_seen_subcommand_from train' -l streaming -d 'on disk'",
    "complete -c sentrain -n __fish_use_subcommand -f -a encode -d 'embed'",
    "complete -c sentrain -n '__fish_seen_subcommand_from encode' -F",
  ]);
});

Deno.test("the scripts have every flag of every command", () => {
  const spec = completionSpec();
  const flags = spec.flatMap((command) => command.flags);
  assert(flags.length > 150);
  const [bash, zsh, fish] = [bashScript(spec), zshScript(spec), fishScript(spec)];
  for (const { flag } of flags) {
    assert(bash.includes(` ${flag}`) || bash.includes(`'${flag}`), flag);
    assert(zsh.includes(`'*${flag}[`), flag);
    assert(fish.includes(` -l ${flag.slice(2)} `), flag);
  }
});

/**
 * Completion scripts of three shells.
 *
 * @module
 */
import type { CompletedCommand, CompletedFlag, Completion } from "./completion_spec.ts";

/** What the scripts complete: the installed command, and the one of a checkout. */
const PROGRAMS = "sentrain ./dev";

/**
 * The script for bash.
 *
 * @param commands What can be completed.
 * @returns Text that ends with a line break.
 */
export function bashScript(commands: readonly CompletedCommand[]): string {
  const values = commands.flatMap(({ name, flags }) =>
    grouped(flags).map(([words, same]) =>
      `    ${same.map(({ flag }) => `"${name} ${flag}"`).join(" | ")}) ${words} ;;`
    )
  );
  const rest = commands.map(({ name, flags, operand }) => {
    const all = flags.map(({ flag }) => flag).join(" ");
    const words = `_sentrain_words ${quoted(all)}`;
    return operand === null
      ? `    ${name}) ${words} ;;`
      : `    ${name}) if [[ $cur == -* ]]; then ${words}; else ${bashValue(operand)}; fi ;;`;
  });
  return `# Completions of sentrain for bash: source this, or put it among your bash completions.
_sentrain_words() { COMPREPLY=($(compgen -W "$1" -- "$cur")); }
_sentrain_paths() {
  local IFS=$'\\n'
  compopt -o filenames 2>/dev/null
  COMPREPLY=($(compgen "$1" -- "$cur"))
}
_sentrain() {
  local cur=\${COMP_WORDS[COMP_CWORD]} flag=\${COMP_WORDS[COMP_CWORD - 1]}
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    _sentrain_words ${quoted(commands.map(({ name }) => name).join(" "))}
    return
  fi
  if [[ $cur == "=" ]]; then cur=
  elif [[ $flag == "=" ]]; then flag=\${COMP_WORDS[COMP_CWORD - 2]}
  fi
  if [[ $cur == -* ]]; then flag=; fi
  case "\${COMP_WORDS[1]} $flag" in
${values.join("\n")}
    *) _sentrain_rest ;;
  esac
}
_sentrain_rest() {
  case \${COMP_WORDS[1]} in
${rest.join("\n")}
  esac
}
complete -F _sentrain ${PROGRAMS}
`;
}

/** The flags that a value follows, by how it is completed, in bash. */
function grouped(flags: readonly CompletedFlag[]): [string, CompletedFlag[]][] {
  const groups = new Map<string, CompletedFlag[]>();
  for (const flag of flags) {
    if (flag.value === null) continue;
    const words = bashValue(flag.value);
    groups.set(words, [...groups.get(words) ?? [], flag]);
  }
  return [...groups];
}

function bashValue(value: Completion): string {
  if (value === "file") return "_sentrain_paths -f";
  if (value === "directory") return "_sentrain_paths -d";
  return value === "text" ? ":" : `_sentrain_words ${quoted(value.join(" "))}`;
}

/**
 * The script for zsh.
 *
 * @param commands What can be completed.
 * @returns Text that ends with a line break.
 */
export function zshScript(commands: readonly CompletedCommand[]): string {
  const cases = commands.map(({ name, flags, operand }) => {
    const specs = [
      ...flags.map(({ flag, doc, value }) =>
        quoted(
          `*${flag}[${doc.replaceAll(/[[\]\\]/g, "\\$&")}]${value === null ? "" : zshValue(value)}`,
        )
      ),
      ...(operand === null ? [] : [quoted(`*${zshValue(operand)}`)]),
    ];
    return `    ${name})\n      _arguments ${
      specs.length === 0 ? "'*: :'" : specs.join(" \\\n        ")
    } ;;`;
  });
  const known = commands.map(({ name, doc }) => `    ${quoted(`${name}:${doc}`)}`);
  return `#compdef ${PROGRAMS}
# Completions of sentrain for zsh: source this after compinit, or save it as _sentrain in $fpath.
_sentrain() {
  local -a commands=(
${known.join("\n")}
  )
  if ((CURRENT == 2)); then
    _describe command commands
    return
  fi
  shift words
  ((CURRENT--))
  case $words[1] in
${cases.join("\n")}
  esac
}
if [ "$funcstack[1]" = _sentrain ]; then _sentrain "$@"; else compdef _sentrain ${PROGRAMS}; fi
`;
}

function zshValue(value: Completion): string {
  if (value === "file") return ":file:_files";
  if (value === "directory") return ":directory:_files -/";
  return value === "text" ? ":value: " : `:value:(${value.join(" ")})`;
}

/**
 * The script for fish.
 *
 * @param commands What can be completed.
 * @returns Text that ends with a line break.
 */
export function fishScript(commands: readonly CompletedCommand[]): string {
  const lines = commands.flatMap(({ name, doc, flags, operand }) => {
    const within = `complete -c sentrain -n '__fish_seen_subcommand_from ${name}'`;
    return [
      `complete -c sentrain -n __fish_use_subcommand -f -a ${name} -d ${fishQuoted(doc)}`,
      `${within} ${operand === null ? "-f" : fishOperand(operand)}`,
      ...flags.map((each) =>
        `${within} -l ${each.flag.slice(2)}${
          each.value === null ? "" : ` ${fishValue(each.value)}`
        } -d ${fishQuoted(each.doc)}`
      ),
    ];
  });
  return `# Completions of sentrain for fish: save this as ~/.config/fish/completions/sentrain.fish
${lines.join("\n")}
`;
}

function fishOperand(operand: Completion): string {
  return operand === "file" ? "-F" : fishValue(operand).replace(/^-x/, "-f");
}

function fishValue(value: Completion): string {
  if (value === "file") return "-r -F";
  if (value === "directory") return "-x -a '(__fish_complete_directories)'";
  return value === "text" ? "-x" : `-x -a ${fishQuoted(value.join(" "))}`;
}

/** Within single quotes of bash and zsh. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function fishQuoted(text: string): string {
  return `'${text.replaceAll(/['\\]/g, "\\$&")}'`;
}

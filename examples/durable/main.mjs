// The commands. `node main.mjs` lists them.
import { parseArgs } from "node:util";

const COMMANDS = {
  setup: { args: "", text: "make the tables, once and after an update", from: "./setup.mjs" },
  add: {
    args: "FILE [--batch NAME]",
    text: "add each line of a file as a question",
    from: "./add.mjs",
  },
  work: {
    args: "",
    text: "work until SIGTERM or Ctrl-C; start as many as you like",
    from: "./work.mjs",
  },
  progress: { args: "[--watch]", text: "how many questions are where", from: "./progress.mjs" },
  results: {
    args: "FILE",
    text: "append the answers that FILE lacks, as JSON Lines",
    from: "./results.mjs",
  },
  dead: { args: "", text: "print the dead letter, as JSON Lines", from: "./dead.mjs" },
  retry: {
    args: "ID… | --all",
    text: "take questions out of the dead letter",
    from: "./retry.mjs",
  },
};

const [name = "", ...rest] = process.argv.slice(2);
const command = COMMANDS[/** @type {keyof typeof COMMANDS} */ (name)];
if (command) {
  const { values, positionals } = parseArgs({
    args: rest,
    allowPositionals: true,
    options: { batch: { type: "string" }, watch: { type: "boolean" }, all: { type: "boolean" } },
  });
  const { run } = await import(command.from);
  await run(positionals, values);
} else {
  const lines = Object.entries(COMMANDS).map(
    ([name, { args, text }]) => `  ${`${name} ${args}`.padEnd(26)} ${text}`,
  );
  console.error(`Usage: node main.mjs COMMAND\n\n${lines.join("\n")}`);
  process.exitCode = 2;
}

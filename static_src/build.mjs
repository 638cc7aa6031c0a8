// Builds the stylesheet and the scripts that ship. `--check` compares them with the committed
// files instead of writing them, and `--watch` builds again at every change of a source.

import { spawnSync } from "node:child_process";
import { readFileSync, watch, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const SHIPPED = join(HERE, "../themis_htmx/static/themis_htmx");

// The first browsers that know color-mix(), without which the styles have no colours. Whatever else
// they lack costs what is made of it alone: docs/browsers.md.
const BROWSERS = ["chrome111", "firefox113", "safari16.2"];

// The order decides between rules of the same weight: a noun comes after what it is made of.
const STYLES = [
  "tokens", "base", "controls", "bell", "panel", "item", "action", "toast", "notice", "list", "empty",
  "preferences", "sources", "page", "motion",
];

// An entry becomes one file, with all that it imports. They are classic scripts: another host has to
// allow a page to load a module, and most hosts of static files do not.
const SCRIPTS = ["themis.js", "alerts.js", "live.js", "preferences.js", "worker.js"];

// The scripts of an app that a project may leave out, which has static files of its own.
const SCRIPTS_OF_WEBPUSH = ["push.js", "push_worker.js"];
const WEBPUSH = join(HERE, "../themis_htmx/webpush/static/themis_htmx");

// Utilities for @apply. Tailwind's theme is read for them and not written out.
const TAILWIND = `@import "tailwindcss/theme.css" theme(inline reference);
@import "tailwindcss/utilities.css" source(none);`;

// A selector that is true of everything and weighs as much as two ids. Hosts have rules such as the
// admin's `#header a:link`, which no number of classes beats.
const WEIGHT = ":not(#_#_)";

const readStyles = (name) => readFileSync(join(HERE, "css", `${name}.css`), "utf8");

function buildStyles() {
  const cli = join(HERE, "node_modules/.bin/tailwindcss");
  const rules = `${WEIGHT} {\n${STYLES.map(readStyles).join("\n")}}`;
  const input = [TAILWIND, readStyles("keyframes"), rules].join("\n");
  const options = { cwd: HERE, encoding: "utf8", input };
  const done = spawnSync(cli, ["--input", "-", "--minify"], options);
  if (done.status !== 0) throw new Error(`Tailwind failed:\n${done.error ?? done.stderr}`);
  return done.stdout;
}

function buildScript(name) {
  const { outputFiles } = buildSync({
    entryPoints: [join(HERE, "js", name)],
    bundle: true,
    minify: true,
    format: "iife",
    target: BROWSERS,
    legalComments: "none",
    write: false,
  });
  return outputFiles[0].text;
}

function buildAll() {
  const scripts = (folder, names) => names.map((name) => [join(folder, name), buildScript(name)]);
  return [
    [join(SHIPPED, "themis.css"), buildStyles()],
    ...scripts(SHIPPED, SCRIPTS),
    ...scripts(WEBPUSH, SCRIPTS_OF_WEBPUSH),
  ];
}

function write() {
  for (const [path, text] of buildAll()) writeFileSync(path, text);
}

function check() {
  const differs = ([path, text]) => readFileSync(path, "utf8") !== text;
  const wrong = buildAll().filter(differs).map(([path]) => basename(path));
  if (!wrong.length) return console.log("The committed files are what static_src/ builds.");
  console.error(`Not what static_src/ builds: ${wrong.join(", ")}. Run 'make assets' and commit.`);
  process.exitCode = 1;
}

// A source with a mistake is reported, and the next change is waited for.
function rebuild(changed) {
  try {
    write();
    console.log(`Built after a change of ${basename(changed)}.`);
  } catch (error) {
    console.error(error.message);
  }
}

function watchSources() {
  let soon;
  for (const folder of ["css", "js"]) {
    watch(join(HERE, folder), (_, name) => {
      // An editor saves in several steps.
      clearTimeout(soon);
      soon = setTimeout(rebuild, 100, name ?? folder);
    });
  }
}

if (process.argv.includes("--check")) {
  check();
} else {
  write();
  if (process.argv.includes("--watch")) watchSources();
}

// Builds the stylesheet and the scripts that ship. `--check` compares them with the committed
// files instead of writing them, and `--watch` builds again at every change of a source.

import { spawnSync } from "node:child_process";
import { readFileSync, watch, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const SHIPPED = join(HERE, "../themis_htmx/static/themis_htmx");

// The first browsers that know light-dark(), relative colours and popovers, as the styles need.
const BROWSERS = ["chrome123", "firefox128", "safari17.5"];

// The order decides between rules of the same weight: a noun comes after what it is made of.
const STYLES = [
  "tokens", "base", "controls", "bell", "panel", "item", "toast", "notice", "list", "empty",
  "preferences", "muting", "page", "motion",
];

// An entry becomes one file, with all that it imports. They are classic scripts: another host has to
// allow a page to load a module, and most hosts of static files do not.
const SCRIPTS = ["themis.js", "alerts.js", "worker.js"];

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
  return {
    "themis.css": buildStyles(),
    ...Object.fromEntries(SCRIPTS.map((name) => [name, buildScript(name)])),
  };
}

function write() {
  for (const [name, text] of Object.entries(buildAll())) writeFileSync(join(SHIPPED, name), text);
}

function check() {
  const files = Object.entries(buildAll());
  const differs = ([name, text]) => readFileSync(join(SHIPPED, name), "utf8") !== text;
  const wrong = files.filter(differs).map(([name]) => name);
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

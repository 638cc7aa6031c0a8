// Writes the hosts' stylesheets into the gallery's static files; `make hosts` runs it. They come from
// the packages that package.json names, all of them under the MIT licence. Each keeps the comment that
// says so and names its authors.
//
// The images that they carry as data: URLs become files, because the Content Security Policy of
// the example allows images from its own host only.

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";

const TARGET = new URL("../static/gallery/", import.meta.url);
const IMAGES = new URL("images/", TARGET);

const read = (path) => readFileSync(new URL(path, import.meta.url), "utf8");
const version = (name) => JSON.parse(read(`node_modules/${name}/package.json`)).version;

const TAILWIND = `/*! Tailwind CSS ${version("tailwindcss")} | MIT License | Tailwind Labs, Inc. */\n`;
const DAISYUI = `/*! daisyUI ${version("daisyui")} | MIT License | Pouya Saadeghi */\n`;

function build(source, target, licence = "") {
  const css = read(source)
    .replace(/\/\*# sourceMappingURL=.*?\*\//, "")
    // Bootstrap 3's icons are a font in files that nothing here needs.
    .replace(/@font-face\{font-family:"Glyphicons.*?\}/, "")
    .replace(/url\((["']?)data:image\/svg\+xml(;[^,]*)?,(.*?)\1\)/gs, (_, quote, coding, data) =>
      `url(images/${image(data, coding ?? "")})`);
  writeFileSync(new URL(target, TARGET), `${licence}${css.trim()}\n`);
}

function image(data, coding) {
  const text = data.replaceAll("\\", "");
  const svg = coding.includes("base64") ? Buffer.from(text, "base64").toString() : decodeURIComponent(text);
  const name = `${createHash("sha256").update(svg).digest("hex").slice(0, 12)}.svg`;
  writeFileSync(new URL(name, IMAGES), `${svg.trim()}\n`);
  return name;
}

mkdirSync(IMAGES, { recursive: true });
for (const name of readdirSync(IMAGES)) rmSync(new URL(name, IMAGES));
build("node_modules/bootstrap/dist/css/bootstrap.min.css", "bootstrap.css");
build("node_modules/bootstrap/dist/css/bootstrap.rtl.min.css", "bootstrap.rtl.css");
build("node_modules/bootstrap3/dist/css/bootstrap.min.css", "bootstrap3.css");
build("node_modules/bootstrap4/dist/css/bootstrap.min.css", "bootstrap4.css");
// The helpers are classes such as has-text-centered, and two fifths of the whole.
build("node_modules/bulma/css/versions/bulma-no-helpers.min.css", "bulma.css");
build("node_modules/@picocss/pico/css/pico.classless.min.css", "pico.css");
build("build/tailwind.css", "tailwind.css", TAILWIND);
build("build/daisyui.css", "daisyui.css", TAILWIND + DAISYUI);

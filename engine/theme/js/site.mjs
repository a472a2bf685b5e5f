// The script of every page; esbuild makes it one file, which also runs from a folder (file://).
import "./colours.mjs";
import "./python/cells.mjs"; // before page.mjs adds its buttons to code
import "./python/parsons.mjs";
import "./page.mjs";
import "./wire.mjs";
import "./steps.mjs";
import "./quiz.mjs";
import "./progress.mjs";
import "./link_builder.mjs";
import "./offline.mjs";
import "./slides.mjs"; // before the figures come to life
import "./versions.mjs";

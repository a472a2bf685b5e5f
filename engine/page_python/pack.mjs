// Packs what Python in the page loads, with node: node pack.mjs PYODIDE STEP OUT [SOURCE].
//
// "python": the standard library and NumPy: from the wheel SOURCE, or else the official one, which
//           Pyodide fetches from its own site (or from the folder of a site, SOURCE).
// "library": ce_lib, from the zip SOURCE.
// A part is a zip without compression, compressed as a whole: smaller, and quick to import from.
// Python itself compiles the modules, so that a reader's telephone need not.

import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import zlib from "node:zlib";

const [home, step, out, source] = process.argv.slice(2);
const { loadPyodide } = await import(path.resolve(home, "pyodide.mjs"));
const { info, packages } = JSON.parse(fs.readFileSync(path.join(home, "pyodide-lock.json"), "utf-8"));
const bytes = (file) => new Uint8Array(fs.readFileSync(file));
const compress = (data) => zlib.gzipSync(data, { level: 9 });
const keep = (name, data) => fs.writeFileSync(path.join(out, name), compress(data));

const site = /^https?:/.test(source) ? { packageBaseUrl: source } : {};
const fetches = step === "python" && (!source || site.packageBaseUrl);
const locked = JSON.stringify({ info, packages: fetches ? packages : {} });
// Names in the order of their hashes would differ from build to build.
const env = { PYTHONHASHSEED: "0", HOME: "/home" };
const python = await loadPyodide({ env, lockFileContents: locked, packageCacheDir: out, ...site });
python.runPython(fs.readFileSync(new URL("pack.py", import.meta.url), "utf-8"));
const pack = (target, optimize, sources) => python.globals.get("pack")(target, optimize, sources);

if (step === "library") {
  python.FS.writeFile("/library.zip", bytes(source));
  pack("/library.bin", 0, true);
  keep("library.bin", python.FS.readFile("/library.bin"));
} else {
  const wheel = fetches ? await official() : source;
  python.FS.writeFile("/numpy.zip", bytes(wheel));
  python.FS.writeFile("/standard.zip", bytes(path.join(home, "python_stdlib.zip")));
  for (const part of ["standard", "numpy"]) {
    pack(`/${part}.bin`, 2, false);
    keep(`${part}.bin`, python.FS.readFile(`/${part}.bin`));
  }
  keep("pyodide.wasm.bin", bytes(path.join(home, "pyodide.asm.wasm")));
  for (const name of ["pyodide.mjs", "pyodide.asm.mjs"]) {
    const text = fs.readFileSync(path.join(home, name), "utf-8");
    fs.writeFileSync(path.join(out, name), text.replace(/\n\/\/# sourceMappingURL=.*/, ""));
  }
  if (fetches) fs.rmSync(wheel);
}
process.exit(0);

// In node Pyodide does not compare what it fetched with the hash of its lock.
async function official() {
  await python.loadPackage("numpy", { messageCallback: () => {}, errorCallback: () => {} });
  const wheel = path.join(out, packages.numpy.file_name);
  if (!fs.existsSync(wheel)) stop("the official wheel of NumPy could not be fetched");
  const hash = createHash("sha256").update(bytes(wheel)).digest("hex");
  if (hash !== packages.numpy.sha256) stop("the wheel of NumPy that came is not the official one");
  return wheel;
}

function stop(why) {
  console.log(why);
  process.exit(1);
}

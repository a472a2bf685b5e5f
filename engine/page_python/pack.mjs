// Packs what Python in the page loads, with node: node pack.mjs PYODIDE STEP OUT [SOURCE].
//
// "python": the standard library and NumPy (from the wheel SOURCE, or the official one, which
//           Pyodide fetches and compares with the hash in its lock file).
// "library": ce_lib, from the zip SOURCE.
// A part is a zip without compression, compressed as a whole: smaller, and quick to import from.
// Python itself compiles the modules, so that a reader's telephone need not.

import fs from "node:fs";
import path from "node:path";
import zlib from "node:zlib";

const [home, step, out, source] = process.argv.slice(2);
const { loadPyodide } = await import(path.resolve(home, "pyodide.mjs"));
const { info } = JSON.parse(fs.readFileSync(path.join(home, "pyodide-lock.json"), "utf-8"));
const bytes = (file) => new Uint8Array(fs.readFileSync(file));
const compress = (data) => zlib.gzipSync(data, { level: 9 });
const keep = (name, data) => fs.writeFileSync(path.join(out, name), compress(data));

// Names in the order of their hashes would differ from build to build.
const env = { PYTHONHASHSEED: "0", HOME: "/home" };
const options = source || step === "library" ? { lockFileContents: JSON.stringify({ info, packages: {} }) } : {};
const python = await loadPyodide({ env, packageCacheDir: out, ...options });
python.runPython(fs.readFileSync(new URL("pack.py", import.meta.url), "utf-8"));
const pack = (target, optimize, sources) => python.globals.get("pack")(target, optimize, sources);

if (step === "library") {
  python.FS.writeFile("/library.zip", bytes(source));
  pack("/library.bin", 0, true);
  keep("library.bin", python.FS.readFile("/library.bin"));
} else {
  let wheel = source;
  if (!wheel) {
    await python.loadPackage("numpy", { checkIntegrity: true, messageCallback: () => {} });
    wheel = path.join(out, fs.readdirSync(out).find((name) => name.startsWith("numpy-")));
  }
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
  if (!source) fs.rmSync(wheel);
}
process.exit(0);

// Python in a worker. run.mjs starts it from a blob, so that it inherits the policy of the page: it
// can load from the book's own site alone. After the start it also loses what reaches this site's
// storage and other pages of it; what the page stores (localStorage) no worker can reach. No object
// that is a door may be used later: code in Python can replace its methods, and is then handed it.

const LARGEST = 2 ** 30; // bytes of memory; more slows a telephone down until it kills the page
const DOORS = [
  "fetch", "XMLHttpRequest", "WebSocket", "WebSocketStream", "WebTransport", "EventSource", "importScripts",
  "Worker", "SharedWorker", "BroadcastChannel", "caches", "indexedDB", "navigator", "postMessage",
  "RTCPeerConnection", "Notification", "FontFace", "fonts", "cookieStore", "FileSystemObserver",
  "webkitRequestFileSystem", "webkitRequestFileSystemSync", "webkitResolveLocalFileSystemURL",
  "webkitResolveLocalFileSystemSyncURL", "close",
];
const tell = self.postMessage.bind(self);
let run, digits;

self.addEventListener("message", async ({ data }) => {
  try {
    if (data.kind === "start") tell({ kind: "ready", seconds: await start(data) });
    else if (data.kind === "digits") tell({ kind: "done", id: data.id, failed: digits(data.bytes) });
    else tell({ kind: "done", id: data.id, failed: run(data.code, data.name, data.visible) });
  } catch (error) { // Python itself broke, or could not start
    tell({ kind: "died", id: data.id, why: String(error?.message ?? error).slice(0, 500) });
  }
});

async function start({ at, cache, size }) {
  const began = performance.now();
  const part = await parts(at, cache, size);
  const [standard, wasm, numpy, library] = ["standard.bin", "pyodide.wasm.bin", "numpy.bin", "library.bin"].map(part);
  await Promise.all(["pyodide.mjs", "pyodide.asm.mjs", "run.js"].map(part)); // so that they are stored, too
  const { loadPyodide } = await import(`${at}pyodide.mjs`);
  limitMemory();
  const given = self.fetch;
  self.fetch = async (url, options) => {
    if (String(url).endsWith("/pyodide.asm.wasm")) {
      return new Response(await wasm, { headers: { "content-type": "application/wasm" } });
    }
    return String(url).endsWith("/standard.bin") ? new Response(await standard) : given(url, options);
  };
  const python = await loadPyodide({
    indexURL: at,
    stdLibURL: `${at}standard.bin`,
    packageBaseUrl: at,
    lockFileContents: { info: INFO, packages: {} }, // of npm's pyodide-lock.json, by esbuild
    env: { HOME: "/home/pyodide", OMP_NUM_THREADS: "1" },
    stdin: () => undefined,
  });
  python.setInterruptBuffer(new Uint8Array(1)); // a loop then calls JavaScript, where WebKit ends it
  const bytes = async (stream) => new Uint8Array(await new Response(await stream).arrayBuffer());
  const extractDir = python.runPython("import site; site.getsitepackages()[0]");
  for (const stream of [numpy, library]) python.unpackArchive(await bytes(stream), "zip", { extractDir });
  const runtime = python.pyimport("page_runtime");
  runtime.start((kind, value) => tell({ kind, value: value?.toJs ? value.toJs() : value }));
  run = runtime.run;
  digits = (csv) => python.FS.writeFile("/home/digits.csv", new Uint8Array(csv)) ?? "";
  close();
  return (performance.now() - began) / 1000;
}

// Returns a function from a part's name to its bytes: stored ones, else fetched and stored.
async function parts(at, name, size) {
  const cache = await self.caches?.open(name).catch(() => null);
  let loaded = 0;
  const counted = (chunk, to) => {
    tell({ kind: "progress", value: Math.min(1, (loaded += chunk.byteLength) / size) });
    to.enqueue(chunk);
  };
  return async (file) => {
    const url = at + file;
    let answer = await cache?.match(url);
    if (!answer) {
      answer = await fetch(url);
      if (!answer.ok) throw new Error(`${file} could not be loaded (${answer.status})`);
      cache?.put(url, answer.clone()).catch(() => {}); // no room: it is loaded again next time
    }
    if (!file.endsWith(".bin")) return answer.arrayBuffer();
    return answer.body
      .pipeThrough(new TransformStream({ transform: counted }))
      .pipeThrough(new DecompressionStream("gzip"));
  };
}

function limitMemory() {
  const { grow } = WebAssembly.Memory.prototype;
  WebAssembly.Memory.prototype.grow = function (pages) {
    if (this.buffer.byteLength + Number(pages) * 65536 > LARGEST) throw new RangeError("no more memory");
    return grow.call(this, pages);
  };
}

function close() {
  for (let on = self; on; on = Object.getPrototypeOf(on)) for (const door of DOORS) delete on[door];
}

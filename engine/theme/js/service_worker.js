// Keeps the book readable without a network. engine/offline.py fills FILES in and puts this script at
// the root of the site: {"chapters/entropy.html": [hash of its bytes, "" or the "?v=…" pages ask for]}
const FILES = {};

const HOME = registration.scope;
const CACHE = `ce-book ${HOME}`; // sites of one host share their caches: the name tells them apart
const PATIENCE = 3000; // ms; a train's wifi may never answer, and then a stored page is better

// A stored file is named by what is in it: an update fetches what has changed and no more, an
// install that was cut short goes on where it stopped, and no file passes for its next version.
const key = (path) => `${HOME}${path}?${FILES[path][0]}`;
const stored = async (path) => (await caches.open(CACHE)).match(key(path));

async function install() {
  const cache = await caches.open(CACHE);
  for (const path of Object.keys(FILES)) { // one at a time, so that the page being read comes first
    if (await cache.match(key(path))) continue;
    const [integrity] = FILES[path]; // bytes of another build than this list's are refused
    const get = (cache) => fetch(HOME + path, { cache, integrity });
    // A server that tells the time in seconds calls what changed within one unchanged: ask it anew.
    const { body, headers } = await get("no-cache").catch(() => get("reload"));
    await cache.put(key(path), new Response(body, { headers })); // forgets a redirect, if any
  }
  await skipWaiting();
}

async function activate() {
  const cache = await caches.open(CACHE);
  const mine = new Set(Object.keys(FILES).map(key));
  for (const { url } of await cache.keys()) if (!mine.has(url)) await cache.delete(url);
  await clients.claim();
}

// From the network where it answers in time, so that nothing stale is shown; else what is stored.
async function fresh({ url, redirect }, path) {
  const answer = fetch(url, { cache: "no-cache", redirect });
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE));
  const first = await Promise.race([answer, late]).catch(() => null);
  return first?.status < 500 ? first : (await stored(path)) ?? answer;
}

function respond(event) {
  const { request } = event;
  const { href, pathname, search } = new URL(request.url);
  if (request.method !== "GET" || request.headers.has("range") || !href.startsWith(HOME)) return;
  let path = pathname.slice(new URL(HOME).pathname.length);
  const page = request.mode === "navigate"; // its query sets figures up, and is no other page
  if (page && /(^|\/)$/.test(path)) path += "index.html";
  // Python's own parts: the page stores them under their addresses at the first Run.
  if (path.startsWith("_static/python/")) {
    event.respondWith(caches.match(href).then((it) => it ?? fetch(request)));
    return;
  }
  if (!Object.hasOwn(FILES, path)) return;
  if (page || !search) event.respondWith(fresh(request, path));
  // A page asks for its scripts and styles by version: stored ones are exact, or not these.
  else if (search === FILES[path][1]) event.respondWith(stored(path).then((it) => it ?? fetch(request)));
}

addEventListener("install", (event) => event.waitUntil(install()));
addEventListener("activate", (event) => event.waitUntil(activate()));
addEventListener("fetch", respond);

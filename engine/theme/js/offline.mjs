// Has the site's service worker keep the book for reading without a network, once a page is there.

const { serviceWorker, connection } = navigator; // no worker on file:// and on plain http
const manifest = document.querySelector("link[rel=manifest]"); // lies beside the worker

if (serviceWorker && manifest && !connection?.saveData) {
  addEventListener("load", () => {
    serviceWorker.register(new URL("sw.js", manifest.href)).catch(() => {}); // forbidden: read online
  });
}

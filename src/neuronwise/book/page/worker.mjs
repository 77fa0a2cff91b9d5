// Python off the page's thread: loads Pyodide and the book's own Python, then answers one event after the other.
// Arrives: {start: {pyodide, page, chapter}} once, then {id, event}. Leaves: {loaded}, {ready}, {id, answer} or {id, error}.

let page;

addEventListener("message", async ({ data }) => {
  if (data.start) {
    page = start(data.start);
    page.then(() => postMessage({ ready: true }), (error) => postMessage({ failed: reason(error) }));
    return;
  }
  try {
    postMessage({ id: data.id, answer: (await page).handle(data.event) });
  } catch (error) {
    postMessage({ id: data.id, error: reason(error) });
  }
});

async function start(urls) {
  countBytes();
  const { loadPyodide } = await import(new URL("pyodide.mjs", urls.pyodide).href);
  const [python, zip, chapter] = await Promise.all([
    loadPyodide({ indexURL: urls.pyodide }),
    get(urls.page).then((response) => response.arrayBuffer()),
    get(urls.chapter).then((response) => response.text()),
  ]);
  python.FS.writeFile("/page.zip", new Uint8Array(zip));
  python.pyimport("sys").path.insert(0, "/page.zip");
  const { Page } = python.pyimport("neuronwise.book.live");
  return Page(python.pyimport("json").loads(chapter));
}

async function get(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answers ${response.status}`);
  return response;
}

// Every fetch of this worker from now on tells how much of it has arrived.
function countBytes() {
  const plainFetch = self.fetch;
  let loaded = 0;
  self.fetch = async (...request) => {
    const response = await plainFetch(...request);
    if (!response.body) return response;
    const counter = new TransformStream({
      transform(chunk, controller) {
        loaded += chunk.byteLength;
        postMessage({ loaded });
        controller.enqueue(chunk);
      },
    });
    const { status, statusText, headers } = response;
    return new Response(response.body.pipeThrough(counter), { status, statusText, headers });
  };
}

// The last line of a Python error says what happened; the lines before it say where.
function reason(error) {
  return String(error.message ?? error).trim().split("\n").at(-1);
}

// Runs a Python program in the page's Python, without a page: node python.mjs PYODIDE SOURCE PROGRAM
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [pyodide, source, program] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(path.resolve(pyodide, "pyodide.mjs")));
const python = await loadPyodide({ packageBaseUrl: pyodide });
python.FS.mkdirTree("/library/neuronwise/necessary");
python.FS.writeFile("/library/neuronwise/__init__.py", "");
for (const file of ["__init__.py", "elementary.py"]) {
  python.FS.writeFile(`/library/neuronwise/necessary/${file}`, fs.readFileSync(path.join(source, "neuronwise/necessary", file)));
}
python.runPython("import sys; sys.path.insert(0, '/library')");
python.runPython(fs.readFileSync(program, "utf8"));

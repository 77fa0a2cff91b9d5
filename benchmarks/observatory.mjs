// Score pages with MDN's HTTP Observatory, as its own scan does, but on this machine's ports and for any path.
// node observatory.mjs PACKAGE HTTP_PORT HTTPS_PORT PATH…   prints a line of JSON for each path

const [folder, httpPort, httpsPort, ...paths] = process.argv.slice(2);
const from = (file) => import(`${folder}/src/${file}`);
const { retrieve } = await from("retriever/retriever.js");
const { ALL_TESTS } = await from("constants.js");
const { MINIMUM_SCORE_FOR_EXTRA_CREDIT } = await from("grader/charts.js");
const { getGradeForScore, getScoreModifier } = await from("grader/grader.js");

for (const path of paths) {
  const found = await retrieve("localhost", { httpPort, httpsPort, path });
  const results = ALL_TESTS.map((test) => test(found));
  const modifiers = results.map(({ result }) => getScoreModifier(result));
  const strict = 100 + modifiers.filter((one) => one < 0).reduce((sum, one) => sum + one, 0);
  const whole = 100 + modifiers.reduce((sum, one) => sum + one, 0);
  const { grade, score } = getGradeForScore(strict >= MINIMUM_SCORE_FOR_EXTRA_CREDIT ? whole : strict);
  const failed = results.filter(({ pass }) => !pass).map(({ constructor, result }) => `${constructor.name}: ${result}`);
  console.log(JSON.stringify({ path, status: found.responses.auto?.status, grade, score, failed }));
}
process.exit();

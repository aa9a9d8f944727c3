import { faultsIn, type Mutant } from "./mutant.ts";

const rollup = faultsIn("lib/usage/rollup.ts", ["lib/usage/rollup.test.ts"]);
const histogram = faultsIn("lib/usage/histogram.ts", ["lib/usage/histogram.test.ts"]);
const share = faultsIn("lib/usage/logged-share.ts", ["lib/usage/logged-share.test.ts"]);
const price = faultsIn("lib/usage/price.ts", ["lib/usage/price.test.ts"]);
const tiers = faultsIn("lib/usage/price-tiers.ts", ["lib/usage/price.test.ts"]);
const forecast = faultsIn("lib/usage/forecast.ts", ["lib/usage/forecast.test.ts"]);
const sums = faultsIn("lib/usage/sum-usage.ts", [
  "lib/usage",
  "tests/unit/background-work.test.ts",
]);
const counted = faultsIn("lib/usage/counted-request.ts", ["tests/unit/pool-promises.test.ts"]);

const fuzz = ["lib/usage/usage-reader.test.ts", "tests/unit/fuzz.test.ts"];
const scanner = faultsIn("lib/usage/json-scanner.ts", fuzz);
const events = faultsIn("lib/http/split-events.ts", ["lib/http/read-sse-event.test.ts"]);

const recorded = ["tests/unit/answers.test.ts"];
const forms = faultsIn("lib/usage/usage-form.ts", recorded);
const reports = faultsIn("lib/usage/read-usage.ts", recorded);
const off = faultsIn("lib/moving-in/switched-off.ts", ["lib/moving-in/read-json-keys.test.ts"]);
const pasted = faultsIn("lib/moving-in/read-pasted-keys.ts", [
  "lib/moving-in/read-json-keys.test.ts",
]);

const frames = faultsIn("lib/usage/frames.ts", recorded);

export const usageMutants: readonly Mutant[] = [
  frames(
    "a byte order mark hides lines",
    "const first = bytes.find((byte) => byte > SPACE && byte < 0x80);\n      if (first !== undefined) this.#isJson = first === OPEN_BRACE;",
    "const first = bytes.find((byte) => byte > SPACE);\n      if (first !== undefined) this.#isJson = first === OPEN_BRACE;",
  ),
  forms(
    "a choice's own usage is not read",
    'const CHAT = new ScanKeys({ ...COMMON, list: ["choices"] });',
    "const CHAT = new ScanKeys(COMMON);",
  ),
  forms("Converse's tier is not read", '{ ...COMMON, object: ["serviceTier"] }', "COMMON"),
  reports(
    "cached audio costs as much as other audio",
    "cachedAudioTokens: count(object(input.cached_tokens_details).audio_tokens),",
    "",
  ),
  off(
    "a key that was revoked at some time comes alive",
    'if (word !== "expired" && HAS_HAPPENED',
    "if (false && HAS_HAPPENED",
  ),
  pasted("a part of a private key is a key", 'raw.includes("private_key") ? [] : null', "null"),
  rollup(
    "a turn counts as a request",
    'if (!isTurn) plus(values, "requests", 1);',
    'plus(values, "requests", 1);',
  ),
  rollup(
    "attempts are counted twice",
    "const counted = isTurn ? [] : attempts;",
    "const counted = isTurn ? [] : [...attempts, ...attempts];",
  ),
  rollup("what has no price is free", "isSold && costNanoUsd === null ? 1 : 0", "0"),
  rollup(
    "half of each hour is another",
    "Math.floor(event.atMs / HOUR_MS)",
    "Math.round(event.atMs / HOUR_MS)",
  ),
  rollup(
    "a flush tells any number of tags' values apart",
    "if (known.size < MAX_TAG_VALUES) known.add(value);",
    "known.add(value);",
  ),
  rollup(
    "turns of a session are left out of its tags",
    "for (const values of [caller, key, ...tagged]) {",
    "for (const values of isTurn ? [caller, key] : [caller, key, ...tagged]) {",
  ),
  histogram("quantiles stop a bucket late", "below + count >= wanted", "below + count > wanted"),
  share(
    "problems are thinned out first",
    "if (isProblem || used < THINNED_FROM) return 1;",
    "if (!isProblem || used < THINNED_FROM) return 1;",
  ),
  share("all are logged", 'if (choice === "all" || isProblem) return 1;', "return 1;"),
  price(
    "a cut answer costs what it told",
    "counted.nanoUsd > reported.nanoUsd ? counted : reported",
    "reported",
  ),
  price(
    "told costs of estimates are final",
    "reported !== null && !usage.isEstimate",
    "reported !== null",
  ),
  tiers("batches at the full price", "factor: 0.5 }];", "factor: 1 }];"),
  forecast(
    "a guess is known",
    "else if (guess !== null) counts.guessed += 1;",
    "else if (guess !== null) counts.learnt += 1;",
  ),
  forecast(
    "quota is overrated",
    "Math.ceil(sorted.length / 2) - 1",
    "Math.floor(sorted.length / 2)",
  ),
  sums(
    "parts of several models have one price",
    "parts: models.size > 1 ? usages : null,",
    "parts: null,",
  ),
  counted(
    "refused requests use up budgets",
    "return !uncounted.includes(outcome);",
    "return uncounted.length > 0;",
  ),
  scanner("a character that is cut is lost", "{ stream: this.#inString }", "{ stream: false }"),
  events(
    "a comment hides an error where it is not cut",
    'lines.replace(SILENT_LINES, "")',
    "lines",
  ),
];

/**
 * Generates `lib/usage/genai-prices/` from the package `@pydantic/genai-prices`: its calculation without its data, and
 * the data as one JSON text per provider. In the package, all 800 KB are built as objects on loading, which takes five
 * times the CPU that Cloudflare's free plan allows per invocation; here a provider's prices are parsed when the first
 * of its models is requested. Run it after an update of the package. Providers that are never looked up are left out,
 * and of a model that is found by its id alone, how it is found.
 * @module
 */
import { readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { transform } from "esbuild";
import { isListed } from "../lib/usage/price-names.ts";
import { root } from "./root.ts";

const PACKAGE = "@pydantic/genai-prices";
const OUT_DIR = join(root, "lib/usage/genai-prices");

/** What the built module begins with: all providers, then the units. */
const DATA_START = "const E = [";
const DATA_END = "\n], J = {";

/** The part of a provider that the calculation uses. */
interface PricedProvider {
  readonly id: string;
  readonly name: string;
  readonly fallback_model_providers?: readonly string[];
  readonly models: readonly {
    readonly id: string;
    readonly match: unknown;
    readonly prices: unknown;
  }[];
}

/** The files' contents by name. */
export async function makePriceFiles(): Promise<Readonly<Record<string, string>>> {
  const file = createRequire(import.meta.url)
    .resolve(PACKAGE)
    .replace(/index\.cjs$/, "index.js");
  const { version, license } = JSON.parse(
    await readFile(join(dirname(file), "../package.json"), "utf8"),
  ) as { version: string; license?: string };
  const source = await readFile(file, "utf8");
  const end = source.indexOf(DATA_END);
  if (!source.startsWith(DATA_START) || end < 0) {
    throw new Error(`${PACKAGE} ${version} is built in another way: look at where its data end`);
  }
  const calculation = source
    .slice(end + "\n]".length)
    // The compared names are plain ones, and a first locale comparison costs tens of milliseconds.
    .replace(/([\w.]+)\.localeCompare\(([\w.]+)\)/g, "($1 < $2 ? -1 : $1 > $2 ? 1 : 0)");
  const { code } = await transform(`const E = []${calculation}`, {
    format: "esm",
    minifyWhitespace: true,
    legalComments: "none",
  });
  const origin = `Made by scripts/generate-prices.ts of ${PACKAGE} ${version} (${license ?? "MIT"}, https://github.com/pydantic/genai-prices).`;
  const { waitForUpdate } = await import(PACKAGE);
  const providers = (await waitForUpdate()) as readonly PricedProvider[];
  const listed = providers.filter(({ id }) => isListed(id));
  const texts = listed.map(({ id, name, fallback_model_providers, models }) => {
    const priced = models.map((model) => ({
      id: model.id,
      ...(isFoundByIdAlone(model) ? {} : { match: model.match }),
      prices: model.prices,
    }));
    const text = JSON.stringify({ id, name, fallback_model_providers, models: priced });
    return `  ${quoted(id)}:\n    ${quoted(text)},`;
  });
  return {
    "calculation.js": `// ${origin}\n${code}`,
    "calculation.d.ts": `// ${origin}\nexport { calcPrice } from "${PACKAGE}";\n`,
    "providers.ts": `// ${origin}\n/** Providers of the list by their ids there, as JSON. */\nexport const PROVIDERS: Readonly<Record<string, string>> = {\n${texts.join("\n")}\n};\n`,
  };
}

function isFoundByIdAlone({ id, match }: PricedProvider["models"][number]): boolean {
  return JSON.stringify(match) === JSON.stringify({ equals: id });
}

/** A literal in single quotes, because JSON is full of double ones. */
function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}

if (import.meta.main) {
  for (const [name, text] of Object.entries(await makePriceFiles())) {
    await writeFile(join(OUT_DIR, name), text);
    console.log(`lib/usage/genai-prices/${name}: ${text.length.toLocaleString("en")} characters`);
  }
}

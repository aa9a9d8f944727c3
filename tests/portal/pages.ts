/** The pages of the portal, from the folders of `app/(portal)`. @module */
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { root } from "../../scripts/root.ts";

/** Values for the variable parts of paths. No request has this id: its page says so, to those with access. */
const EXAMPLES: Readonly<Record<string, string>> = {
  provider: "openai",
  id: "req_none",
  "...page": "providers/google-ai-studio",
};

/** Paths such as `/keys/openai`, sorted. @throws {Error} for a variable part without an example. */
export function portalPages(): readonly string[] {
  const folder = join(root, "app/(portal)");
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file === "page.tsx" || file.endsWith("/page.tsx"))
    .map((file) => {
      const parts = dirname(file)
        .split("/")
        .filter((part) => part !== "." && !part.startsWith("("));
      return `/${parts.map(fillIn).join("/")}`;
    })
    .sort();
}

function fillIn(part: string): string {
  const name = /^\[(.+)\]$/.exec(part)?.[1];
  if (name === undefined) return part;
  const example = EXAMPLES[name];
  if (example === undefined) throw new Error(`no example for [${name}] in tests/portal/pages.ts`);
  return example;
}

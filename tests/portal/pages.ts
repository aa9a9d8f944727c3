/** The pages of the portal and what else it answers, from the folders of `app/(portal)`. @module */
import { readdirSync, readFileSync } from "node:fs";
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
  return filesNamed("page.tsx").map(pathOf).sort();
}

/** A call that is no page: a file, or what a page asks for. */
export interface PortalHandler {
  readonly path: string;
  readonly method: "GET" | "POST";
}

/** Sorted by path. */
export function portalHandlers(): readonly PortalHandler[] {
  return filesNamed("route.ts")
    .flatMap((file) => {
      const source = readFileSync(join(folder, file), "utf8");
      return [...source.matchAll(/export async function (GET|POST)\(/g)].map(([, method]) => ({
        path: pathOf(file),
        method: method === "POST" ? ("POST" as const) : ("GET" as const),
      }));
    })
    .sort((one, other) => one.path.localeCompare(other.path));
}

const folder = join(root, "app/(portal)");

function filesNamed(name: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
    (file) => file === name || file.endsWith(`/${name}`),
  );
}

function pathOf(file: string): string {
  const parts = dirname(file)
    .split("/")
    .filter((part) => part !== "." && !part.startsWith("("));
  return `/${parts.map(fillIn).join("/")}`;
}

function fillIn(part: string): string {
  const name = /^\[(.+)\]$/.exec(part)?.[1];
  if (name === undefined) return part;
  const example = EXAMPLES[name];
  if (example === undefined) throw new Error(`no example for [${name}] in tests/portal/pages.ts`);
  return example;
}

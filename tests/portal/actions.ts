/**
 * The server actions of the build, and calls to them as a script would make them.
 * @module
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { APIRequestContext } from "@playwright/test";
import { root } from "../../scripts/root.ts";

export interface BuiltAction {
  readonly id: string;
  readonly name: string;
  /** Relative to the repository's root. */
  readonly file: string;
  /** A page that can call it. */
  readonly path: string;
}

interface Manifest {
  readonly node: Readonly<
    Record<
      string,
      {
        readonly filename: string;
        readonly exportedName: string;
        readonly workers: Readonly<Record<string, unknown>>;
      }
    >
  >;
}

/** Every action that a browser may call. */
export function builtActions(): readonly BuiltAction[] {
  const file = join(root, ".next/server/server-reference-manifest.json");
  const { node }: Manifest = JSON.parse(readFileSync(file, "utf8"));
  return Object.entries(node).map(([id, { filename, exportedName, workers }]) => {
    const paths = Object.keys(workers).map(pathOf);
    // For an action of several pages, one that always exists.
    const path = paths.find((each) => !each.includes("/x")) ?? paths[0] ?? "/";
    return { id, name: exportedName, file: filename, path };
  });
}

/** @throws {Error} if the build has no action of this name. */
export function actionNamed(name: string): BuiltAction {
  const action = builtActions().find((each) => each.name === name);
  if (action === undefined) throw new Error(`no action ${name}`);
  return action;
}

/** `app/(portal)/keys/[provider]/page` is at `/keys/x`. */
function pathOf(page: string): string {
  const parts = page
    .split("/")
    .filter((part) => part !== "app" && part !== "page" && part[0] !== "(");
  return `/${parts.map((part) => (part.startsWith("[") ? "x" : part)).join("/")}`;
}

/** Calls an action with one argument. @returns Status and text of the response. */
export async function callAction(
  request: APIRequestContext,
  origin: string,
  { id, path }: Pick<BuiltAction, "id" | "path">,
  input: unknown,
  headers: Readonly<Record<string, string>> = { origin, "sec-fetch-site": "same-origin" },
): Promise<{ readonly status: number; readonly text: string }> {
  const answer = await request.post(`${origin}${path}`, {
    headers: { "next-action": id, "content-type": "text/plain;charset=UTF-8", ...headers },
    data: JSON.stringify([input]),
    maxRedirects: 0,
  });
  return { status: answer.status(), text: await answer.text() };
}

/**
 * What a click would do, for tests of something else: a page costs a second.
 * @param origin The portal's, such as `http://127.0.0.1:8787`.
 * @returns The text of the response.
 * @throws {Error} if the action rejected.
 */
export async function act(
  request: APIRequestContext,
  origin: string,
  name: string,
  input: unknown,
): Promise<string> {
  const { text } = await callAction(request, origin, actionNamed(name), input);
  if (outcomeOf(text) !== "ok") throw new Error(`${name} answered ${text.slice(0, 500)}`);
  return text;
}

/** The code with which an action rejected; `ok` if it did its work, null for any other response. */
export function outcomeOf(text: string): string | null {
  const [, isOk, code] = /\{"ok":(true|false)(?:,"code":"(\w+)")?/.exec(text) ?? [];
  if (isOk === undefined) return null;
  return isOk === "true" ? "ok" : (code ?? null);
}

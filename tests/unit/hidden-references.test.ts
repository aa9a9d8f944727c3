/**
 * What one token has stored, another names in every way that some server would understand: wherever, however spelled,
 * and behind whatever else. Nothing of it is sent.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { AccessToken } from "../../lib/proxy/ports.ts";
import { NO_LIMITS } from "../../lib/usage/token-limits.ts";
import { scriptedProxy, unlimitedToken } from "../doors/scripted-proxy.ts";

const LIMITS = { ...NO_LIMITS, dailyRequests: 1_000_000 };
const limited = (id: string): AccessToken => ({
  ...unlimitedToken(id),
  limitHolders: [{ kind: "token" as const, id, budgetId: id, limits: LIMITS }],
});
const TOKENS = new Map([
  ["ann", unlimitedToken("at_ann")],
  ["bob", limited("at_bob")],
  ["free", unlimitedToken("at_free")],
]);
const THEIRS = "file-6F2ksmvXxt4VdoqmHRw6kL";

async function withTheirs() {
  const proxy = scriptedProxy({
    tokens: TOKENS,
    keys: { openai: ["sk-fake-1", "sk-fake-2"] },
    upstream: () => Response.json({ id: THEIRS, object: "file" }),
  });
  const send = async (by: string, path: string, init: RequestInit) => {
    const before = proxy.calls.length;
    const headers = { ...(init.headers as object), authorization: `Bearer ${by}` };
    const response = await proxy.fetch(path, { ...init, headers });
    await proxy.clock.run(response.text());
    return { status: response.status, sent: proxy.calls.length - before };
  };
  await send("ann", "/api/openai/v1/files", { method: "POST", body: "{}" });
  return send;
}

const caller = fc.constantFrom("bob", "free");

/** A letter as itself, or escaped. */
const escaped = fc
  .array(fc.boolean(), { minLength: 30, maxLength: 30 })
  .map(
    (flags) => (text: string) =>
      [...text]
        .map((char, index) =>
          flags[index % flags.length]
            ? `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`
            : char,
        )
        .join(""),
  );

const value = fc.constantFrom(
  (id: string) => id,
  (id: string) => ` ${id}`,
  (id: string) => `${id}\\n`,
  (id: string) => `${id}?x=1`,
  (id: string) => `${id}#part`,
  (id: string) => `https://api.openai.com/v1/files/${id}`,
  (id: string) => `https://api.openai.com/v1/files/${id}/content?a=b`,
);
const name = fc.constantFrom(
  "file_id",
  "fileId",
  "FILE_ID",
  "file_ids",
  "input_file_id",
  "training_file",
);
/** Between the names before it: some hundred decoys are as few as one. */
const decoys = fc.constantFrom(0, 1, 20, 21, 300);
const before = fc.constantFrom("", " ", "\n\t ", " ".repeat(1_500), "\uFEFF", "\uFEFF\n");
const encoded = fc.constantFrom(
  (text: string) => new TextEncoder().encode(text),
  (text: string) => wide(text, 2, true),
  (text: string) => wide(text, 2, false),
  (text: string) => wide(text, 4, true),
  (text: string) => wide(text, 4, false),
);
const type = fc.constantFrom(
  "application/json",
  "text/plain",
  "application/octet-stream",
  "multipart/form-data; boundary=x",
);

function wide(text: string, size: number, isLittle: boolean): Uint8Array {
  const bytes = new Uint8Array(text.length * size);
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    const low = isLittle ? at * size : at * size + size - 1;
    bytes[low] = code & 0xff;
    bytes[isLittle ? low + 1 : low - 1] = code >> 8;
  }
  return bytes;
}

test("a body", async () => {
  const send = await withTheirs();
  await fc.assert(
    fc.asyncProperty(
      fc.record({ caller, escaped, value, name, decoys, before, encoded, type }),
      async ({ caller: by, decoys: count, before: first, ...how }) => {
        const items = Array.from({ length: count }, (_, index) => `"file-decoy${index}A1"`);
        const reference = how.value(how.escaped(THEIRS));
        const body = `${first}{"model":"m","a":[${items.join()}],"b":{"${how.name}":["${reference}"]}}`;
        const init = {
          method: "POST",
          headers: { "content-type": how.type },
          body: how.encoded(body) as Uint8Array<ArrayBuffer>,
        };
        const result = await send(by, "/api/openai/v1/responses", init);
        expect(result).toEqual({ status: 404, sent: 0 });
      },
    ),
    { numRuns: 400 },
  );
});

/** A path as other servers would write it. */
const spelling = fc.constantFrom(
  (path: string) => path,
  (path: string) => path.toUpperCase().replace(THEIRS.toUpperCase(), THEIRS),
  (path: string) => path.replace("files/", "Files/"),
  (path: string) => path.replace("files/", "files;v=1/"),
  (path: string) => path.replace("files/", "files//"),
  (path: string) => path.replace("files/", "files%2F"),
  (path: string) => path.replace("files/", "%2566iles/"),
  (path: string) => path.replaceAll("-", "%2D"),
  (path: string) => `${path};a=b`,
  (path: string) => `${path}%20`,
  (path: string) => `${path}%3Fx`,
  (path: string) => `${path}%23x`,
  (path: string) => `${path}/`,
  (path: string) => `${path}%2F..%5Cx`.replace("..", "y"),
);

test("a path, a query and a form", async () => {
  const send = await withTheirs();
  const path = fc.constantFrom(
    `files/${THEIRS}`,
    `files/${THEIRS}/content`,
    `vector_stores/vs_1234/files/${THEIRS}`,
  );
  const method = fc.constantFrom("GET", "DELETE", "POST", "HEAD");
  await fc.assert(
    fc.asyncProperty(caller, path, spelling, method, async (by, plain, spelled, how) => {
      const result = await send(by, `/api/openai/v1/${spelled(plain)}`, { method: how });
      expect(result).toEqual({ status: 404, sent: 0 });
    }),
    { numRuns: 300 },
  );
  for (const by of ["bob", "free"]) {
    const query = await send(by, `/api/openai/v1/responses?file_id=${THEIRS}`, { method: "POST" });
    const pairs = await send(by, "/api/openai/v1/responses", {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: `model=m;file_ids[]=${THEIRS}`,
    });
    expect([query, pairs]).toEqual([
      { status: 404, sent: 0 },
      { status: 404, sent: 0 },
    ]);
  }
});

test("a list is refused to a token with limits, however its path is spelled", async () => {
  const send = await withTheirs();
  const path = fc.constantFrom(
    "v1/files",
    "v1/batches",
    "openai/responses",
    "v1/projects/p/requests",
  );
  const end = fc.constantFrom("", "/", "//", ";a", "%20", "%2F", "%3Fx=1", "?limit=1");
  const change = fc.constantFrom(
    (text: string) => text,
    (text: string) => text.toUpperCase(),
    (text: string) => text.replace("/", "//"),
    (text: string) => text.replace(/e/g, "%2565"),
  );
  const method = fc.constantFrom("GET", "HEAD", "OPTIONS", "DELETE", "PROPFIND");
  await fc.assert(
    fc.asyncProperty(path, end, change, method, async (plain, after, changed, how) => {
      const result = await send("bob", `/api/openai/${changed(plain)}${after}`, { method: how });
      expect(result).toEqual({ status: 403, sent: 0 });
    }),
    { numRuns: 200 },
  );
});

test("what an answer only mentions stays where it is", async () => {
  const answers = [
    {
      id: "resp_1234A",
      name: THEIRS,
      object: "response",
      output: [{ content: [{ text: THEIRS }] }],
    },
    { id: "asst_1234A", name: THEIRS, metadata: { file_id: THEIRS } },
    { object: "list", data: [{ id: THEIRS }] },
  ];
  let answer: object = { id: THEIRS, object: "file" };
  const proxy = scriptedProxy({
    tokens: TOKENS,
    keys: { openai: ["sk-fake-1", "sk-fake-2", "sk-fake-3"] },
    upstream: () => Response.json(answer),
  });
  const send = async (by: string, method: string, path: string) => {
    const init = {
      method,
      headers: { authorization: `Bearer ${by}` },
      ...(method === "POST" && { body: "{}" }),
    };
    await proxy.clock.run((await proxy.fetch(path, init)).text());
    return proxy.calls.at(-1)?.key;
  };
  const home = await send("ann", "POST", "/api/openai/v1/files");
  const served = new Set<string | undefined>();
  for (const next of [...answers, ...answers, ...answers]) {
    answer = next;
    served.add(await send("free", "POST", "/api/openai/v1/responses"));
    served.add(await send("free", "GET", "/api/openai/v1/files"));
  }
  expect(served.size).toBeGreaterThan(1);
  answer = { id: THEIRS, object: "file" };
  for (let turn = 0; turn < 4; turn += 1) {
    expect(await send("ann", "GET", `/api/openai/v1/files/${THEIRS}`)).toBe(home);
  }
});

test("more names than can be looked up are not sent, of whatever kind they are", async () => {
  const send = await withTheirs();
  const many = (kind: string) =>
    Array.from({ length: 2_001 }, (_, index) => `${kind}decoy${index}A1`);
  const bodies = [
    { file_ids: [...many("file-"), THEIRS] },
    { container: many("cntr_"), file_ids: [THEIRS] },
    { input: many("run_"), image: THEIRS },
  ];
  for (const body of bodies) {
    const init = {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: "m", ...body }),
    };
    expect(await send("free", "/api/openai/v1/responses", init)).toEqual({ status: 403, sent: 0 });
  }
});

/** What a token has stored belongs to it and to its member, over the lives of several isolates. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { ADMIN_TOKEN, type Stack, sharedStack } from "./harness.ts";
import { openNodeSocket } from "./web-socket-client.ts";

let stack: Stack;
beforeAll(async () => {
  stack = await sharedStack({ unknownKey: () => ({ kind: "ok" }) });
  await stack.admin.addKeys("openai", ["sk-fake-owner-1", "sk-fake-owner-2", "sk-fake-owner-3"]);
});
afterAll(() => stack?.close());

const call = (token: string, path: string, init: RequestInit = {}) =>
  fetch(`${stack.url}/api/openai/${path}`, {
    ...init,
    headers: { ...init.headers, authorization: `Bearer ${token}` },
  });

async function upload(token: string): Promise<string> {
  const form = new FormData();
  form.set("purpose", "batch");
  form.set("file", new Blob(["one"]), "lines.jsonl");
  const response = await call(token, "files", { method: "POST", body: form });
  expect(response.status).toBe(200);
  return ((await response.json()) as { id: string }).id;
}

test("a file belongs to its creator, after a rotation and a restart too; an older one to no one", async () => {
  const mine = await stack.admin.createToken({ name: "mine", dailyRequests: 1_000 });
  const theirs = await stack.admin.createToken({ name: "theirs" });
  const limited = await stack.admin.createToken({ name: "limited", models: ["gpt-5-mini"] });
  const id = await upload(mine.token);
  const statuses = async () =>
    Promise.all(
      [mine.token, theirs.token, limited.token, ADMIN_TOKEN].map(
        async (token) => (await call(token, `files/${id}/content`)).status,
      ),
    );
  expect(await statuses()).toEqual([200, 404, 404, 200]);
  expect((await call(limited.token, "files")).status).toBe(403);

  const rotated = await stack.admin.call<{ token: string }>(
    "POST",
    `access-tokens/${mine.id}/rotate`,
    { overlapSeconds: 3_600 },
  );
  await stack.restart();
  expect(await statuses()).toEqual([200, 404, 404, 200]);
  expect((await call(rotated.token, `files/${id}/content`)).status).toBe(200);
  const gone = await call(theirs.token, `files/${id}`, { method: "DELETE" });
  expect(await gone.json()).toEqual({
    error: {
      message: `No such File object: ${id}`,
      type: "invalid_request_error",
      param: "id",
      code: null,
    },
  });
});

test("a response that came by a WebSocket is not gone on with by another", async () => {
  const [mine, theirs] = await Promise.all(
    ["socket", "other socket"].map((name) => stack.admin.createToken({ name, dailyRequests: 99 })),
  );
  const url = `${stack.url.replace("http", "ws")}/api/openai/v1/responses`;
  const open = (token = "") =>
    openNodeSocket(url, { headers: { authorization: `Bearer ${token}` } });
  const socket = await open(mine?.token);
  const ask = { type: "response.create", model: "gpt-5-mini", input: "one" };
  socket.send(ask);
  const created = (await socket.next()) as { response: { id: string } };
  const next = { ...ask, previous_response_id: created.response.id };
  socket.send(next);
  for (let ends = 0; ends < 2; )
    ends += (await socket.next()).type === "response.completed" ? 1 : 0;
  socket.close();
  const other = await open(theirs?.token);
  other.send(next);
  expect(await other.closed).toMatchObject({
    code: 4404,
    reason: expect.stringMatching(/^resource_not_found/),
  });
});

/** Items of stored responses belong to their maker: a reference to another's isn't found. */

import { describe, expect, test } from "vitest";
import type { AccessToken } from "../../lib/proxy/ports.ts";
import { NO_LIMITS } from "../../lib/usage/token-limits.ts";
import { scriptedProxy } from "../doors/scripted-proxy.ts";

const LIMITS = { ...NO_LIMITS, dailyRequests: 1_000 };
const token = (id: string, isLimited: boolean): AccessToken => ({
  id,
  name: id,
  ownerId: null,
  scopes: null,
  expiresAtMs: null,
  ...(isLimited && {
    limitHolders: [{ kind: "token" as const, id, budgetId: id, limits: LIMITS }],
  }),
});
const TOKENS = new Map([
  ["ann", token("at_ann", true)],
  ["bob", token("at_bob", true)],
  ["free", token("at_free", false)],
  ["admin", { ...token("env_1", false), isAdmin: true }],
]);

const ITEM = "msg_0a18166210d72b5e0069fd938e69a08193";
const THOUGHT = "rs_0a18166210d72b5e0069fd938e69a08194";
const OUTPUT = [
  { id: THOUGHT, type: "reasoning", summary: [] },
  {
    id: ITEM,
    type: "message",
    content: [{ type: "output_text", text: '{"id":"msg_written0123456789"}' }],
  },
];
const RESPONSE = {
  id: "resp_0a18166210d72b5e0069fd938e69a08190",
  object: "response",
  status: "completed",
  usage: { input_tokens: 1, output_tokens: 1 },
};

function answer(isStream: boolean): Response {
  if (!isStream) return Response.json({ ...RESPONSE, output: OUTPUT });
  const events = [
    { type: "response.created", response: { ...RESPONSE, status: "in_progress", usage: null } },
    ...OUTPUT.flatMap((item) => [
      { type: "response.output_item.added", item },
      { type: "response.output_text.delta", item_id: item.id, delta: "hi" },
      { type: "response.output_item.done", item },
    ]),
    { type: "response.completed", response: { ...RESPONSE, output: OUTPUT } },
  ];
  const text = events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  return new Response(text.join(""), { headers: { "content-type": "text/event-stream" } });
}

const REFERENCES: readonly (readonly [string, (id: string) => string])[] = [
  ["said", (id) => JSON.stringify([{ type: "item_reference", id }])],
  ["not said", (id) => JSON.stringify([{ id }])],
  ["null", (id) => JSON.stringify([{ id, type: null }])],
  ["escaped", (id) => `[{"typ\\u0065":"item\\u005freference","\\u0069d":"${id}"}]`],
  ["twice", (id) => `[{"id":"msg_00000000000000000000","type":"item_reference","id":"${id}"}]`],
];

describe.each([true, false])("of a response that streams: %s", (isStream) => {
  async function made() {
    const proxy = scriptedProxy({
      tokens: TOKENS,
      keys: { openai: ["k1", "k2", "k3"] },
      upstream: ({ body }) => answer(new TextDecoder().decode(body).includes('"stream":true')),
    });
    const ask = async (by: string, input: string, stream: boolean) => {
      const before = proxy.calls.length;
      const response = await proxy.fetch("/api/openai/v1/responses", {
        method: "POST",
        headers: { authorization: `Bearer ${by}`, "content-type": "application/json" },
        body: `{"model":"gpt-5-mini","stream":${stream},"input":${input}}`,
      });
      await proxy.clock.run(response.text());
      await proxy.clock.advance(1);
      return { status: response.status, keys: proxy.calls.slice(before).map(({ key }) => key) };
    };
    const { keys } = await ask("ann", '"hi"', isStream);
    return { ask, home: keys[0] };
  }

  test.each(REFERENCES)("its maker may refer to it, with the type %s", async (_, reference) => {
    const { ask, home } = await made();
    for (const id of [ITEM, THOUGHT]) {
      if (reference(id).includes("msg_000")) continue;
      expect(await ask("ann", reference(id), false)).toEqual({ status: 200, keys: [home] });
    }
    expect((await ask("admin", reference(ITEM), false)).status).toBe(200);
  });

  test.each(REFERENCES)("others may not, with the type %s", async (_, reference) => {
    const { ask } = await made();
    for (const by of ["bob", "free"]) {
      expect(await ask(by, reference(ITEM), false)).toEqual({ status: 404, keys: [] });
    }
    // Items without a known maker are for unrestricted tokens.
    const unknown = reference("msg_ffffffffffffffffffff");
    expect((await ask("bob", unknown, false)).status).toBe(404);
  });

  test("what a model writes makes no one an owner", async () => {
    const { ask } = await made();
    const written = REFERENCES[0]?.[1]("msg_written0123456789") ?? "";
    expect((await ask("ann", written, false)).status).toBe(404);
  });
});

/** What rejections and failures do to keys and requests, through the whole handler, in virtual time. */
import { describe, expect, test } from "vitest";
import { scriptedProxy } from "../doors/scripted-proxy.ts";

const NO_WAIT = { "x-one-balance-max-wait": "0", "content-type": "application/json" };

function post(body: object, headers: Record<string, string> = NO_WAIT): RequestInit {
  return { method: "POST", headers, body: JSON.stringify(body) };
}

const chat = (model = "m1") => post({ model, messages: [] });
const CHAT = "/api/openai/chat/completions";

describe("after an unknown outcome", () => {
  const JOBS: readonly (readonly [string, object])[] = [
    ["/api/openai/v1/responses", { model: "gpt-5", input: "x", background: true }],
    ["/api/openai/v1/fine_tuning/jobs", { model: "gpt-4o-mini", training_file: "file-abc1" }],
    ["/api/openai/v1/videos", { model: "sora-2", prompt: "x" }],
    ["/api/openai/v1/images/generations", { model: "gpt-image-1", prompt: "x" }],
    ["/api/openai/v1/batches", { input_file_id: "file-abcd" }],
    ["/api/google-ai-studio/v1beta/models/veo-3:predictLongRunning", { instances: [] }],
    ["/api/replicate/v1/predictions", { version: "v", input: {} }],
    ["/api/fal/fal-ai/flux", { prompt: "x" }],
  ];
  const FAILURES: readonly (readonly [string, () => Response])[] = [
    [
      "a broken connection",
      () => {
        throw new TypeError("connection reset");
      },
    ],
    ["a lost answer", () => new Response("<html>bad gateway</html>", { status: 502 })],
    ["a failed server", () => Response.json({ error: { message: "oops" } }, { status: 500 })],
  ];

  test.each(FAILURES)("%s: what is billed by the job is sent once", async (_name, upstream) => {
    for (const [path, body] of JOBS) {
      const slug = path.split("/")[2] ?? "";
      const proxy = scriptedProxy({ upstream, keys: { [slug]: ["k1", "k2", "k3"] } });
      await proxy.fetch(path, post(body));
      expect([path, proxy.calls.length]).toEqual([path, 1]);
    }
  });

  test.each(FAILURES.slice(0, 2))("%s: a chat is sent twice at most", async (_name, upstream) => {
    const proxy = scriptedProxy({ upstream, keys: { openai: ["k1", "k2", "k3"] } });
    await proxy.fetch(CHAT, chat());
    expect(proxy.calls.length).toBe(2);
  });

  describe.each([
    ["with its length", (page: string, init: ResponseInit) => new Response(page, init)],
    [
      "in pieces",
      (page: string, init: ResponseInit) =>
        new Response(new Blob([page.slice(0, 20), page.slice(20)]).stream(), init),
    ],
  ] as const)("a web page with status 200, %s", (_name, response) => {
    const page = `\n<!DOCTYPE html>\n<html lang="en"><body>Bad gateway ${"x".repeat(300)}</body></html>`;
    const html = { headers: { "content-type": "text/html; charset=utf-8" } };
    const length = { "content-length": String(page.length), "content-type": "text/html" };
    const init = _name === "in pieces" ? html : { headers: length };

    test("is no answer to a chat: another key is asked", async () => {
      let asked = 0;
      const upstream = () => {
        asked += 1;
        return asked === 1 ? response(page, init) : Response.json({ ok: true });
      };
      const proxy = scriptedProxy({ upstream, keys: { openai: ["k1", "k2"] } });
      const answer = await proxy.clock.run(proxy.fetch(CHAT, chat()));
      expect(await answer.json()).toEqual({ ok: true });
      expect(asked).toBe(2);
    });

    test("from every key, it is handed on as it is, and no success", async () => {
      const upstream = () => response(page, init);
      const proxy = scriptedProxy({ upstream, keys: { openai: ["k1", "k2", "k3"] } });
      const handedOn = await proxy.clock.run(proxy.fetch(CHAT, chat()));
      expect([handedOn.status, await handedOn.text()]).toEqual([200, page]);
      expect(handedOn.headers.get("content-security-policy")).toMatch(/^sandbox/);
      expect(proxy.calls.length).toBe(2);
      await proxy.clock.advance(1);
      expect(proxy.usage.events.at(-1)).toMatchObject({ outcome: "upstream_error" });
      expect(proxy.keys("openai").every(({ status }) => status === "active")).toBe(true);
    });

    test("is passed on if no model was asked", async () => {
      const upstream = () => response(page, init);
      const proxy = scriptedProxy({ upstream, keys: { openai: ["k1"] } });
      const read = await proxy.fetch("/api/openai/v1/files/file-abcd12/content");
      expect([read.status, await read.text()]).toEqual([200, page]);
    });
  });

  test("reading is repeated, and so is a chat that a server failed at", async () => {
    let left = 3;
    const upstream = () => {
      left -= 1;
      return left >= 0
        ? Response.json({ error: { message: "oops" } }, { status: 500 })
        : Response.json({ ok: true });
    };
    const proxy = scriptedProxy({ upstream, keys: { openai: ["k1", "k2", "k3"] } });
    expect((await proxy.fetch(CHAT, chat())).status).toBe(200);
    left = 3;
    expect((await proxy.fetch("/api/openai/v1/models")).status).toBe(200);
  });
});

describe("a rest is as long as it should be", () => {
  const RULED: readonly (readonly [string, string, object, number])[] = [
    [
      "elevenlabs",
      "v1/text-to-speech/v",
      { detail: { status: "too_many_concurrent_requests", message: "Too many." } },
      5,
    ],
    ["deepgram", "v1/listen?model=nova-3", { err_code: "TOO_MANY", err_msg: "Too many" }, 5],
    ["mistral", "v1/chat/completions", { message: "Requests rate limit exceeded" }, 2],
    [
      "openai",
      "v1/chat/completions",
      { error: { message: "Too many concurrent requests", code: null } },
      5,
    ],
  ];

  test.each(RULED)(
    "%s: by its rule, whatever was served before",
    async (slug, path, body, rest) => {
      let isRefusing = false;
      const proxy = scriptedProxy({
        upstream: () => (isRefusing ? Response.json(body, { status: 429 }) : Response.json({})),
        keys: { [slug]: ["k1"] },
        upstreams: { direct: [slug] },
      });
      const ask = () => proxy.fetch(`/api/${slug}/${path}`, post({ model: "m1", model_id: "m1" }));
      for (let served = 0; served < 5; served += 1) {
        await proxy.clock.advance(1_000);
        expect((await ask()).status).toBe(200);
      }
      isRefusing = true;
      const refused = await ask();
      expect(refused.status).toBe(429);
      expect(Number(refused.headers.get("retry-after"))).toBeLessThanOrEqual(rest);
      isRefusing = false;
      await proxy.clock.advance(rest * 1_000 + 1);
      expect((await ask()).status).toBe(200);
      for (let burst = 0; burst < 7; burst += 1) expect((await ask()).status).toBe(200);
    },
  );

  const HOUR_MS = 3_600_000;
  const ABSURD = [
    "9".repeat(400),
    "1000000000000",
    "1764446400",
    "Fri, 31 Dec 9999 23:59:59 GMT",
    "-5",
    "soon",
  ];
  test.each(ABSURD)("Retry-After %s can't be meant: it is ignored", async (value) => {
    const proxy = scriptedProxy({
      upstream: () =>
        Response.json(
          { error: { message: "Too many requests" } },
          { status: 429, headers: { "retry-after": value } },
        ),
      keys: { openai: ["k1"] },
    });
    const response = await proxy.fetch(CHAT, chat());
    expect(Number(response.headers.get("retry-after"))).toBeLessThanOrEqual(10);
    for (const event of proxy.state.events) {
      if (event.kind === "key-cooled") {
        expect(event.untilMs - proxy.clock.nowMs).toBeLessThanOrEqual(10_000);
      }
    }
  });

  test.each([
    ["Too many requests", 25],
    ["You have reached your weekly limit.", 24 * 7],
  ])("a stated week applies only if the words name one: %s", async (message, hours) => {
    const proxy = scriptedProxy({
      upstream: () =>
        Response.json(
          { error: { message } },
          { status: 429, headers: { "retry-after": "604800" } },
        ),
      keys: { openai: ["k1"] },
    });
    await proxy.fetch(CHAT, chat());
    const [event] = proxy.state.events.filter(({ kind }) => kind === "key-cooled");
    if (event?.kind !== "key-cooled") throw new Error("the key does not rest");
    expect(Math.round((event.untilMs - proxy.clock.nowMs) / HOUR_MS)).toBe(hours);
  });

  test("unexplained rejections in a row are the daily quota only while others answer", async () => {
    const ends: string[] = [];
    for (const othersAnswer of [true, false]) {
      const proxy = scriptedProxy({
        upstream: ({ key }) =>
          key === "k1" || !othersAnswer
            ? Response.json({ error: { message: "Too many requests" } }, { status: 429 })
            : Response.json({}),
        keys: { openai: ["k1", "k2"] },
      });
      for (let minute = 0; minute < 12; minute += 1) {
        await proxy.fetch(CHAT, chat());
        await proxy.fetch(CHAT, chat());
        await proxy.clock.advance(60_000);
      }
      const [first] = proxy.keys("openai");
      ends.push([...(first?.cooldowns.values() ?? [])].map(({ reason }) => reason).join());
    }
    expect(ends).toEqual(["rate_limit_day", "rate_limit_minute"]);
  });
});

test("a model named * rests no key for other models", async () => {
  const day = { error: { message: "Rate limit reached for requests per day", code: "x" } };
  const proxy = scriptedProxy({
    upstream: ({ body }) =>
      new TextDecoder().decode(body).includes('"*"')
        ? Response.json(day, { status: 429 })
        : Response.json({}),
    keys: { openai: ["k1", "k2"] },
  });
  await proxy.fetch(CHAT, chat("*"));
  expect((await proxy.fetch(CHAT, chat("m1"))).status).toBe(200);
});

test("keys that cannot be opened are tried once each", async () => {
  const proxy = scriptedProxy({
    upstream: () => Response.json({}),
    keys: { openai: Array.from({ length: 200 }, (_, index) => `k${index}`) },
  });
  let opened = 0;
  proxy.state.openKey = async () => {
    opened += 1;
    throw new Error("sealed with another secret");
  };
  for (let request = 0; request < 20; request += 1) await proxy.fetch(CHAT, chat());
  expect(opened).toBe(200);
});

test("a client cannot name the key that serves it", async () => {
  const proxy = scriptedProxy({
    upstream: () => Response.json({}),
    keys: { openai: ["k1", "k2"] },
  });
  for (let request = 0; request < 4; request += 1) {
    await proxy.fetch(`${CHAT}?one-balance-key=pk_k1`, chat());
  }
  expect(proxy.calls.map(({ key }) => key).sort()).toEqual(["k1", "k1", "k2", "k2"]);
});

describe("what no key may do, in unknown words", () => {
  const refuse = () =>
    Response.json(
      { error: { message: "This page must be asked for with a session key.", code: null } },
      { status: 403 },
    );

  test.each([1, 3, 30])(
    "with %i keys: five are tried, and the client gets the words",
    async (size) => {
      const keys = Array.from({ length: size }, (_, index) => `fake-key-${index + 10}`);
      const proxy = scriptedProxy({ upstream: refuse, keys: { openai: keys } });
      const response = await proxy.fetch("/api/openai/dashboard/billing/subscription");
      expect(response.status).toBe(403);
      expect(await response.text()).toContain("session key");
      const asked = proxy.calls.filter(({ url }) => url.pathname.includes("billing"));
      expect(asked).toHaveLength(Math.min(5, size));
      expect(proxy.state.events.filter(({ kind }) => kind === "key-blocked")).toEqual([]);
    },
  );
});

describe("what a client learns that got no key in time", () => {
  const limited = () =>
    Response.json(
      { error: { message: "Too many requests", code: "rate_limit_exceeded" } },
      { status: 429, headers: { "retry-after": "6" } },
    );

  test("is the pool's wait where that took the time, and not that the provider was silent", async () => {
    const config = { firstByteTimeoutMs: 4_000 };
    const proxy = scriptedProxy({ upstream: limited, keys: { openai: ["k1"] }, config });
    await proxy.fetch(CHAT, chat());
    const headers = { "content-type": "application/json", "x-one-balance-max-wait": "10" };
    const second = await proxy.fetch(CHAT, post({ model: "m1", messages: [] }, headers));
    expect([second.status, proxy.calls.length]).toEqual([429, 1]);
    expect(Number(second.headers.get("retry-after"))).toBeLessThanOrEqual(6);
    expect(await second.json()).toMatchObject({ error: { code: "pool_exhausted" } });
  });

  test.each([1, 2, 5, 40])("is when keys wake, however many of %i are waited for", async (keys) => {
    const texts = Array.from({ length: keys }, (_, index) => `k${index}`);
    const proxy = scriptedProxy({ upstream: limited, keys: { openai: texts } });
    const told: number[] = [];
    for (let round = 0; round < 3 * keys; round += 1) {
      const response = await proxy.fetch(CHAT, chat());
      if (response.status === 429) told.push(Number(response.headers.get("retry-after") ?? 0));
    }
    expect(told.length).toBeGreaterThan(0);
    expect(Math.max(...told)).toBeLessThanOrEqual(7);
  });
});

describe("rejections that may be about the request", () => {
  const denied = (model: string) =>
    Response.json(
      {
        error: {
          message: `The model ${model} does not exist or you do not have access to it.`,
          code: "model_not_found",
        },
      },
      { status: 404 },
    );
  const restsOf = (proxy: ReturnType<typeof scriptedProxy>) =>
    proxy.keys("openai").map(({ cooldowns }) => [...cooldowns.keys()].join());

  test("rest a key for the model once another has served it, and not before", async () => {
    const upstream = ({ key }: { key: string }) =>
      key === "k1" || key === "k2" ? denied("m1") : Response.json({});
    const proxy = scriptedProxy({ upstream, keys: { openai: ["k1", "k2", "k3"] } });
    for (let request = 0; request < 3; request += 1) {
      expect((await proxy.fetch(CHAT, chat())).status).toBe(200);
    }
    expect(restsOf(proxy).toSorted()).toEqual(["", "m1", "m1"]);
    const alone = scriptedProxy({ upstream, keys: { openai: ["k1", "k2"] } });
    expect((await alone.fetch(CHAT, chat())).status).toBe(404);
    expect(restsOf(alone)).toEqual(["", ""]);
  });

  const tooLarge = () =>
    Response.json(
      {
        error: {
          message:
            "Request too large for gpt on tokens per min (TPM): Limit 30000, Requested 30601.",
          type: "tokens",
          code: "rate_limit_exceeded",
        },
      },
      { status: 429 },
    );

  test("for its size are taken from two keys, and not more: an account may be larger", async () => {
    const served = scriptedProxy({
      upstream: ({ key }) => (key === "k1" ? tooLarge() : Response.json({})),
      keys: { openai: ["k1", "k2"] },
    });
    for (let request = 0; request < 2; request += 1) {
      expect((await served.fetch(CHAT, chat())).status).toBe(200);
    }
    const refused = scriptedProxy({ upstream: tooLarge, keys: { openai: ["k1", "k2", "k3"] } });
    const response = await refused.fetch(CHAT, chat());
    expect(await response.json()).toMatchObject({ error: { code: "request_exceeds_limits" } });
    expect([refused.calls.length, ...restsOf(refused)]).toEqual([2, "", "", ""]);
  });
});

describe("a key that fails and tells when to come back", () => {
  const waiting = (seconds: number) =>
    post(
      { model: "m1", messages: [] },
      { "content-type": "application/json", "x-one-balance-max-wait": String(seconds) },
    );
  const busyOnce = () => {
    let isBusy = true;
    return () => {
      if (!isBusy) return Response.json({});
      isBusy = false;
      const error = { message: "Service unavailable", code: null };
      return Response.json({ error }, { status: 503, headers: { "retry-after": "3" } });
    };
  };

  test("is waited for where no other is left and the request may wait", async () => {
    const proxy = scriptedProxy({ upstream: busyOnce(), keys: { openai: ["k1"] } });
    const startMs = proxy.clock.nowMs;
    expect((await proxy.fetch(CHAT, waiting(10))).status).toBe(200);
    expect(proxy.clock.nowMs - startMs).toBeGreaterThanOrEqual(3_000);
    expect(proxy.calls.length).toBe(2);
  });

  test("and not where the request may not wait so long", async () => {
    const proxy = scriptedProxy({ upstream: busyOnce(), keys: { openai: ["k1"] } });
    const startMs = proxy.clock.nowMs;
    expect((await proxy.fetch(CHAT, waiting(1))).status).toBe(503);
    expect(proxy.clock.nowMs - startMs).toBeLessThan(1_000);
  });

  test("comes last after some failures in a row, so that others are tried first", async () => {
    const proxy = scriptedProxy({
      upstream: ({ key }) =>
        key === "k1"
          ? Response.json({ error: { message: "Service unavailable" } }, { status: 503 })
          : Response.json({}),
      keys: { openai: ["k1", "k2"] },
    });
    for (let request = 0; request < 20; request += 1) {
      expect((await proxy.fetch(CHAT, chat())).status).toBe(200);
    }
    expect(proxy.calls.filter(({ key }) => key === "k1").length).toBeLessThanOrEqual(4);
  });
});

test("a key without quota is tried twice at most for one request, however long that waits", async () => {
  const proxy = scriptedProxy({
    upstream: () =>
      Response.json(
        { error: { message: "Too many requests", code: "rate_limit_exceeded" } },
        { status: 429, headers: { "retry-after": "1" } },
      ),
    keys: { openai: ["k1", "k2"] },
  });
  const headers = { "content-type": "application/json", "x-one-balance-max-wait": "60" };
  const response = await proxy.fetch(CHAT, post({ model: "m1", messages: [] }, headers));
  expect(response.status).toBe(429);
  expect(proxy.calls.map(({ key }) => key).toSorted()).toEqual(["k1", "k1", "k2", "k2"]);
});

test("a key that stays silent is left for another, at once, which is no failure of the key", async () => {
  const sentMs: number[] = [];
  const proxy = scriptedProxy({
    keys: { openai: ["k1", "k2"] },
    upstream: (_, clock) => {
      sentMs.push(clock.nowMs);
      return sentMs.length === 1 ? new Promise(() => {}) : Response.json({ ok: true });
    },
  });
  const beganMs = proxy.clock.nowMs;
  const response = await proxy.clock.run(proxy.fetch(CHAT, chat()));
  expect(response.status).toBe(200);
  expect(sentMs.map((ms) => ms - beganMs)).toEqual([0, 13_500]);
});

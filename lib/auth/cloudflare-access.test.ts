import { createHmac, createSign, generateKeyPairSync, type KeyObject } from "node:crypto";
import fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { Database } from "../db/open-database";
import { AccessKeys } from "./access-keys";
import { accessTeam, readAssertion, serviceRole } from "./cloudflare-access";
import { apiCaller } from "./require-admin";

const ISSUER = "https://acme.cloudflareaccess.com";
const TEAM = { issuer: ISSUER, audiences: ["tag-1", "tag-2"] };
const NOW_MS = Date.UTC(2026, 10, 30, 12);
const NOW_S = NOW_MS / 1_000;
/** Only tokens that we made are looked up. */
const NO_STORE = {} as Database;

interface SigningKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}
const newKey = (kid: string): SigningKey => ({
  kid,
  ...generateKeyPairSync("rsa", { modulusLength: 2_048 }),
});
const [FIRST, SECOND, FOREIGN] = [newKey("k1"), newKey("k2"), newKey("k1")];

const CLAIMS = {
  ...{ iss: ISSUER, aud: ["tag-1"], type: "app", sub: "p-1", email: "Ada@example.org" },
  ...{ iat: NOW_S - 5, nbf: NOW_S - 5, exp: NOW_S + 3_600 },
};
const SERVICE = { ...CLAIMS, sub: "", email: undefined, common_name: "abc.access" };

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

function sign(claims: object, key = FIRST, head: object = {}): string {
  const text = `${encoded({ alg: "RS256", kid: key.kid, typ: "JWT", ...head })}.${encoded(claims)}`;
  return `${text}.${createSign("RSA-SHA256").update(text).sign(key.privateKey, "base64url")}`;
}

/** The team's address, with these keys. */
function certs(...keys: readonly SigningKey[]) {
  let current = keys;
  let isDown = false;
  const reads: string[] = [];
  const fetcher = async (url: string | URL | Request) => {
    reads.push(String(url));
    if (isDown) throw new Error("no connection");
    return Response.json({
      keys: current.map(({ kid, publicKey }) => ({
        ...publicKey.export({ format: "jwk" }),
        ...{ kid, use: "sig", alg: "RS256" },
      })),
      public_certs: [],
    });
  };
  return {
    reads,
    keys: new AccessKeys(ISSUER, fetcher as typeof fetch),
    rotate(...next: readonly SigningKey[]) {
      current = next;
    },
    fail() {
      isDown = true;
    },
  };
}

const read = (assertion: string, nowMs = NOW_MS, keys = certs(FIRST).keys) =>
  readAssertion(assertion, TEAM, keys, nowMs);

describe("an assertion", () => {
  test("of a person, or of a service token, says who it is", async () => {
    expect(await read(sign(CLAIMS))).toEqual({
      kind: "person",
      sub: "p-1",
      email: "Ada@example.org",
    });
    expect(await read(sign({ ...CLAIMS, aud: "tag-2" }))).toMatchObject({ kind: "person" });
    expect(await read(sign(SERVICE))).toEqual({ kind: "service", clientId: "abc.access" });
  });

  test.each<[string, object]>([
    ["another issuer", { iss: "https://other.cloudflareaccess.com" }],
    ["another audience", { aud: ["tag-3"] }],
    ["no audience", { aud: undefined }],
    ["a session of the team, not of an application", { type: "org" }],
    ["no time at which it ends", { exp: undefined }],
    ["a time in words", { exp: "2099" }],
    ["no person", { sub: "" }],
    ["no address", { email: undefined }],
    ["an address that is none", { email: "ada" }],
    ["both a person and a service token", { sub: "", common_name: "abc.access" }],
  ])("with %s counts for nothing", async (_, changes) => {
    expect(await read(sign({ ...CLAIMS, ...changes }))).toBeNull();
  });

  test("counts from its beginning to its end, with a minute for clocks that differ", async () => {
    const assertion = sign({ ...CLAIMS, nbf: NOW_S, exp: NOW_S + 60 });
    const at = async (seconds: number) =>
      (await read(assertion, NOW_MS + seconds * 1_000)) !== null;
    expect(await at(-61)).toBe(false);
    expect(await at(-59)).toBe(true);
    expect(await at(60)).toBe(true);
    expect(await at(119)).toBe(true);
    expect(await at(120)).toBe(false);
  });

  test("counts only with the team's signature over all of it", async () => {
    const good = sign(CLAIMS);
    const [head = "", body = "", signature = ""] = good.split(".");
    const hmac = `${encoded({ alg: "HS256", kid: "k1" })}.${body}`;
    for (const forged of [
      sign(CLAIMS, FOREIGN),
      sign(CLAIMS, { ...FOREIGN, kid: "k9" }),
      `${head}.${encoded({ ...CLAIMS, email: "eve@example.org" })}.${signature}`,
      `${encoded({ alg: "none", kid: "k1" })}.${body}.`,
      `${hmac}.${signature}`,
      `${encoded({ alg: "RS512", kid: "k1" })}.${body}.${signature}`,
      `${head}.${body}.`,
      `${head}.${body}`,
      `${good}.more`,
      `${head}.%%.${signature}`,
      "",
      "a.b.c",
      "x".repeat(20_000),
    ]) {
      expect(await read(forged), forged.slice(0, 80)).toBeNull();
    }
  });
});

/** What may be wrong with an assertion, and right: null leaves it out. */
const VARIANTS = {
  alg: { good: ["RS256"], bad: ["none", "None", "", "HS256", "RS512", "PS256", "ES256", null, 1] },
  kid: { good: ["k1"], bad: ["k2", "", null, 1, ["k1"], "__proto__", "../k1"] },
  iss: {
    good: [ISSUER],
    bad: [`${ISSUER}/`, ISSUER.toUpperCase(), "https://other.cloudflareaccess.com", null, [ISSUER]],
  },
  aud: {
    good: [["tag-1"], "tag-2", ["x", "tag-2"]],
    bad: [[], ["tag"], "tag-1,tag-2", [["tag-1"]], { 0: "tag-1" }, null, "", [null]],
  },
  type: { good: ["app"], bad: ["org", null, ["app"]] },
  exp: {
    good: [NOW_S + 1, NOW_S - 59, NOW_S + 1e9],
    bad: [NOW_S - 60, 0, -1, null, String(NOW_S + 60), [NOW_S + 60]],
  },
  nbf: { good: [NOW_S, null, NOW_S + 60], bad: [NOW_S + 61, NOW_S + 1e9, "0", [0]] },
  email: {
    good: ["ada@example.org"],
    bad: ["", "ada", "a b@c", null, ["ada@example.org"], { toString: "ada@example.org" }],
  },
  sub: { good: ["p-1"], bad: ["", null, 1, ["p-1"]] },
  signature: { good: ["own"], bad: ["none", "foreign", "hmac", "moved", "truncated"] },
} as const satisfies Record<string, { good: readonly unknown[]; bad: readonly unknown[] }>;
type Part = keyof typeof VARIANTS;
const PARTS = Object.keys(VARIANTS) as Part[];

/** One value for each part, of which few are bad, and whether all are good. */
const forgeries = fc
  .record(
    Object.fromEntries(
      PARTS.map((part) => {
        const { good, bad } = VARIANTS[part];
        const of = (values: readonly unknown[], isGood: boolean) =>
          fc.constantFrom(...values).map((value) => ({ value, isGood }));
        return [part, fc.oneof({ weight: 12, arbitrary: of(good, true) }, of(bad, false))];
      }),
    ),
  )
  .map((parts) => ({
    values: Object.fromEntries(Object.entries(parts).map(([part, { value }]) => [part, value])),
    isGood: Object.values(parts).every(({ isGood }) => isGood),
  }));

/** An assertion with these values, signed as `signature` says. */
function forge({ alg, kid, signature, ...claims }: Readonly<Record<string, unknown>>): string {
  const present = (values: object) =>
    Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
  const text = `${encoded(present({ alg, kid }))}.${encoded(present(claims))}`;
  const byKey = (key: SigningKey, over = text) =>
    createSign("RSA-SHA256").update(over).sign(key.privateKey, "base64url");
  const signed: Readonly<Record<string, () => string>> = {
    own: () => byKey(FIRST),
    none: () => "",
    foreign: () => byKey(FOREIGN),
    // With the team's public key as the secret, as an HS256 library would that trusts `alg`.
    hmac: () =>
      createHmac("sha256", FIRST.publicKey.export({ format: "pem", type: "spki" }))
        .update(text)
        .digest("base64url"),
    moved: () => byKey(FIRST, `${text}x`),
    truncated: () => byKey(FIRST).slice(0, -4),
  };
  return `${text}.${signed[String(signature)]?.() ?? ""}`;
}

test("of generated assertions, those count in which everything is right", async () => {
  const { keys } = certs(FIRST);
  let accepted = 0;
  await fc.assert(
    fc.asyncProperty(forgeries, async ({ values, isGood }) => {
      const identity = await read(forge(values), NOW_MS, keys);
      if (isGood) accepted += 1;
      expect(identity !== null).toBe(isGood);
    }),
    { numRuns: 500 },
  );
  expect(accepted).toBeGreaterThan(20);
});

describe("the team's keys", () => {
  test("are read once, and again for a key that is new", async () => {
    const team = certs(FIRST);
    const at = (key: SigningKey, ms: number) =>
      read(sign({ ...CLAIMS, exp: NOW_S + 99_999 }, key), NOW_MS + ms, team.keys);
    expect(await at(FIRST, 0)).not.toBeNull();
    expect(await at(FIRST, 1_000)).not.toBeNull();
    expect(team.reads).toEqual([`${ISSUER}/cdn-cgi/access/certs`]);
    team.rotate(SECOND, FIRST);
    // An invented key is no reason to read every time.
    expect(await at(SECOND, 2_000)).toBeNull();
    expect(team.reads).toHaveLength(1);
    expect(await at(SECOND, 31_000)).not.toBeNull();
    expect(await at(FIRST, 32_000)).not.toBeNull();
    expect(team.reads).toHaveLength(2);
    // One that was withdrawn ends within an hour.
    team.rotate(SECOND);
    expect(await at(FIRST, 60_000)).not.toBeNull();
    expect(await at(FIRST, 31_000 + 3_600_000)).toBeNull();
    expect(await at(SECOND, 32_000 + 3_600_000)).not.toBeNull();
  });

  test("stay in use while they can't be read", async () => {
    const logged = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const team = certs(FIRST);
    const at = (key: SigningKey, ms: number) =>
      read(sign({ ...CLAIMS, exp: NOW_S + 99_999 }, key), NOW_MS + ms, team.keys);
    expect(await at(FIRST, 0)).not.toBeNull();
    team.fail();
    expect(await at(FIRST, 2 * 3_600_000)).not.toBeNull();
    expect(await at(SECOND, 2 * 3_600_000 + 31_000)).toBeNull();
    expect(logged).toHaveBeenCalledTimes(2);
    logged.mockRestore();
  });

  test("are read once for many requests that a new isolate gets at the same time", async () => {
    const answered = Promise.withResolvers<void>();
    let reads = 0;
    const published = { ...FIRST.publicKey.export({ format: "jwk" }), kid: FIRST.kid };
    const keys = new AccessKeys(ISSUER, (async () => {
      reads += 1;
      await answered.promise;
      return Response.json({ keys: [published] });
    }) as typeof fetch);
    const asked = Array.from({ length: 40 }, () => read(sign(CLAIMS), NOW_MS, keys));
    answered.resolve();
    expect((await Promise.all(asked)).every((identity) => identity !== null)).toBe(true);
    expect(reads).toBe(1);
  });

  test("are read again if the request that read them has ended with its client", async () => {
    let reads = 0;
    const published = { ...FIRST.publicKey.export({ format: "jwk" }), kid: FIRST.kid };
    const keys = new AccessKeys(ISSUER, (async () => {
      reads += 1;
      if (reads === 1) await new Promise(() => undefined);
      return Response.json({ keys: [published] });
    }) as typeof fetch);
    void read(sign(CLAIMS), NOW_MS, keys);
    expect(await read(sign(CLAIMS), NOW_MS + 10_000, keys)).not.toBeNull();
    expect(reads).toBe(2);
  });

  test.each<[string, () => Response]>([
    ["are none", () => Response.json({ keys: {} })],
    ["are not JSON", () => new Response("<html>")],
    ["come with an error", () => Response.json({ keys: [] }, { status: 503 })],
    ["lie elsewhere", () => Response.redirect("https://evil.example/certs", 302)],
    [
      "come in a body without end",
      () => {
        const piece = new TextEncoder().encode(`{"x":"${"y".repeat(65_536)}`);
        return new Response(new ReadableStream({ pull: (to) => to.enqueue(piece) }));
      },
    ],
  ])("that %s open nothing", async (_, response) => {
    const logged = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const keys = new AccessKeys(ISSUER, (async () => response()) as typeof fetch);
    expect(await read(sign(CLAIMS), NOW_MS, keys)).toBeNull();
    expect(logged).toHaveBeenCalledOnce();
    logged.mockRestore();
  });

  test("count beside others that are damaged, or of another kind", async () => {
    const own = { ...FIRST.publicKey.export({ format: "jwk" }), kid: FIRST.kid };
    const others = [
      ...[null, 1, "k1", {}, { kid: "k1" }, { kid: "k1", kty: "EC", x: "AQ", y: "AQ" }],
      ...[
        { kid: "k3", kty: "RSA", n: "", e: "" },
        { kid: "k4", kty: "RSA", n: "%", e: "AQAB" },
      ],
      // What a secret shared with the sender would be.
      { kid: "k1", kty: "oct", k: "AQAB" },
    ];
    const keys = new AccessKeys(ISSUER, (async () =>
      Response.json({ keys: [...others, own] })) as typeof fetch);
    expect(await read(sign(CLAIMS), NOW_MS, keys)).not.toBeNull();
    expect(await read(sign(CLAIMS, { ...FOREIGN, kid: "k3" }), NOW_MS, keys)).toBeNull();
  });
});

test.each([
  ["acme", ISSUER],
  ["Acme", ISSUER],
  ["acme.cloudflareaccess.com", ISSUER],
  ["https://acme.cloudflareaccess.com/", ISSUER],
  ["http://127.0.0.1:9000", "http://127.0.0.1:9000"],
  ["http://acme.cloudflareaccess.com", undefined],
  ["not a team", undefined],
  ["", undefined],
])("the team %j is at %j", (team, issuer) => {
  expect(accessTeam({ ACCESS_TEAM: team, ACCESS_AUD: "tag" })?.issuer).toBe(issuer);
  expect(accessTeam({ ACCESS_TEAM: team, ACCESS_AUD: " , " })).toBeNull();
});

describe("the admin API", () => {
  const team = certs(FIRST);
  const env = {
    ...{ ACCESS_TEAM: "acme", ACCESS_AUD: "tag-1", AUTH_KEY: "admin" },
    ACCESS_SERVICE_TOKENS: "abc.access=admin; reader.access=viewer; *=admin",
  };
  afterEach(() => vi.unstubAllGlobals());

  const call = (method: string, headers: Readonly<Record<string, string>>) => {
    vi.stubGlobal("fetch", async () =>
      Response.json({
        keys: [{ ...FIRST.publicKey.export({ format: "jwk" }), kid: FIRST.kid }],
      }),
    );
    const request = { method, headers: new Headers(headers) };
    return apiCaller(request, env, NO_STORE, NOW_MS).then(
      ({ actor: { id } }) => id,
      (error: Error) => error.name,
    );
  };
  const by = (claims: object) => ({ "cf-access-jwt-assertion": sign(claims) });

  test("lets service tokens do what their role allows, and persons nothing", async () => {
    expect(team.reads).toEqual([]);
    const reader = { ...SERVICE, common_name: "reader.access" };
    expect(await call("DELETE", by(SERVICE))).toBe("access:abc.access");
    expect(await call("GET", by(reader))).toBe("access:reader.access");
    expect(await call("POST", by(reader))).toBe("ReadOnlyError");
    for (const other of ["other.access", "*"]) {
      expect(await call("GET", by({ ...SERVICE, common_name: other }))).toBe("NotAdminError");
    }
    expect(await call("GET", by(CLAIMS))).toBe("NotAdminError");
    expect(await call("GET", {})).toBe("NotAdminError");
  });

  test("believes the token that the caller sends itself before it", async () => {
    expect(await call("GET", { ...by(SERVICE), authorization: "Bearer wrong" })).toBe(
      "NotAdminError",
    );
    expect(await call("GET", { ...by(SERVICE), "x-api-key": "admin" })).toMatch(/^env_/);
  });

  test("gives tokens the roles that are named, and no other", () => {
    expect(serviceRole({ ACCESS_SERVICE_TOKENS: "a=admin;b=nonsense" }, "a")).toBe("admin");
    expect(serviceRole({ ACCESS_SERVICE_TOKENS: "a=admin;b=nonsense" }, "b")).toBeNull();
    expect(serviceRole({}, "a")).toBeNull();
  });
});

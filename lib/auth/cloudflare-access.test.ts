import { createSign, generateKeyPairSync, type KeyObject } from "node:crypto";
import { afterEach, describe, expect, test, vi } from "vitest";
import { AccessKeys } from "./access-keys";
import { accessTeam, readAssertion, serviceRole } from "./cloudflare-access";
import { apiCaller } from "./require-admin";

const ISSUER = "https://acme.cloudflareaccess.com";
const TEAM = { issuer: ISSUER, audiences: ["tag-1", "tag-2"] };
const NOW_MS = Date.UTC(2026, 10, 30, 12);
const NOW_S = NOW_MS / 1_000;

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
    return apiCaller(request, env, NOW_MS).then(
      ({ id }) => id,
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

import { afterEach, expect, test, vi } from "vitest";
import { openSealed } from "../crypto/seal";
import { warmUp } from "./warm-up";
import { SAMPLE_KEY, SECRET } from "./warm-up-database";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** What workerd forbids while an isolate starts. */
function forbidWhatNeedsARequest(): void {
  const forbidden = (): never => {
    throw new Error("Disallowed operation called within global scope");
  };
  vi.stubGlobal("fetch", forbidden);
  vi.stubGlobal("setTimeout", forbidden);
  vi.stubGlobal("setInterval", forbidden);
  vi.spyOn(crypto, "getRandomValues").mockImplementation(forbidden);
  vi.spyOn(crypto, "randomUUID").mockImplementation(forbidden);
  class StartingResponse extends Response {
    constructor(body?: BodyInit | null, init?: ResponseInit) {
      super(body, init);
      if (body !== null && body !== undefined) forbidden();
    }
  }
  class StartingRequest extends Request {
    constructor(input: RequestInfo | URL, init?: RequestInit) {
      super(input, init);
      if (init?.body !== undefined) forbidden();
    }
  }
  vi.stubGlobal("Response", StartingResponse);
  vi.stubGlobal("Request", StartingRequest);
}

test("a request is answered with what an isolate may do while it starts, and says nothing", async () => {
  const said = [vi.spyOn(console, "warn"), vi.spyOn(console, "error")];
  forbidWhatNeedsARequest();
  const { Response: known } = globalThis;
  expect(await warmUp()).toBe(true);
  expect(globalThis.Response).toBe(known);
  for (const each of said) expect(each).not.toHaveBeenCalled();
});

test("where it fails, it says so and takes nothing with it", async () => {
  const said = vi.spyOn(console, "warn").mockImplementation(() => {});
  vi.stubGlobal(
    "URL",
    class {
      constructor() {
        throw new Error("no addresses");
      }
    },
  );
  const { Response: known } = globalThis;
  expect(await warmUp()).toBe(false);
  expect(globalThis.Response).toBe(known);
  expect(said).toHaveBeenCalledOnce();
});

test("its key belongs to no one, and opens", async () => {
  const secrets = { current: SECRET, previous: null };
  expect(await openSealed(SAMPLE_KEY.sealed, secrets, SAMPLE_KEY)).toBe("sk-fake-warm-up");
});

import { describe, expect, test } from "vitest";
import { judgeAnswer } from "./answers/judge-answer";
import { type CustomProviderOptions, customProvider } from "./custom-provider";
import { findModel } from "./find-model";
import { ProviderPathError } from "./provider-path-error";
import type { OutgoingRequest } from "./types";

const OPENAI: CustomProviderOptions = {
  slug: "acme",
  label: "Acme",
  baseUrl: "https://llm.acme.example.com/v1",
  keyHeader: "authorization",
  keyPrefix: "Bearer ",
  protocol: "openai",
};
const ANTHROPIC: CustomProviderOptions = {
  ...OPENAI,
  baseUrl: "https://llm.acme.example.com/claude",
  keyHeader: "x-acme-key",
  keyPrefix: "",
  protocol: "anthropic",
};
const GOOGLE: CustomProviderOptions = {
  ...ANTHROPIC,
  baseUrl: "https://llm.acme.example.com",
  protocol: "google",
};

const make = (options: CustomProviderOptions) => customProvider(options, false);

function headersWithKey(options: CustomProviderOptions): Record<string, string> {
  const provider = make(options);
  const request: OutgoingRequest = {
    url: new URL(provider.directUrl("chat/completions")),
    headers: new Headers(),
    route: "direct",
  };
  provider.placeKey(request, "fake-key");
  return Object.fromEntries(request.headers);
}

describe("a custom provider", () => {
  test.each([
    [OPENAI, "chat/completions", "https://llm.acme.example.com/v1/chat/completions"],
    [OPENAI, "v1/chat/completions", "https://llm.acme.example.com/v1/chat/completions"],
    [ANTHROPIC, "v1/messages", "https://llm.acme.example.com/claude/v1/messages"],
    [ANTHROPIC, "messages", "https://llm.acme.example.com/claude/v1/messages"],
    [
      { ...ANTHROPIC, baseUrl: "https://llm.acme.example.com/v1" },
      "v1/messages",
      "https://llm.acme.example.com/v1/messages",
    ],
    [
      GOOGLE,
      "v1beta/models/gemini-x:generateContent",
      "https://llm.acme.example.com/v1beta/models/gemini-x:generateContent",
    ],
    [GOOGLE, "chat/completions", "https://llm.acme.example.com/v1beta/openai/chat/completions"],
  ])("leads paths below its address as its protocol's SDK does", (options, path, url) => {
    expect(make(options).directUrl(path)).toBe(url);
  });

  test("places the key in the header that was set, behind the prefix", () => {
    expect(headersWithKey(OPENAI)).toEqual({ authorization: "Bearer fake-key" });
    expect(headersWithKey(ANTHROPIC)).toEqual({
      "x-acme-key": "fake-key",
      "anthropic-version": "2023-06-01",
    });
    expect(headersWithKey(GOOGLE)).toEqual({ "x-acme-key": "fake-key" });
  });

  test("finds the model where its protocol names it", () => {
    const inBody = {
      isSocket: false,
      queryParameter: () => null,
      bodyFields: () => "m1",
    };
    expect(findModel(make(OPENAI), { path: "chat/completions", ...inBody })).toBe("m1");
    expect(findModel(make(ANTHROPIC), { path: "v1/messages", ...inBody })).toBe("m1");
    const path = "v1beta/models/gemini-x:generateContent";
    expect(findModel(make(GOOGLE), { path, ...inBody })).toBe("gemini-x");
  });

  test.each([
    [OPENAI, 401, { error: { message: "Incorrect API key", code: "invalid_api_key" } }],
    [
      ANTHROPIC,
      401,
      { type: "error", error: { type: "authentication_error", message: "invalid x-api-key" } },
    ],
    [
      GOOGLE,
      400,
      {
        error: {
          code: 400,
          message: "API key not valid. Please pass a valid API key.",
          status: "INVALID_ARGUMENT",
          details: [
            { "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason: "API_KEY_INVALID" },
          ],
        },
      },
    ],
  ])("reads its protocol's errors", (options, status, body) => {
    const text = JSON.stringify(body);
    const provider = make(options);
    const answer = { provider, status, headers: new Headers(), text, nowMs: 0 };
    expect(judgeAnswer(answer).meaning).toBe("key_invalid");
  });

  test("is the team's own: its slug, its name, unknown to AI Gateway's compat", () => {
    for (const options of [OPENAI, ANTHROPIC, GOOGLE]) {
      expect(make(options)).toMatchObject({
        slug: "acme",
        label: "Acme",
        compatSlug: null,
        keyPattern: null,
        webSocket: null,
        errorFormat: options.protocol,
      });
    }
  });

  test("with an address that is no longer allowed leads nowhere", () => {
    const local = { ...OPENAI, baseUrl: "http://127.0.0.1:11434/v1" };
    expect(() => customProvider(local, false).directUrl("models")).toThrow(ProviderPathError);
    expect(customProvider(local, true).directUrl("models")).toBe(
      "http://127.0.0.1:11434/v1/models",
    );
  });
});

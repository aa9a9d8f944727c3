/** Speech is billed by characters, and only the response's headers say how many. */
import { describe, expect, test } from "vitest";
import { loadPriceBook } from "../../lib/usage/price.ts";
import { scriptedProxy } from "../doors/scripted-proxy.ts";

const book = await loadPriceBook();

interface Case {
  readonly provider: string;
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly characters: number;
  readonly costUsd: number | null;
}

const CASES: readonly Case[] = [
  {
    provider: "elevenlabs",
    path: "v1/text-to-speech/voice1234567890",
    body: { text: "Hello", model_id: "eleven_multilingual_v2" },
    headers: { "character-cost": "5" },
    characters: 5,
    costUsd: 0.0005,
  },
  {
    provider: "deepgram",
    path: "v1/speak?model=aura-2-thalia-en",
    body: { text: "Hello there" },
    headers: { "dg-char-count": "11", "dg-model-name": "aura-2-thalia-en" },
    characters: 11,
    costUsd: 0.00033,
  },
];

describe.each(CASES.map((each) => [each.provider, each] as const))("%s", (_, each) => {
  const { provider, path, body, headers, characters, costUsd } = each;

  async function speak(told: Readonly<Record<string, string>>) {
    const proxy = scriptedProxy({
      keys: { [provider]: ["k1"] },
      upstream: () =>
        new Response(new Uint8Array([1, 2, 3]), {
          headers: { "content-type": "audio/mpeg", ...told },
        }),
    });
    const response = await proxy.fetch(`/api/${provider}/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(new Uint8Array([1, 2, 3]));
    await proxy.clock.advance(1);
    return proxy.usage.events[0];
  }

  test("characters are counted as they are charged, and priced", async () => {
    const event = await speak(headers);
    expect(event?.usage).toMatchObject({
      units: { characters },
      inputTokens: null,
      outputTokens: null,
      isEstimate: false,
    });
    if (event?.usage == null) throw new Error("no usage");
    const cost = book.cost(provider, event.model, event.usage, event.atMs);
    expect(cost?.nanoUsd).toBe(costUsd === null ? undefined : Math.round(costUsd * 1e9));
    expect(cost?.basis).toMatchObject({ source: "list", units: { characters } });
  });

  test.each(["", "0", "-1", "many", "1e9", "9".repeat(30)])(
    "%j characters are none",
    async (text) => {
      const [name = ""] = Object.keys(headers);
      expect((await speak({ [name]: text }))?.usage).toBeNull();
    },
  );
});

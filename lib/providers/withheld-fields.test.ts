import { expect, test } from "vitest";
import { providers } from "./registry";
import type { Route } from "./types";

const KEY = "placed-key";

/** Where the placing of a key leaves its mark: headers and query parameters. */
function placesOf(slug: string, route: Route, isSocket: boolean): readonly string[] {
  const provider = providers.find((each) => each.slug === slug);
  const place = isSocket ? provider?.webSocket?.placeKey : provider?.placeKey;
  const request = { url: new URL("https://upstream.example/v1/x"), headers: new Headers(), route };
  place?.call(provider, request, KEY);
  const isMarked = ([, value]: [string, string]) => value.includes(KEY);
  return [...request.headers, ...request.url.searchParams]
    .filter(isMarked)
    .map(([name]) => name)
    .filter((name) => name !== "sec-websocket-protocol");
}

test.each(providers.map(({ slug }) => slug))("%s names every place its key is put in", (slug) => {
  const credentials = providers.find((each) => each.slug === slug)?.withholds.credentials;
  const named = [...(credentials?.headers ?? []), ...(credentials?.query ?? [])];
  const routes = ["direct", "gateway"] as const;
  const places = routes.flatMap((route) => [
    ...placesOf(slug, route, false),
    ...placesOf(slug, route, true),
  ]);
  expect(places.length).toBeGreaterThan(0);
  expect(named).toEqual(expect.arrayContaining([...new Set(places)]));
});

test("names are written as they are compared: lower case", () => {
  for (const { withholds } of providers) {
    for (const { headers = [], query = [], subprotocols = [] } of Object.values(withholds)) {
      for (const name of [...headers, ...query, ...subprotocols]) {
        expect(name).toBe(name.toLowerCase());
      }
    }
  }
});

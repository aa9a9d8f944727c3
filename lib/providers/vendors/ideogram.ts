/**
 * Ideogram. Facts are from developer.ideogram.ai and AI Gateway's page on Ideogram.
 * @module
 */
import { basePath } from "../base-path";
import { inHeader } from "../place-key";
import { PROVIDER_DEFAULTS } from "../provider-defaults";
import type { Provider } from "../types";

export const ideogram: Provider = {
  ...PROVIDER_DEFAULTS,
  slug: "ideogram",
  label: "Ideogram",
  ...basePath({ base: "https://api.ideogram.ai", prefixes: [] }),
  placeKey: inHeader("api-key"),
  withholds: { credentials: { headers: ["api-key"] }, accounts: {} },
  model: { path: /^(?:v\d+\/)?(ideogram-[^/]+)\//, body: ["model"] },
};

import { buildIfChanged } from "../../scripts/build.ts";

/** The production build, before any test file starts a server on it. */
export default async function buildOnce(): Promise<void> {
  await buildIfChanged();
}

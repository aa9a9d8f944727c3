import { getCustomProvider, listCustomProviders } from "../../db/keys/custom-providers";
import { customProvider } from "../../providers/custom-provider";
import { findProvider, providersWith } from "../../providers/registry";
import type { Provider } from "../../providers/types";
import type { ManageContext } from "../manage-context";
import { ManageError } from "../manage-error";

/** A provider by its slug, built-in or custom. @throws {ManageError} `invalid_input` if there is none. */
export async function knownProvider(context: ManageContext, slug: string): Promise<Provider> {
  const provider = (await ownProvider(context, slug)) ?? findProvider(slug);
  if (provider) return provider;
  const known = (await allProviders(context)).map((each) => each.slug).join(", ");
  throw new ManageError("invalid_input", `unknown provider; known are ${known}`);
}

/** @throws {ManageError} `invalid_input` if one of them is unknown. */
export async function knownProviders(
  context: ManageContext,
  slugs: readonly string[],
): Promise<readonly Provider[]> {
  return Promise.all(slugs.map((slug) => knownProvider(context, slug)));
}

/** The built-in ones, then the custom ones, which replace a built-in one with the same slug; each sorted by slug. */
export async function allProviders({
  db,
  allowPrivateUpstreams = false,
}: ManageContext): Promise<readonly Provider[]> {
  const rows = await listCustomProviders(db);
  return providersWith(rows.map((row) => customProvider(row, allowPrivateUpstreams)));
}

/** The names of all providers, by slug. */
export async function providerNames(
  context: ManageContext,
): Promise<Readonly<Record<string, string>>> {
  const all = await allProviders(context);
  return Object.fromEntries(all.map(({ slug, label }) => [slug, label]));
}

async function ownProvider(
  { db, allowPrivateUpstreams = false }: ManageContext,
  slug: string,
): Promise<Provider | undefined> {
  const row = await getCustomProvider(db, slug);
  return row && customProvider(row, allowPrivateUpstreams);
}

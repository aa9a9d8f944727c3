import { maskKey } from "../../crypto/mask-key";
import { findFingerprints } from "../../db/keys/provider-keys";
import { providerByHint, providerByShape } from "../../providers/provider-hint";
import type { ManageContext } from "../manage-context";
import { ManageError } from "../manage-error";
import { fingerprintsOf } from "./fingerprints-of";
import { allProviders, knownProvider } from "./known-provider";
import type { PreviewProviderKeysInput } from "./provider-key-schemas";
import { type KeyTextProblem, readKeyText } from "./read-key-text";

/**
 * `new`: will be added; `odd`: may be added, but doesn't look like this provider's key; `known`: already in the pool;
 * `unclear`: unknown provider; `rejected`: can't be a key.
 */
export type PreviewState = "new" | "odd" | "known" | "unclear" | "rejected";

export interface PreviewedKey {
  readonly state: PreviewState;
  /** Masked; empty if it can't be a key. */
  readonly masked: string;
  /** Slug of the provider to which it would be added; null if `unclear` or `rejected`. */
  readonly provider: string | null;
  /** Slug of the provider whose keys look like an `odd` one; null if there is none. */
  readonly looksLike: string | null;
  /** Why it is `rejected`, otherwise null. */
  readonly problem: KeyTextProblem | null;
}

/**
 * Reports for each key what adding it would do, in the given order, without adding or decrypting any. A name next to a
 * key takes precedence over the call's provider.
 *
 * @throws {ManageError} `invalid_input` for an unknown provider; `not_configured` without `KEY_ENCRYPTION_SECRET`.
 */
export async function previewProviderKeys(
  context: ManageContext,
  input: PreviewProviderKeysInput,
): Promise<readonly PreviewedKey[]> {
  const { db, secrets } = context;
  if (secrets === null) throw new ManageError("not_configured", "KEY_ENCRYPTION_SECRET is not set");
  const chosen = input.provider === null ? undefined : await knownProvider(context, input.provider);
  const providers = await allProviders(context);
  const read = input.keys.map(({ text, hint }) => {
    const result = readKeyText(text);
    if ("problem" in result) return { problem: result.code };
    const named = hint === null ? undefined : providerByHint(hint, providers);
    const provider = named ?? chosen ?? providerByShape(result.text, providers);
    return { text: result.text, provider };
  });

  const prints = await Promise.all(
    read.map((key) =>
      "problem" in key || key.provider === undefined
        ? []
        : fingerprintsOf(key.provider.slug, key.text, secrets),
    ),
  );
  const known = new Map<string, ReadonlySet<string>>();
  for (const slug of new Set(read.flatMap((key) => key.provider?.slug ?? []))) {
    const own = prints.filter((_, index) => read[index]?.provider?.slug === slug).flat();
    known.set(slug, await findFingerprints(db, slug, own));
  }
  return read.map((key, index) => {
    if ("problem" in key) return previewOf("rejected", "", { problem: key.problem });
    const { text, provider } = key;
    const masked = maskKey(text);
    if (provider === undefined) return previewOf("unclear", masked);
    const { slug } = provider;
    if (prints[index]?.some((print) => known.get(slug)?.has(print))) {
      return previewOf("known", masked, { provider: slug });
    }
    if (provider.keyPattern === null || provider.keyPattern.test(text)) {
      return previewOf("new", masked, { provider: slug });
    }
    const looksLike = providerByShape(text, providers)?.slug ?? null;
    return previewOf("odd", masked, { provider: slug, looksLike });
  });
}

function previewOf(
  state: PreviewState,
  masked: string,
  more: Partial<PreviewedKey> = {},
): PreviewedKey {
  return { state, masked, provider: null, looksLike: null, problem: null, ...more };
}

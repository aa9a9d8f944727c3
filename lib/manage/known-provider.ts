import { findProvider, providers } from "../providers/registry";
import type { Provider } from "../providers/types";
import { ManageError } from "./manage-error";

/** @throws {ManageError} `invalid_input` if there is no such provider. */
export function knownProvider(slug: string): Provider {
  const provider = findProvider(slug);
  if (provider) return provider;
  const known = providers.map((each) => each.slug).join(", ");
  throw new ManageError("invalid_input", `unknown provider; known are ${known}`);
}

/** Thrown if a client's path can't be turned into a provider's URL. The message says what to write instead. */
export class ProviderPathError extends Error {
  override readonly name = "ProviderPathError";
}

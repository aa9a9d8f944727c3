import { openSealed, SealError, type SealedPlace, type SealingSecrets, sealKey } from "./seal";

/** The same text, sealed under another secret. Null if it can't be opened. */
export async function sealedAgain(
  sealed: string,
  from: SealingSecrets,
  to: string,
  place: SealedPlace,
): Promise<string | null> {
  try {
    return await sealKey(await openSealed(sealed, from, place), to, place);
  } catch (error) {
    if (error instanceof SealError) return null;
    throw error;
  }
}

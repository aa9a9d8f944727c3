/** An address that a service may vouch for. */
export const ADDRESS = /^[^\s@]{1,64}@[^\s@]{1,189}$/;

/**
 * The account for an address as typed, or as a service says it. Only ASCII letters are folded: in Unicode other letters
 * have the same lower case (the Kelvin sign and `k`), and one person's address would become another's.
 */
export function accountOf(email: string): string {
  return email.trim().replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

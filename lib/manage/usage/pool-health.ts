/** What a pool's counts mean: whether it can serve now, later, or only after a person acts. */
export type PoolHealth =
  /** No key can serve, and none will by itself. */
  | "dead"
  /** No key is ready now; some will be. */
  | "resting"
  /** It serves, but some keys are blocked and need a person. */
  | "impaired"
  | "serving"
  /** Every key is disabled, as a person wanted. */
  | "off";

interface Counts {
  readonly ready: number;
  readonly cooling: number;
  readonly blocked: number;
}

export function poolHealth({ ready, cooling, blocked }: Counts): PoolHealth {
  if (ready === 0 && cooling === 0) return blocked === 0 ? "off" : "dead";
  if (ready === 0) return "resting";
  return blocked > 0 ? "impaired" : "serving";
}

const ORDER: readonly PoolHealth[] = ["dead", "resting", "impaired", "serving", "off"];

/** The worst first, then by name. */
export function comparePools(
  a: { readonly health: PoolHealth; readonly label: string },
  b: { readonly health: PoolHealth; readonly label: string },
): number {
  return ORDER.indexOf(a.health) - ORDER.indexOf(b.health) || a.label.localeCompare(b.label, "en");
}

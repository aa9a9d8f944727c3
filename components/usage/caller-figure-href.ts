import { requestsHref } from "@/components/requests/requests-href";
import type { CallerFigure } from "@/lib/usage/figures/figure-order";

/** The requests of a caller's figure since its day began. */
export function callerFigureHref(
  name: CallerFigure,
  of: { readonly token: string } | { readonly user: string },
  sinceMs: number,
): `/requests?${string}` | null {
  if (name === "requests") return requestsHref({ ...of, sinceMs });
  return name === "limited" ? requestsHref({ ...of, sinceMs, outcome: "limited" }) : null;
}

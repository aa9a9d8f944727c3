import { cn } from "@/lib/utils";

/** No one reads more. */
const SHOWN_MAX = 100;

/** What was left out of a pasted text, one line each with its reason; of a long list, the first. */
export function ReasonList({
  reasons,
  truncated,
  className,
}: {
  readonly reasons: readonly string[];
  /** Says how many are listed, if not all are. */
  readonly truncated: (count: number) => string;
  readonly className?: string;
}) {
  return (
    <>
      <ul className={cn("max-h-48 list-inside list-disc overflow-auto", className)}>
        {reasons.slice(0, SHOWN_MAX).map((reason, index) => (
          // An entry may be left out twice, and the list only ever changes as a whole.
          // biome-ignore lint/suspicious/noArrayIndexKey: as above.
          <li key={index}>{reason}</li>
        ))}
      </ul>
      {reasons.length > SHOWN_MAX && <p className={className}>{truncated(SHOWN_MAX)}</p>}
    </>
  );
}

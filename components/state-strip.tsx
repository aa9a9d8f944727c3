import { useTranslations } from "next-intl";
import { type KeyState, keyStateLooks, keyStates } from "@/components/key-state";
import { cn } from "@/lib/utils";

export type StateCounts = Readonly<Record<KeyState, number>>;

/** Keys by state as one bar; also as a sentence, for screen readers and on hover. */
export function StateStrip({
  counts,
  className,
}: {
  readonly counts: StateCounts;
  readonly className?: string;
}) {
  const t = useTranslations("common");
  const present = keyStates.filter((state) => counts[state] > 0);
  const label =
    present.length === 0
      ? t("noKeys")
      : present.map((state) => t(`stateCount.${state}`, { count: counts[state] })).join(", ");
  return (
    <div
      role="img"
      aria-label={label}
      title={label}
      data-slot="state-strip"
      className={cn(
        "flex h-2 w-full min-w-16 gap-px overflow-hidden rounded-full bg-muted",
        className,
      )}
    >
      {present.map((state) => (
        <span
          key={state}
          className={cn("min-w-1", keyStateLooks[state].fill)}
          style={{ flexGrow: counts[state], flexBasis: 0 }}
        />
      ))}
    </div>
  );
}

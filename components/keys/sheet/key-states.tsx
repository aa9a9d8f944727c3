import { useTranslations } from "next-intl";
import { keyStateLooks, keyStates } from "@/components/key-state";
import { type StateCounts, StateStrip } from "@/components/state-strip";
import { cn } from "@/lib/utils";

/** A provider's keys by state: the strip, and its figures below. */
export function KeyStates({ counts }: { readonly counts: StateCounts }) {
  const t = useTranslations("common");
  return (
    <div className="space-y-2">
      <StateStrip counts={counts} />
      <ul className="flex flex-wrap gap-x-5 gap-y-1 text-xs">
        {keyStates.map((state) => {
          const { icon: Icon, text } = keyStateLooks[state];
          return (
            <li key={state} data-figure className="text-muted-foreground flex items-center gap-1.5">
              <Icon aria-hidden className={cn("size-3.5", text)} />
              {t(`stateCount.${state}`, { count: counts[state] })}
            </li>
          );
        })}
      </ul>
    </div>
  );
}

import { getFormatter, getTimeZone, getTranslations } from "next-intl/server";
import { actionLabel } from "@/components/audit/action-label";
import { Link } from "@/components/link";
import { requestsHref } from "@/components/requests/requests-href";
import { Collapsible, CollapsibleContent, CollapsibleTrigger } from "@/components/ui/collapsible";
import type { Mark } from "@/lib/manage/audit/list-marks";
import type { ChartMark } from "./chart-data";
import { MARK_COLORS } from "./series-colors";

/** The marks as charts have them. */
export async function markLabels(marks: readonly Mark[]): Promise<readonly ChartMark[]> {
  const [t, audit] = await Promise.all([getTranslations("usage.marks"), getTranslations("audit")]);
  return marks.map((mark) => ({
    kind: mark.kind,
    atMs: mark.atMs,
    label: labelOf(mark, t, audit),
  }));
}

function labelOf(
  mark: Mark,
  t: Awaited<ReturnType<typeof getTranslations<"usage.marks">>>,
  audit: Awaited<ReturnType<typeof getTranslations<"audit">>>,
): string {
  switch (mark.kind) {
    case "incident":
      return t("incident", { provider: mark.label });
    case "deployment":
      return t("deployment", { version: mark.version });
    case "change":
      return t("change", { action: actionLabel(audit, mark.action), subject: mark.subject });
  }
}

/** Requests before and after an incident are of interest too. */
const AROUND_MS = 60_000;

/** How many are visible at once. */
const SHOWN = 5;

/** What happened in a range, the latest first, each with a link to all that is known of it. */
export async function MarkList({ marks }: { readonly marks: readonly Mark[] }) {
  const [t, labels] = await Promise.all([getTranslations("usage.marks"), markLabels(marks)]);
  if (marks.length === 0) return null;
  const lines = marks.map((mark, index) => (
    <MarkLine key={mark.id} mark={mark} label={labels[index]?.label ?? ""} />
  ));
  return (
    <section aria-labelledby="marks" className="min-w-0">
      <h2 id="marks" className="mb-3 text-base font-medium">
        {t("title")}
      </h2>
      <ul className="divide-y rounded-lg border text-sm">{lines.slice(0, SHOWN)}</ul>
      {lines.length > SHOWN && (
        <Collapsible>
          <CollapsibleTrigger className="text-muted-foreground hover:text-foreground mt-2 text-sm underline-offset-4 hover:underline data-[state=open]:hidden">
            {t("more", { count: lines.length - SHOWN })}
          </CollapsibleTrigger>
          <CollapsibleContent>
            <ul className="mt-2 divide-y rounded-lg border text-sm">{lines.slice(SHOWN)}</ul>
          </CollapsibleContent>
        </Collapsible>
      )}
    </section>
  );
}

async function MarkLine({ mark, label }: { readonly mark: Mark; readonly label: string }) {
  const [t, format, timeZone] = await Promise.all([
    getTranslations("usage.marks"),
    getFormatter(),
    getTimeZone(),
  ]);
  const time = format.dateTime(mark.atMs, {
    ...{ month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" },
    hourCycle: "h23",
  });
  // As the log's filters name days.
  const day = new Intl.DateTimeFormat("en-CA", { timeZone, dateStyle: "short" }).format(mark.atMs);
  const hrefOf = () => {
    if (mark.kind === "change") {
      return `/audit?${new URLSearchParams({ action: mark.action, from: day, to: day })}`;
    }
    // A version answers all requests until the next.
    if (mark.kind === "deployment") return requestsHref({ sinceMs: mark.atMs });
    return requestsHref({
      provider: mark.provider,
      sinceMs: mark.atMs - AROUND_MS,
      untilMs: mark.untilMs === null ? undefined : mark.untilMs + AROUND_MS,
    });
  };
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2">
      <span
        aria-hidden
        className="size-2 shrink-0 rotate-45"
        style={{ backgroundColor: MARK_COLORS[mark.kind] }}
      />
      <span className="text-muted-foreground tabular-nums">{time}</span>
      <Link href={hrefOf()} prefetch={false} className="min-w-0 truncate hover:underline">
        {label}
      </Link>
      {mark.kind === "change" && (
        <span className="text-muted-foreground truncate">{mark.actor}</span>
      )}
      {mark.kind === "incident" && mark.untilMs === null && (
        <span className="text-blocked">{t("ongoing")}</span>
      )}
    </li>
  );
}

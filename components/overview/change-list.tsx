import {
  Ban,
  CircleCheck,
  CircleHelp,
  Clock,
  type LucideIcon,
  RotateCcw,
  SearchCheck,
  UserRound,
} from "lucide-react";
import { getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { Link } from "@/components/link";
import { RelativeTime } from "@/components/time/relative-time";
import { modelHref } from "@/components/usage/model-href";
import type { LabelledChange } from "@/lib/manage/usage/read-pool-overview";
import { cn } from "@/lib/utils";

const EVENT_LOOKS = {
  cooled: { icon: Clock, text: "text-cooling" },
  blocked: { icon: Ban, text: "text-blocked" },
  reset: { icon: RotateCcw, text: "text-ready" },
  checked: { icon: SearchCheck, text: "text-muted-foreground" },
  suspected: { icon: CircleHelp, text: "text-cooling" },
  cleared: { icon: CircleCheck, text: "text-ready" },
} satisfies Record<
  Exclude<LabelledChange["kind"], `provider-key.${string}`>,
  { readonly icon: LucideIcon; readonly text: string }
>;

type EventKind = keyof typeof EVENT_LOOKS;

function isEvent(kind: string): kind is EventKind {
  return kind in EVENT_LOOKS;
}

/** What happened to keys, and what people did to them, newest first. */
export async function ChangeList({ changes }: { readonly changes: readonly LabelledChange[] }) {
  const t = await getTranslations("overview.changes");
  return (
    <section aria-labelledby="changes">
      <h2 id="changes" className="mb-3 text-base font-medium">
        {t("title")}
      </h2>
      {changes.length === 0 ? (
        <p className="text-muted-foreground rounded-lg border px-4 py-6 text-center">{t("none")}</p>
      ) : (
        <ol className="divide-y rounded-lg border">
          {changes.map((change) => (
            <ChangeRow key={change.id} change={change} />
          ))}
        </ol>
      )}
    </section>
  );
}

async function ChangeRow({ change }: { readonly change: LabelledChange }) {
  const t = await getTranslations("overview.changes");
  const { kind, name, model, words, actorName, count, atMs, label, provider, keyId } = change;
  const pool = provider === null ? null : `/keys/${encodeURIComponent(provider)}`;
  const key = pool === null || keyId === null || name === null ? null : `${pool}/${keyId}`;
  const { icon: Icon, text } = isEvent(kind)
    ? EVENT_LOOKS[kind]
    : { icon: UserRound, text: "text-muted-foreground" };
  // The key's name and the model's are written alike; each leads to its page.
  const mono = (chunks: ReactNode) => {
    const isModel = String(chunks) === model;
    const href = isModel ? modelHref(model, provider ?? undefined) : key;
    return <MaybeLink href={href}>{chunks}</MaybeLink>;
  };
  const values = { name: name ?? t("goneKey"), mono, strong };
  return (
    <li className="flex items-start gap-3 px-4 py-2.5">
      <Icon aria-hidden className={cn("mt-0.5 size-4 shrink-0", text)} />
      <div className="min-w-0 flex-1">
        <p className="break-words">
          {isEvent(kind)
            ? t.rich(kind === "cooled" && hasName(model) ? "cooledFor" : kind, {
                ...values,
                model: model ?? "",
              })
            : t.rich(name === null ? "byPersonMany" : "byPerson", {
                ...values,
                actor: actorName ?? "",
                action: kind.slice("provider-key.".length).replaceAll("-", "_"),
                count,
              })}
          {label !== null && (
            <span className="text-muted-foreground">
              {" · "}
              {pool === null ? (
                label
              ) : (
                <Link href={pool} prefetch={false} className="underline underline-offset-4">
                  {label}
                </Link>
              )}
            </span>
          )}
        </p>
        {words && <p className="text-muted-foreground line-clamp-1 break-all">{words}</p>}
      </div>
      <span className="text-muted-foreground shrink-0">
        <RelativeTime ms={atMs} />
      </span>
    </li>
  );
}

function MaybeLink({
  href,
  children,
}: {
  readonly href: string | null;
  readonly children: ReactNode;
}) {
  const className = "font-mono text-[13px]";
  if (href === null) return <span className={className}>{children}</span>;
  return (
    <Link href={href} prefetch={false} className={`${className} hover:underline`}>
      {children}
    </Link>
  );
}

/** `*` means every model, and empty means calls that name none. */
function hasName(model: string | null): boolean {
  return model !== null && model !== "*" && model !== "";
}

function strong(chunks: ReactNode) {
  return <span className="font-medium">{chunks}</span>;
}

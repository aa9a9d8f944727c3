import { Plus } from "lucide-react";
import { useTranslations } from "next-intl";
import { Link } from "@/components/link";

/** Providers without keys; each links to adding some. */
export function ProvidersWithoutKeys({
  providers,
}: {
  readonly providers: readonly { readonly provider: string; readonly label: string }[];
}) {
  const t = useTranslations("keys");
  return (
    <section className="mt-8 space-y-3">
      <h2 className="text-muted-foreground text-sm font-medium">{t("overview.without")}</h2>
      <ul className="grid grid-cols-2 gap-2 sm:grid-cols-3 lg:grid-cols-4">
        {providers.map(({ provider, label }) => (
          <li key={provider}>
            <Link
              // Two dozen pages that no one has requested yet.
              prefetch={false}
              href={`/keys/add?provider=${encodeURIComponent(provider)}`}
              className="group hover:bg-accent focus-visible:ring-ring/50 flex h-10 items-center justify-between gap-2 rounded-lg border px-3 outline-none focus-visible:ring-[3px]"
            >
              <span className="truncate">{label}</span>
              <span className="text-muted-foreground group-hover:text-foreground inline-flex shrink-0 items-center gap-1 text-xs">
                <Plus aria-hidden className="size-3.5" />
                <span className="sr-only xl:not-sr-only">{t("addKeys")}</span>
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

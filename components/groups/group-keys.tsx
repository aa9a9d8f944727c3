import { getTranslations } from "next-intl/server";
import { Link } from "@/components/link";
import type { GroupProvider } from "@/lib/manage/groups/read-group";

/** How many keys of each provider serve a group; each leads to them. */
export async function GroupKeys({
  groupId,
  providers,
}: {
  readonly groupId: string;
  readonly providers: readonly GroupProvider[];
}) {
  const t = await getTranslations("groups.page");
  return (
    <ul className="divide-y rounded-lg border">
      {providers.map(({ slug, label, keys }) => (
        <li key={slug}>
          <Link
            href={`/keys/${encodeURIComponent(slug)}?group=${groupId}`}
            prefetch={false}
            className="hover:bg-accent/50 flex items-center justify-between gap-4 px-4 py-2.5"
          >
            <span className="truncate font-medium">{label}</span>
            <span className="text-muted-foreground tabular-nums">
              {t("keysOf", { count: keys })}
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}

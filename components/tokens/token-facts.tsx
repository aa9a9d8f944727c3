"use client";

import { useFormatter, useTranslations } from "next-intl";
import { CopyButton } from "@/components/copy-button";
import { Fact, FactList } from "@/components/fact-list";
import { Link } from "@/components/link";
import type { ProviderChoice } from "@/components/provider-choice";
import { QuietLink } from "@/components/quiet-link";
import { LastUse } from "@/components/time/last-use";
import { RelativeTime } from "@/components/time/relative-time";
import { useNow } from "@/components/time/use-now";
import type { GroupChoice } from "@/lib/manage/groups/list-group-choices";
import type { AccessTokenItem } from "@/lib/manage/tokens/list-access-tokens";
import type { TokenUse } from "@/lib/manage/tokens/read-token-use";
import { TokenLimits } from "./token-limits";
import { TokenScopes } from "./token-scopes";
import { tokenState } from "./token-state";
import { TokenStateBadge } from "./token-state-badge";

/** What a token may do, how much of it is used, and where it comes from. */
export function TokenFacts({
  token,
  use,
  providers,
  groups,
  isAdmin,
}: {
  readonly token: AccessTokenItem;
  readonly use: TokenUse | undefined;
  readonly providers: readonly ProviderChoice[];
  /** Those that the reader may name; if there are none, and the token has none, no line says so. */
  readonly groups: readonly GroupChoice[];
  /** Admins get links to the owner and the group. */
  readonly isAdmin: boolean;
}) {
  const t = useTranslations("tokens");
  const format = useFormatter();
  const labels = new Map(providers.map(({ slug, label }) => [slug, label]));
  const { owner, group, rotatedTo, expiresAt } = token;
  const groupName = groups.find(({ id }) => id === group)?.name ?? group;
  return (
    <section aria-labelledby="facts" className="rounded-lg border p-4">
      <h2 id="facts" className="sr-only">
        {t("page.facts")}
      </h2>
      <FactList>
        <Fact name={t("column.state")}>
          <TokenStateBadge state={tokenState(token, useNow())} expiresAt={expiresAt} />
        </Fact>
        <Fact name={t("column.limits")}>
          <TokenLimits token={token} use={use} />
        </Fact>
        <Fact name={t("column.scopes")}>
          <TokenScopes token={token} labels={labels} />
        </Fact>
        <Fact name={t("column.owner")}>
          {owner === null ? (
            t("ownerTeam")
          ) : isAdmin ? (
            <Link href={`/team/${owner.id}`} className="underline-offset-4 hover:underline">
              {owner.name}
            </Link>
          ) : (
            owner.name
          )}
        </Fact>
        {(group !== null || groups.length > 0) && (
          <Fact name={t("column.group")}>
            {group === null ? (
              t("page.noGroup")
            ) : isAdmin ? (
              <Link href={`/team/groups/${group}`} className="underline-offset-4 hover:underline">
                {groupName}
              </Link>
            ) : (
              groupName
            )}
          </Fact>
        )}
        <Fact name={t("column.lastUsed")}>
          <LastUse ms={token.lastUsedAt} />
        </Fact>
        <Fact name={t("column.expires")}>
          {expiresAt === null
            ? t("neverExpires")
            : format.dateTime(expiresAt, { dateStyle: "medium", timeStyle: "short" })}
        </Fact>
        <Fact name={t("page.created")}>
          <RelativeTime ms={token.createdAt} />
        </Fact>
        {rotatedTo !== null && (
          <Fact name={t("page.rotatedTo")}>
            <Link
              href={`/tokens/${rotatedTo}`}
              className="font-mono text-xs underline-offset-4 hover:underline"
            >
              {rotatedTo}
            </Link>
          </Fact>
        )}
        <Fact name="ID">
          <span className="flex items-start gap-1">
            <code className="min-w-0 font-mono text-xs break-all">{token.id}</code>
            <CopyButton value={token.id} />
          </span>
        </Fact>
      </FactList>
      {isAdmin && (
        <p className="mt-3 text-sm">
          <QuietLink href={`/audit?subject=${encodeURIComponent(`access-token/${token.id}`)}`}>
            {t("page.changes")}
          </QuietLink>
        </p>
      )}
    </section>
  );
}

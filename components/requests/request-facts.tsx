import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { CopyButton } from "@/components/copy-button";
import { Fact, FactList } from "@/components/fact-list";
import {
  exactUsd,
  formatDuration,
  formatExactCount,
  formatUsd,
  UNKNOWN,
} from "@/components/format";
import { Link } from "@/components/link";
import { modelHref } from "@/components/usage/model-href";
import type { RequestNames } from "@/lib/manage/usage/browse-requests";
import type { RequestStory } from "@/lib/manage/usage/find-request";
import { formatTag } from "@/lib/tags/tag-text";
import { CostFacts } from "./cost-facts";
import { type RequestsLink, requestsHref } from "./requests-href";

/** Who requested what, and what it took. */
export function RequestFacts({
  story,
  providerName,
  gatewayLogsUrl,
  isAdmin,
}: {
  readonly story: RequestStory & RequestNames;
  /** Null if no provider was requested. */
  readonly providerName: string | null;
  /** AI Gateway's log in Cloudflare's dashboard; null if unknown. */
  readonly gatewayLogsUrl: string | null;
  /** Admins get links to the token and the member. */
  readonly isAdmin: boolean;
}) {
  const t = useTranslations("requests");
  const hasUsage = story.inputTokens !== null || story.outputTokens !== null;
  return (
    <section aria-labelledby="facts" className="rounded-lg border p-4">
      <h2 id="facts" className="mb-3 font-medium">
        {t("facts.title")}
      </h2>
      <FactList>
        <Fact name={t("facts.id")}>
          <span className="flex items-start gap-1">
            <code className="min-w-0 font-mono text-xs break-all">{story.id}</code>
            <CopyButton value={story.id} />
          </span>
        </Fact>
        <Fact name={t("provider")}>
          <Alike link={story.provider === null ? null : { provider: story.provider }}>
            {providerName ?? UNKNOWN}
          </Alike>
        </Fact>
        <Fact name={t("model")}>
          {story.model === null ? (
            UNKNOWN
          ) : (
            <Own href={modelHref(story.model, story.provider ?? undefined)}>{story.model}</Own>
          )}
        </Fact>
        <Fact name={t("token")}>
          {isAdmin && story.tokenId?.startsWith("at_") ? (
            <Own href={`/tokens/${story.tokenId}`}>{story.tokenName ?? story.tokenId}</Own>
          ) : (
            <Alike link={story.tokenId === null ? null : { token: story.tokenId }}>
              {story.tokenName ?? story.tokenId ?? t("noToken")}
            </Alike>
          )}
        </Fact>
        <Fact name={t("member")}>
          {isAdmin && story.userName !== null ? (
            <Own href={`/team/${story.userId}`}>{story.userName}</Own>
          ) : (
            <Alike link={story.userId === null ? null : { user: story.userId }}>
              {story.userName ?? story.userId ?? t("noMember")}
            </Alike>
          )}
        </Fact>
        {story.tags !== null && (
          <Fact name={t("facts.tags")}>
            <ul className="grid gap-0.5">
              {Object.entries(story.tags).map(([name, value]) => (
                <li key={name} className="min-w-0 break-words">
                  <Alike link={{ tags: formatTag(name, value) }}>
                    {name}: {value}
                  </Alike>
                </li>
              ))}
            </ul>
          </Fact>
        )}
        <Fact name={t("facts.form")}>
          {story.turns !== null
            ? t("facts.session", { turns: story.turns })
            : story.isStream
              ? t("facts.stream")
              : t("facts.whole")}
        </Fact>
        <Fact name={t("duration")}>{formatDuration(story.durationMs)}</Fact>
        <Fact name={t("facts.firstByte")}>{formatDuration(story.timeToFirstByteMs)}</Fact>
        <Fact name={t("facts.firstOutput")}>{formatDuration(story.timeToFirstTokenMs)}</Fact>
        <Fact name={t("facts.input")}>{formatExactCount(story.inputTokens)}</Fact>
        <Fact name={t("facts.cached")}>{formatExactCount(story.cachedInputTokens)}</Fact>
        <Fact name={t("facts.cacheWrite")}>{formatExactCount(story.cacheWriteTokens)}</Fact>
        <Fact name={t("facts.output")}>{formatExactCount(story.outputTokens)}</Fact>
        <Fact name={t("facts.reasoning")}>{formatExactCount(story.reasoningTokens)}</Fact>
        <Fact name={t("cost")}>
          <span title={exactUsd(story.costUsd)}>
            {story.costUsd === null && hasUsage ? t("noPrice") : formatUsd(story.costUsd)}
          </span>
          {story.costBasis !== null && <CostFacts basis={story.costBasis} />}
        </Fact>
        {story.gatewayLogId !== null && (
          <Fact name={t("facts.gatewayLog")}>
            <span className="flex items-start gap-1">
              <code className="min-w-0 font-mono text-xs break-all">{story.gatewayLogId}</code>
              <CopyButton value={story.gatewayLogId} />
            </span>
            {gatewayLogsUrl !== null && (
              <a
                href={gatewayLogsUrl}
                target="_blank"
                rel="noreferrer"
                className="underline underline-offset-4"
              >
                {t("facts.openGateway")}
              </a>
            )}
          </Fact>
        )}
      </FactList>
      {story.isEstimate && (
        <p className="text-muted-foreground mt-3 text-sm">{t("facts.estimate")}</p>
      )}
    </section>
  );
}

/** Links to the page of a token, member or model. */
function Own({
  href,
  children,
}: {
  readonly href: `/tokens/${string}` | `/team/${string}` | `/usage/model?${string}`;
  readonly children: ReactNode;
}) {
  return (
    <Link href={href} prefetch={false} className="hover:underline">
      {children}
    </Link>
  );
}

/** Links to the requests with the same value. */
function Alike({
  link,
  children,
}: {
  readonly link: RequestsLink | null;
  readonly children: ReactNode;
}) {
  if (link === null) return children;
  return (
    <Link href={requestsHref(link)} prefetch={false} className="hover:underline">
      {children}
    </Link>
  );
}

"use client";

import { RotateCw } from "lucide-react";
import { useFormatter, useTranslations } from "next-intl";
import { exactUsd, formatCount, formatDuration, formatUsd, UNKNOWN } from "@/components/format";
import { Link } from "@/components/link";
import { useProviderName } from "@/components/provider-names";
import { OutcomeBadge } from "@/components/requests/outcome-badge";
import {
  Table,
  TableBody,
  TableCell,
  TableHead,
  TableHeader,
  TableRow,
} from "@/components/ui/table";
import type { NamedRequest } from "@/lib/manage/usage/browse-requests";
import { formatTags } from "@/lib/tags/tag-text";

/** The log is short enough to omit the year. */
const TIME = {
  month: "short",
  day: "numeric",
  hour: "numeric",
  minute: "2-digit",
  second: "2-digit",
} as const;

/** Requests, newest first; a request's time links to its details. */
export function RequestTable({ items }: { readonly items: readonly NamedRequest[] }) {
  const t = useTranslations("requests");
  return (
    <div className="overflow-hidden rounded-lg border">
      <Table aria-label={t("title")} data-cards>
        <TableHeader>
          <TableRow className="hover:bg-transparent">
            <TableHead className="pl-4">{t("time")}</TableHead>
            <TableHead>{t("outcome")}</TableHead>
            <TableHead>{t("model")}</TableHead>
            <TableHead>{t("token")}</TableHead>
            <TableHead className="@max-4xl/list:hidden">{t("key")}</TableHead>
            <TableHead className="text-right @max-4xl/list:hidden">{t("attempts")}</TableHead>
            <TableHead className="text-right">{t("duration")}</TableHead>
            <TableHead className="text-right @max-4xl/list:hidden">{t("tokensInOut")}</TableHead>
            <TableHead className="pr-4 text-right">{t("cost")}</TableHead>
          </TableRow>
        </TableHeader>
        <TableBody>
          {items.map((item) => (
            <RequestRow key={item.id} item={item} />
          ))}
        </TableBody>
      </Table>
    </div>
  );
}

function RequestRow({ item }: { readonly item: NamedRequest }) {
  const t = useTranslations("requests");
  const format = useFormatter();
  const providerName = useProviderName();
  const hasUsage = item.inputTokens !== null || item.outputTokens !== null;
  return (
    <TableRow>
      <TableCell data-card="line" className="pl-4 whitespace-nowrap tabular-nums">
        <Link
          data-opens
          title={format.dateTime(item.at, { dateStyle: "full", timeStyle: "long" })}
          href={`/requests/${encodeURIComponent(item.id)}`}
          prefetch={false}
          className="underline-offset-4 hover:underline"
        >
          {format.dateTime(item.at, TIME)}
        </Link>
      </TableCell>
      <TableCell data-card="aside">
        <OutcomeBadge outcome={item.outcome} status={item.status} />
      </TableCell>
      <TableCell data-card="title" className="max-w-60 @max-4xl/list:max-w-40">
        <p className="truncate" title={item.model ?? undefined}>
          {item.model ?? UNKNOWN}
        </p>
        <p
          className="text-muted-foreground truncate text-xs"
          title={item.tags === null ? undefined : formatTags(item.tags)}
        >
          {[
            item.provider === null ? UNKNOWN : providerName(item.provider),
            ...Object.values(item.tags ?? {}),
          ].join(" · ")}
        </p>
      </TableCell>
      <TableCell data-card="line" className="max-w-44 @max-4xl/list:max-w-28">
        <p className="truncate">{item.tokenName ?? item.tokenId ?? t("noToken")}</p>
        {item.userName !== null && (
          <p className="text-muted-foreground truncate text-xs">{item.userName}</p>
        )}
      </TableCell>
      <TableCell className="font-mono text-xs whitespace-nowrap @max-4xl/list:hidden">
        {item.keyId === null ? UNKNOWN : (item.maskedKey ?? t("goneKey"))}
      </TableCell>
      <TableCell className="text-right tabular-nums @max-4xl/list:hidden">
        {item.attempts > 1 && (
          <RotateCw aria-hidden className="text-cooling mr-1 inline size-3 align-[-1px]" />
        )}
        {item.attempts}
      </TableCell>
      <TableCell data-card="line" className="text-right whitespace-nowrap tabular-nums">
        {formatDuration(item.durationMs)}
      </TableCell>
      <TableCell className="text-right whitespace-nowrap tabular-nums @max-4xl/list:hidden">
        {item.isEstimate && <span title={t("estimated")}>≈ </span>}
        {hasUsage
          ? `${formatCount(item.inputTokens)} / ${formatCount(item.outputTokens)}`
          : UNKNOWN}
      </TableCell>
      <TableCell
        data-card="line"
        className="pr-4 text-right whitespace-nowrap tabular-nums"
        title={exactUsd(item.costUsd)}
      >
        {item.costUsd === null && hasUsage ? t("noPrice") : formatUsd(item.costUsd)}
      </TableCell>
    </TableRow>
  );
}

"use client";

import {
  CircleCheck,
  CircleHelp,
  CircleX,
  Copy,
  type LucideIcon,
  TriangleAlert,
} from "lucide-react";
import { useTranslations } from "next-intl";
import { useId, useState } from "react";
import { UNKNOWN } from "@/components/format";
import type { ProviderChoice } from "@/components/provider-choice";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { Label } from "@/components/ui/label";
import {
  Table,
  TableBody,
  TableCell,
  TableHead,
  TableHeader,
  TableRow,
} from "@/components/ui/table";
import { ToggleGroup, ToggleGroupItem } from "@/components/ui/toggle-group";
import type { LeftLine } from "@/lib/moving-in/found-keys";
import { cn } from "@/lib/utils";
import { type FoundKey, toAdd, VERDICTS } from "./found-keys";
import { LeftLines } from "./left-lines";
import { ProviderSelect } from "./provider-select";

/** No one reads more rows, and they make typing slow. */
const ROWS_MAX = 300;

type Verdict = FoundKey["verdict"];

const LOOKS: Readonly<Record<Verdict, { readonly icon: LucideIcon; readonly className: string }>> =
  {
    new: { icon: CircleCheck, className: "text-ready" },
    odd: { icon: TriangleAlert, className: "text-cooling" },
    unclear: { icon: CircleHelp, className: "text-cooling" },
    repeated: { icon: Copy, className: "text-muted-foreground" },
    known: { icon: Copy, className: "text-muted-foreground" },
    rejected: { icon: CircleX, className: "text-blocked" },
  };

/** Up to so many keys are checked when they are added, unless that is switched off. */
const CHECKED_MAX = 50;

/** What adding the pasted keys would do, line by line, before it is done. */
export function FoundTable({
  found,
  left,
  providers,
  provider,
  mayCheck,
  onProvider,
  onBack,
  onAdd,
}: {
  readonly found: readonly FoundKey[];
  /** Lines without a key. */
  readonly left: readonly LeftLine[];
  readonly providers: readonly ProviderChoice[];
  readonly provider: string | null;
  readonly onProvider: (slug: string | null) => void;
  readonly onBack: () => void;
  readonly mayCheck: boolean;
  readonly onAdd: (withOdd: boolean, isChecked: boolean) => void;
}) {
  const t = useTranslations("keys.add");
  const tColumn = useTranslations("keys.column");
  const id = useId();
  const [withOdd, setWithOdd] = useState(false);
  /** Null until it is chosen. */
  const [checks, setChecks] = useState<boolean | null>(null);
  const [shown, setShown] = useState<Verdict | "all">("all");
  const labels = new Map(providers.map(({ slug, label }) => [slug, label]));
  const groups = Map.groupBy(found, ({ verdict }) => verdict);
  const rows = shown === "all" ? found : (groups.get(shown) ?? []);
  const oddCount = groups.get("odd")?.length ?? 0;
  const wanted = toAdd(found, withOdd);
  const count = [...wanted.values()].reduce((sum, keys) => sum + keys.length, 0);

  const isChecked = mayCheck && (checks ?? count <= CHECKED_MAX);

  return (
    <div className="space-y-6">
      <ProviderSelect providers={providers} provider={provider} onProvider={onProvider} />
      <div className="space-y-3">
        <div className="flex flex-wrap items-center justify-between gap-3">
          <ToggleGroup
            type="single"
            variant="outline"
            size="sm"
            value={shown}
            aria-label={t("tableLabel")}
            className="flex-wrap"
            onValueChange={(value) =>
              setShown(VERDICTS.find((verdict) => verdict === value) ?? "all")
            }
          >
            <ToggleGroupItem value="all">{t("all", { count: found.length })}</ToggleGroupItem>
            {VERDICTS.filter((verdict) => groups.has(verdict)).map((verdict) => (
              <ToggleGroupItem key={verdict} value={verdict}>
                {t(`short.${verdict}`, { count: groups.get(verdict)?.length ?? 0 })}
              </ToggleGroupItem>
            ))}
          </ToggleGroup>
        </div>
        <div className="max-h-[60vh] overflow-auto rounded-lg border">
          <Table aria-label={t("tableLabel")}>
            <TableHeader>
              <TableRow className="text-muted-foreground hover:bg-transparent">
                <TableHead className="w-14 pl-4 text-right">{t("line")}</TableHead>
                <TableHead>{tColumn("key")}</TableHead>
                <TableHead>{t("provider")}</TableHead>
                <TableHead>{tColumn("remark")}</TableHead>
                <TableHead>{tColumn("state")}</TableHead>
              </TableRow>
            </TableHeader>
            <TableBody>
              {rows.slice(0, ROWS_MAX).map((key, index) => (
                // A line may hold several keys, and the list only ever changes as a whole.
                // biome-ignore lint/suspicious/noArrayIndexKey: as above.
                <TableRow key={index}>
                  <TableCell className="text-muted-foreground pl-4 text-right">
                    {key.pasted.line}
                  </TableCell>
                  <TableCell className="font-mono text-[13px]">
                    {key.preview.masked || UNKNOWN}
                  </TableCell>
                  <TableCell>{labelOf(labels, key.preview.provider)}</TableCell>
                  <TableCell className="max-w-48 truncate">
                    {key.pasted.settings.remark ?? (
                      <span className="text-muted-foreground">{UNKNOWN}</span>
                    )}
                  </TableCell>
                  <TableCell>
                    <VerdictWords found={key} labels={labels} />
                  </TableCell>
                </TableRow>
              ))}
            </TableBody>
          </Table>
        </div>
        <div className="text-muted-foreground space-y-1 text-xs">
          {rows.length > ROWS_MAX && <p>{t("truncated", { count: ROWS_MAX })}</p>}
          <LeftLines left={left} />
        </div>
      </div>
      {oddCount > 0 && (
        <div className="flex items-center gap-2">
          <Checkbox
            id={id}
            checked={withOdd}
            onCheckedChange={(checked) => setWithOdd(checked === true)}
          />
          <Label htmlFor={id} className="font-normal">
            {t("oddKeys", { count: oddCount })}
          </Label>
        </div>
      )}
      {mayCheck && count > 0 && (
        <div className="flex items-start gap-2">
          <Checkbox
            id={`${id}-check`}
            checked={isChecked}
            onCheckedChange={(checked) => setChecks(checked === true)}
            aria-describedby={`${id}-check-help`}
          />
          <div className="space-y-1">
            <Label htmlFor={`${id}-check`} className="font-normal">
              {t("check")}
            </Label>
            <p id={`${id}-check-help`} className="text-muted-foreground text-sm">
              {t("checkHelp")}
            </p>
          </div>
        </div>
      )}
      <div className="flex gap-2">
        <Button disabled={count === 0} onClick={() => onAdd(withOdd, isChecked)}>
          {t("submit", { count })}
        </Button>
        <Button variant="outline" onClick={onBack}>
          {t("back")}
        </Button>
      </div>
    </div>
  );
}

function VerdictWords({
  found: { verdict, preview, pasted },
  labels,
}: {
  readonly found: FoundKey;
  readonly labels: ReadonlyMap<string, string>;
}) {
  const t = useTranslations("keys.add");
  const { icon: Icon, className } = LOOKS[verdict];
  const why =
    verdict === "odd"
      ? preview.looksLike === null
        ? t("unlike", { provider: labelOf(labels, preview.provider) })
        : t("looksLike", { provider: labelOf(labels, preview.looksLike) })
      : verdict === "repeated"
        ? t("repeats", { line: pasted.repeats ?? 0 })
        : preview.problem !== null && t(`problem.${preview.problem}`);
  return (
    <span className="flex items-center gap-1.5 whitespace-nowrap">
      <Icon aria-hidden className={cn("size-3.5 shrink-0", className)} />
      <span>{t(`verdict.${verdict}`)}</span>
      {why && <span className="text-muted-foreground text-xs">{why}</span>}
    </span>
  );
}

function labelOf(labels: ReadonlyMap<string, string>, slug: string | null): string {
  return slug === null ? UNKNOWN : (labels.get(slug) ?? slug);
}

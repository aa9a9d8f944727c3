"use client";

import { Code, Pause, Pencil, Play, RefreshCw, ShieldX } from "lucide-react";
import { useTranslations } from "next-intl";
import type { TokenDialogKind } from "@/components/tokens/token-dialog";
import { TokenMenuButton } from "@/components/tokens/token-menu-button";
import type { TokenState } from "@/components/tokens/token-state";
import { useChangeToken } from "@/components/tokens/use-change-token";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from "@/components/ui/dropdown-menu";
import type { AccessTokenItem } from "@/lib/manage/tokens/list-access-tokens";

/** What can be done with a token in its state. Open from the start, because it is loaded to be opened. */
export function TokenMenu({
  token,
  state,
  onOpen,
}: {
  readonly token: AccessTokenItem;
  readonly state: TokenState;
  readonly onOpen: (kind: TokenDialogKind) => void;
}) {
  const t = useTranslations("tokens.menu");
  const common = useTranslations("common");
  const change = useChangeToken();
  const isPaused = token.status === "paused";
  const { id, name } = token;

  function setPaused(paused: boolean, undo: boolean): Promise<void> {
    const words = paused ? t("paused", { name }) : t("resumed", { name });
    const changes = { status: paused ? "paused" : "active" } as const;
    if (!undo) return change(id, changes, words);
    const onClick = () => setPaused(!paused, false);
    return change(id, changes, words, { action: { label: common("undo"), onClick } });
  }

  return (
    <DropdownMenu defaultOpen>
      <DropdownMenuTrigger asChild>
        <TokenMenuButton name={name} />
      </DropdownMenuTrigger>
      <DropdownMenuContent align="end">
        <DropdownMenuItem onSelect={() => onOpen("edit")}>
          <Pencil aria-hidden />
          {t("edit")}
        </DropdownMenuItem>
        {!token.forAdminApi && (
          <DropdownMenuItem onSelect={() => onOpen("snippets")}>
            <Code aria-hidden />
            {t("snippets")}
          </DropdownMenuItem>
        )}
        {state !== "expired" && (
          <DropdownMenuItem onSelect={() => setPaused(!isPaused, true)}>
            {isPaused ? <Play aria-hidden /> : <Pause aria-hidden />}
            {isPaused ? t("resume") : t("pause")}
          </DropdownMenuItem>
        )}
        {state !== "expired" && token.rotatedTo === null && (
          <DropdownMenuItem onSelect={() => onOpen("rotate")}>
            <RefreshCw aria-hidden />
            {t("rotate")}
          </DropdownMenuItem>
        )}
        <DropdownMenuSeparator />
        <DropdownMenuItem variant="destructive" onSelect={() => onOpen("revoke")}>
          <ShieldX aria-hidden />
          {t("revoke")}
        </DropdownMenuItem>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}

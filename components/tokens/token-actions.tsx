"use client";

import dynamic from "next/dynamic";
import { useState } from "react";
import type { ProviderChoice } from "@/components/provider-choice";
import { useNow } from "@/components/time/use-now";
import type { AccessTokenItem } from "@/lib/manage/tokens/list-access-tokens";
import { LazyTokenMenu } from "./lazy-token-menu";
import type { TokenDialogKind } from "./token-dialog";
import { tokenState } from "./token-state";

const TokenDialog = dynamic(() => import("./token-dialog").then((module) => module.TokenDialog), {
  ssr: false,
});

/** What can be done with one token: its menu, and the dialogs that it opens. */
export function TokenActions({
  token,
  providers,
  isAdmin,
}: {
  readonly token: AccessTokenItem;
  readonly providers: readonly ProviderChoice[];
  readonly isAdmin: boolean;
}) {
  const [open, setOpen] = useState<TokenDialogKind | null>(null);
  return (
    <>
      <LazyTokenMenu token={token} state={tokenState(token, useNow())} onOpen={setOpen} />
      {open !== null && (
        <TokenDialog
          kind={open}
          token={token}
          providers={providers}
          isAdmin={isAdmin}
          onClose={() => setOpen(null)}
        />
      )}
    </>
  );
}

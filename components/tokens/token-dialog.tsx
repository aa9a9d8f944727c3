"use client";

import type { ProviderChoice } from "@/components/provider-choice";
import { EditTokenDialog } from "@/components/tokens/edit-token-dialog";
import { RevokeTokenDialog } from "@/components/tokens/revoke-token-dialog";
import { RotateTokenDialog } from "@/components/tokens/rotate-token-dialog";
import { SnippetsDialog } from "@/components/tokens/snippets-dialog";
import type { AccessTokenItem } from "@/lib/manage/tokens/list-access-tokens";

export type TokenDialogKind = "edit" | "snippets" | "rotate" | "revoke";

/** The dialog that was chosen from a token's menu. */
export function TokenDialog({
  kind,
  token,
  providers,
  isAdmin,
  onClose,
}: {
  readonly kind: TokenDialogKind;
  readonly token: AccessTokenItem;
  readonly providers: readonly ProviderChoice[];
  readonly isAdmin: boolean;
  readonly onClose: () => void;
}) {
  switch (kind) {
    case "edit":
      return (
        <EditTokenDialog token={token} providers={providers} isAdmin={isAdmin} onClose={onClose} />
      );
    case "snippets":
      return <SnippetsDialog token={token} onClose={onClose} />;
    case "rotate":
      return <RotateTokenDialog token={token} onClose={onClose} />;
    case "revoke":
      return <RevokeTokenDialog token={token} onClose={onClose} />;
  }
}

"use client";

import { UserMinus } from "lucide-react";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useId, useState } from "react";
import { toast } from "sonner";
import { remove } from "@/app/(portal)/team/actions";
import { answered } from "@/components/answered";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { Button } from "@/components/ui/button";
import { Label } from "@/components/ui/label";
import {
  Select,
  SelectContent,
  SelectItem,
  SelectTrigger,
  SelectValue,
} from "@/components/ui/select";
import type { OwnerChoice } from "@/lib/manage/tokens/token-owner";

const REVOKE = "revoke";
const TEAM = "team";

/** Removes a member; their access tokens are revoked, or go to someone else. */
export function RemoveMember({
  id,
  name,
  email,
  tokenCount,
  heirs,
}: {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  /** The member's access tokens that aren't revoked. */
  readonly tokenCount: number;
  /** Who can get them. */
  readonly heirs: readonly OwnerChoice[];
}) {
  const t = useTranslations("team");
  const router = useRouter();
  const [tokens, setTokens] = useState(REVOKE);

  async function confirm(): Promise<boolean> {
    const tokensTo = tokens === TEAM ? null : tokens;
    const result = await answered(() => remove({ id, ...(tokens !== REVOKE && { tokensTo }) }));
    if (result === null) return false;
    if (result.ok) {
      const { transferredTokens: count } = result.data;
      toast.success(
        count === 0 ? t("remove.done", { name }) : t("remove.doneTransferred", { name, count }),
      );
      router.refresh();
    } else {
      toast.error(result.code === "conflict" ? t("lastAdmin", { name }) : t("failed"));
    }
    return result.ok;
  }

  return (
    <ConfirmDialog
      trigger={
        <Button variant="ghost" size="icon-sm" aria-label={t("remove.label", { name })}>
          <UserMinus aria-hidden />
        </Button>
      }
      title={t("remove.title", { name })}
      description={
        <div className="space-y-4">
          <p>{t("remove.description", { email, count: tokenCount })}</p>
          {tokenCount > 0 && (
            <TokensChoice
              count={tokenCount}
              heirs={heirs.filter((heir) => heir.id !== id)}
              value={tokens}
              onChange={setTokens}
            />
          )}
        </div>
      }
      confirmLabel={t("remove.submit")}
      onConfirm={confirm}
    />
  );
}

function TokensChoice({
  count,
  heirs,
  value,
  onChange,
}: {
  readonly count: number;
  readonly heirs: readonly OwnerChoice[];
  readonly value: string;
  readonly onChange: (value: string) => void;
}) {
  const t = useTranslations("team.remove");
  const fieldId = useId();
  return (
    <div className="text-foreground grid gap-2">
      <Label htmlFor={fieldId}>{t("tokens", { count })}</Label>
      <Select value={value} onValueChange={onChange}>
        <SelectTrigger id={fieldId} className="w-full">
          <SelectValue />
        </SelectTrigger>
        <SelectContent>
          <SelectItem value={REVOKE}>{t("revoke")}</SelectItem>
          <SelectItem value={TEAM}>{t("toTeam")}</SelectItem>
          {heirs.map((heir) => (
            <SelectItem key={heir.id} value={heir.id}>
              {t("toMember", { name: heir.name })}
            </SelectItem>
          ))}
        </SelectContent>
      </Select>
    </div>
  );
}

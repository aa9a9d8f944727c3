"use client";

import { Plus } from "lucide-react";
import dynamic from "next/dynamic";
import { useTranslations } from "next-intl";
import { parseAsBoolean, useQueryState } from "nuqs";
import type { ProviderChoice } from "@/components/provider-choice";
import { Button } from "@/components/ui/button";
import type { GroupChoice } from "@/lib/manage/groups/list-group-choices";

const CreateTokenDialog = dynamic(
  () =>
    import("@/components/tokens/create-token-dialog").then((module) => module.CreateTokenDialog),
  { ssr: false },
);

/** `?new=true`: the form for a new token is open. */
const useIsOpen = () => useQueryState("new", parseAsBoolean.withDefault(false));

/** Opens the form for a new token. */
export function CreateTokenButton() {
  const t = useTranslations("tokens.create");
  const [, setIsOpen] = useIsOpen();
  return (
    <Button onClick={() => void setIsOpen(true)}>
      <Plus aria-hidden />
      {t("open")}
    </Button>
  );
}

/** The form for a new token, if it is open. Separate from its buttons, which disappear with the empty list. */
export function CreateToken(props: {
  readonly providers: readonly ProviderChoice[];
  readonly groups: readonly GroupChoice[];
  /** The group to which the list is narrowed; null for none. */
  readonly groupId: string | null;
  readonly isAdmin: boolean;
  readonly mayUseAdminApi: boolean;
}) {
  const [isOpen, setIsOpen] = useIsOpen();
  return isOpen && <CreateTokenDialog {...props} onClose={() => void setIsOpen(null)} />;
}

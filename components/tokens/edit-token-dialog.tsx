"use client";

import { useRouter } from "next/navigation";
import { useFormatter, useTranslations } from "next-intl";
import { useId } from "react";
import { toast } from "sonner";
import { updateToken } from "@/app/(portal)/tokens/actions";
import { type ProviderChoice, TokenFields } from "@/components/tokens/token-fields";
import {
  settingsOf,
  type TokenForm,
  tokenFormOf,
  tokenInputOf,
} from "@/components/tokens/token-form";
import { useChangeToken } from "@/components/tokens/use-change-token";
import { useFailureWords } from "@/components/tokens/use-failure-words";
import { useTokenForm } from "@/components/tokens/use-token-form";
import { Button } from "@/components/ui/button";
import {
  Dialog,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
} from "@/components/ui/dialog";
import { Form } from "@/components/ui/form";
import type { AccessTokenItem } from "@/lib/manage/list-access-tokens";

/** A token's settings. What was saved can be undone from the toast. */
export function EditTokenDialog({
  token,
  providers,
  isAdmin,
  onClose,
}: {
  readonly token: AccessTokenItem;
  readonly providers: readonly ProviderChoice[];
  /** Admins are above the limits that admins set. */
  readonly isAdmin: boolean;
  readonly onClose: () => void;
}) {
  const t = useTranslations("tokens");
  const common = useTranslations("common");
  const format = useFormatter();
  const router = useRouter();
  const change = useChangeToken();
  const failureWords = useFailureWords();
  const ceilings = isAdmin ? null : token.limitCeilings;
  const form = useTokenForm(tokenFormOf(token), ceilings);
  const formId = useId();

  async function submit(values: TokenForm) {
    const result = await updateToken({ id: token.id, changes: tokenInputOf(values, Date.now()) });
    if (!result.ok) {
      form.setError("root", { message: failureWords(result) });
      return;
    }
    toast.success(t("edit.done", { name: values.name.trim() }), {
      action: {
        label: common("undo"),
        onClick: () => change(token.id, settingsOf(token), t("edit.undone", { name: token.name })),
      },
    });
    router.refresh();
    onClose();
  }

  const { isSubmitting, errors } = form.formState;
  return (
    <Dialog open onOpenChange={(isOpen) => !isOpen && onClose()}>
      <DialogContent className="max-h-[calc(100dvh-2rem)] overflow-y-auto sm:max-w-xl">
        <DialogHeader>
          <DialogTitle className="leading-normal break-words">
            {t("edit.title", { name: token.name })}
          </DialogTitle>
          <DialogDescription>{t("edit.description")}</DialogDescription>
        </DialogHeader>
        <Form {...form}>
          <form id={formId} onSubmit={form.handleSubmit(submit)} noValidate className="grid gap-5">
            <TokenFields
              form={form}
              providers={providers}
              mayOwnForTeam={false}
              isAdmin={isAdmin}
              ceilings={ceilings}
              keepLabel={
                token.expiresAt === null
                  ? null
                  : t("form.expiryKeep", {
                      date: format.dateTime(token.expiresAt, { dateStyle: "medium" }),
                    })
              }
            />
            {errors.root && (
              <p role="alert" className="text-destructive text-sm">
                {errors.root.message}
              </p>
            )}
          </form>
        </Form>
        <DialogFooter className="bg-background sticky -bottom-6 -mx-6 -mb-6 border-t px-6 py-4">
          <Button variant="outline" onClick={onClose}>
            {common("cancel")}
          </Button>
          <Button type="submit" form={formId} disabled={isSubmitting}>
            {common("save")}
          </Button>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
}

"use client";

import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useId, useState } from "react";
import { createToken } from "@/app/(portal)/tokens/actions";
import { answered } from "@/components/answered";
import { StickyFooter } from "@/components/form/sticky-footer";
import type { ProviderChoice } from "@/components/provider-choice";
import { TokenFields } from "@/components/tokens/token-fields";
import { NEW_TOKEN, NO_GROUP, type TokenForm, tokenInputOf } from "@/components/tokens/token-form";
import { TokenShown } from "@/components/tokens/token-shown";
import { useFailureWords } from "@/components/tokens/use-failure-words";
import { useTokenForm } from "@/components/tokens/use-token-form";
import { Button } from "@/components/ui/button";
import {
  Dialog,
  DialogContent,
  DialogDescription,
  DialogHeader,
  DialogTitle,
} from "@/components/ui/dialog";
import { Form } from "@/components/ui/form";
import type { GroupChoice } from "@/lib/manage/groups/list-group-choices";
import type { ModelScope } from "@/lib/snippets/example-model";

/** A new token's form, and then the token, shown only once. */
export function CreateTokenDialog({
  providers,
  groups,
  groupId,
  isAdmin,
  mayUseAdminApi,
  onClose,
}: {
  readonly providers: readonly ProviderChoice[];
  readonly groups: readonly GroupChoice[];
  /** The group that is chosen at first; null for none. */
  readonly groupId: string | null;
  readonly isAdmin: boolean;
  readonly mayUseAdminApi: boolean;
  readonly onClose: () => void;
}) {
  const t = useTranslations("tokens");
  const router = useRouter();
  const failureWords = useFailureWords();
  const group = groups.find(({ id }) => id === groupId)?.id ?? NO_GROUP;
  const form = useTokenForm({ ...NEW_TOKEN, group });
  const formId = useId();
  const [made, setMade] = useState<{
    name: string;
    token: string;
    scope: ModelScope | null;
  } | null>(null);

  async function submit(values: TokenForm) {
    const input = tokenInputOf(values, Date.now());
    const { forAdminApi } = values;
    const asked = forAdminApi
      ? { name: input.name, expiresAt: input.expiresAt, forAdminApi }
      : input;
    const result = await answered(() => createToken(asked));
    if (result === null) return;
    if (!result.ok) {
      form.setError("root", { message: failureWords(result) });
      return;
    }
    const { providers: allowed = null, models = null } = input;
    const scope = forAdminApi ? null : { providers: allowed, models };
    setMade({ name: input.name, token: result.data.token, scope });
    router.refresh();
  }

  const { isSubmitting, errors } = form.formState;
  return (
    <Dialog open onOpenChange={(isOpen) => !isOpen && onClose()}>
      <DialogContent
        className="max-h-[calc(100dvh-2rem)] overflow-y-auto sm:max-w-xl"
        // Shown once: a click outside must not lose it.
        onInteractOutside={(event) => event.preventDefault()}
      >
        {made === null ? (
          <>
            <DialogHeader>
              <DialogTitle>{t("create.title")}</DialogTitle>
              <DialogDescription>{t("create.description")}</DialogDescription>
            </DialogHeader>
            <Form {...form}>
              <form
                id={formId}
                onSubmit={form.handleSubmit(submit)}
                noValidate
                className="grid gap-5"
              >
                <TokenFields
                  form={form}
                  providers={providers}
                  groups={groups}
                  isAdmin={isAdmin}
                  mayUseAdminApi={mayUseAdminApi}
                  keepLabel={null}
                />
                {errors.root && (
                  <p role="alert" className="text-destructive text-sm">
                    {errors.root.message}
                  </p>
                )}
              </form>
            </Form>
            <StickyFooter>
              <Button type="submit" form={formId} disabled={isSubmitting}>
                {t("create.submit")}
              </Button>
            </StickyFooter>
          </>
        ) : (
          <TokenShown {...made} onClose={onClose} />
        )}
      </DialogContent>
    </Dialog>
  );
}

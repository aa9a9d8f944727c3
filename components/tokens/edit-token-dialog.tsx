"use client";

import { useRouter } from "next/navigation";
import { useFormatter, useTranslations } from "next-intl";
import { useId } from "react";
import { toast } from "sonner";
import { updateToken } from "@/app/(portal)/tokens/actions";
import { ConflictNotice } from "@/components/conflict/conflict-notice";
import type { Edit } from "@/components/conflict/edit-of";
import { useCarefulSave } from "@/components/conflict/use-careful-save";
import { StickyFooter } from "@/components/form/sticky-footer";
import type { ProviderChoice } from "@/components/provider-choice";
import { TokenFields } from "@/components/tokens/token-fields";
import {
  settingsOf,
  type TokenForm,
  tokenFormOf,
  tokenInputOf,
} from "@/components/tokens/token-form";
import { useTokenOwners } from "@/components/tokens/token-owners";
import { useChangeToken } from "@/components/tokens/use-change-token";
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
import type { CreateAccessTokenInput } from "@/lib/manage/schemas";
import type { AccessTokenItem } from "@/lib/manage/tokens/list-access-tokens";
import { TOKEN_LIMITS, type TokenLimit } from "@/lib/usage/token-limits";

/** The labels of the form's own fields. */
const FIELD_WORDS = {
  name: "form.name",
  providers: "form.providers",
  models: "form.models",
  expiresAt: "form.expiry",
  priorityClass: "form.share.class",
  weight: "form.share.weight",
  maxWaitSeconds: "form.share.maxWait",
  unpricedReserveUsd: "form.share.reserve",
  group: "form.group",
  owner: "form.owner",
  fixedTags: "form.tags.fixedTags",
  requiredTags: "form.tags.requiredTags",
  forAdminApi: "form.adminApi",
} as const;

function isLimit(name: string): name is TokenLimit {
  return TOKEN_LIMITS.some((limit) => limit === name);
}

/** A token's settings. A save can be undone from the toast. */
export function EditTokenDialog({
  token,
  providers,
  isAdmin,
  onClose,
}: {
  readonly token: AccessTokenItem;
  readonly providers: readonly ProviderChoice[];
  /** Ceilings don't apply to admins. */
  readonly isAdmin: boolean;
  readonly onClose: () => void;
}) {
  const t = useTranslations("tokens");
  const common = useTranslations("common");
  const limitWords = useTranslations("limits");
  const format = useFormatter();
  const router = useRouter();
  const change = useChangeToken();
  const failureWords = useFailureWords();
  const owners = useTokenOwners();
  const ceilings = isAdmin ? null : token.limitCeilings;
  const form = useTokenForm(tokenFormOf(token), ceilings);
  const formId = useId();
  const careful = useCarefulSave<CreateAccessTokenInput, Edit<CreateAccessTokenInput>>(
    settingsOf(token),
    async (edit) => {
      const result = await updateToken({ id: token.id, ...edit });
      return result.ok ? { ok: true, data: edit } : result;
    },
  );

  async function submit(values: TokenForm) {
    const saved = await careful.save(tokenInputOf(values, Date.now()));
    if (saved.kind === "open") return;
    if (saved.kind === "refused") {
      form.setError("root", { message: failureWords(saved.failure) });
      return;
    }
    if (saved.kind === "saved") {
      const { changes, was } = saved.data;
      toast.success(t("edit.done", { name: values.name.trim() }), {
        action: {
          label: common("undo"),
          // What someone else changes until then stays.
          onClick: () =>
            change(token.id, was, t("edit.undone", { name: token.name }), { was: changes }),
        },
      });
    }
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
              isAdmin={isAdmin}
              owner={token.owner}
              ceilings={ceilings}
              keepLabel={
                token.expiresAt === null
                  ? null
                  : t("form.expiryKeep", {
                      date: format.dateTime(token.expiresAt, { dateStyle: "medium" }),
                    })
              }
            />
            <ConflictNotice
              conflict={careful.conflict}
              labelOf={(name) =>
                isLimit(name) ? limitWords(`name.${name}`) : t(FIELD_WORDS[name])
              }
              textOf={(value, name) => {
                if (name === "owner" && value === null) return t("form.ownerTeam");
                if (value === null || value === undefined) return null;
                if (name === "owner") {
                  return owners.find(({ id }) => id === value)?.name ?? String(value);
                }
                if (name === "expiresAt") return format.dateTime(Number(value), "medium");
                if (Array.isArray(value)) return value.join(", ");
                if (typeof value !== "object") return String(value);
                return Object.entries(value)
                  .map(([tag, text]) => `${tag}=${text}`)
                  .join(", ");
              }}
              isBusy={isSubmitting}
              onTheirs={() => {
                const theirs = careful.settle();
                // The current settings are complete: the names are those of a token's settings.
                const owner =
                  theirs.owner === undefined
                    ? token.owner
                    : theirs.owner === null
                      ? null
                      : { id: theirs.owner, name: theirs.owner };
                const now = tokenFormOf({ ...token, ...theirs, owner } as AccessTokenItem);
                for (const name of Object.keys(theirs)) {
                  const field = name === "expiresAt" ? "expiry" : (name as keyof TokenForm);
                  form.setValue(field, now[field]);
                }
              }}
              onMine={() => {
                careful.settle();
                void form.handleSubmit(submit)();
              }}
            />
            {errors.root && (
              <p role="alert" className="text-destructive text-sm">
                {errors.root.message}
              </p>
            )}
          </form>
        </Form>
        <StickyFooter>
          <Button variant="outline" onClick={onClose}>
            {common("cancel")}
          </Button>
          <Button type="submit" form={formId} disabled={isSubmitting}>
            {common("save")}
          </Button>
        </StickyFooter>
      </DialogContent>
    </Dialog>
  );
}

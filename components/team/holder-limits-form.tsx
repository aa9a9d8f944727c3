"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useMemo } from "react";
import { useForm } from "react-hook-form";
import { toast } from "sonner";
import { z } from "zod";
import { limitMember } from "@/app/(portal)/team/actions";
import { changeGroup } from "@/app/(portal)/team/groups/actions";
import { ConflictNotice } from "@/components/conflict/conflict-notice";
import { useCarefulSave } from "@/components/conflict/use-careful-save";
import { FormFailure } from "@/components/form/form-failure";
import {
  type LimitForm,
  limitNumbers,
  limitShape,
  limitTexts,
} from "@/components/limits/limit-form";
import { LimitInputs } from "@/components/limits/limit-inputs";
import { Button } from "@/components/ui/button";
import { DialogFooter } from "@/components/ui/dialog";
import { Form } from "@/components/ui/form";
import { type LimitValues, limitsOf } from "@/lib/usage/token-limits";

/** Whose limits they are. */
export type LimitedKind = "member" | "group";

/** Limits for all tokens of a member or a group together. */
export function HolderLimitsForm({
  kind,
  id,
  name,
  limits,
  onDone,
}: {
  readonly kind: LimitedKind;
  readonly id: string;
  readonly name: string;
  readonly limits: LimitValues;
  readonly onDone: () => void;
}) {
  const t = useTranslations("team");
  const problem = useTranslations("limits.problem");
  const limitWords = useTranslations("limits");
  const router = useRouter();
  const resolver = useMemo(
    () => zodResolver(z.object(limitShape((each) => problem(each)))),
    [problem],
  );
  const form = useForm<LimitForm>({ resolver, defaultValues: limitTexts(limits) });
  const careful = useCarefulSave<LimitValues, void>(limitsOf(limits), ({ changes, was }) =>
    kind === "member"
      ? limitMember({ id, limits: changes, was })
      : changeGroup({ id, changes, was }),
  );

  async function submit(values: LimitForm) {
    const saved = await careful.save(limitNumbers(values));
    if (saved.kind === "open") return;
    if (saved.kind === "refused") {
      const message = saved.failure.code === "conflict" ? t("limits.conflict") : t("failed");
      form.setError("root", { message });
      return;
    }
    toast.success(t("limits.done", { name }));
    router.refresh();
    onDone();
  }

  const { isSubmitting, errors } = form.formState;
  return (
    <Form {...form}>
      <form onSubmit={form.handleSubmit(submit)} noValidate className="grid gap-5">
        <LimitInputs />
        <ConflictNotice
          conflict={careful.conflict}
          labelOf={(limit) => limitWords(`name.${limit}`)}
          textOf={(value) => (value === null ? limitWords("none") : String(value))}
          isBusy={isSubmitting}
          onTheirs={() => {
            const now = { ...limitNumbers(form.getValues()), ...careful.settle() };
            form.reset(limitTexts(now), { keepDefaultValues: true });
          }}
          onMine={() => {
            careful.settle();
            void form.handleSubmit(submit)();
          }}
        />
        <FormFailure>{errors.root?.message ?? null}</FormFailure>
        <DialogFooter>
          <Button type="submit" disabled={isSubmitting}>
            {t("limits.submit")}
          </Button>
        </DialogFooter>
      </form>
    </Form>
  );
}

"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useForm } from "react-hook-form";
import { toast } from "sonner";
import { rename } from "@/app/(portal)/account/actions";
import { FormFailure } from "@/components/form-failure";
import { FormTextField } from "@/components/form-text-field";
import { Button } from "@/components/ui/button";
import { Form } from "@/components/ui/form";
import { renameMemberInput } from "@/lib/manage/team-schemas";

export function ProfileForm({ name }: { readonly name: string }) {
  const t = useTranslations("auth");
  const common = useTranslations("common");
  const router = useRouter();
  const form = useForm({ resolver: zodResolver(renameMemberInput), defaultValues: { name } });
  const { errors, isSubmitting, isDirty } = form.formState;

  const submit = form.handleSubmit(async (input) => {
    const result = await rename(input);
    if (!result.ok) return form.setError("root", { message: t("failed") });
    form.reset(input);
    toast.success(t("account.nameSaved"));
    router.refresh();
  });

  return (
    <Form {...form}>
      <form onSubmit={submit} noValidate className="max-w-sm space-y-4">
        <FormTextField
          control={form.control}
          name="name"
          label={t("fields.name")}
          invalid={t("invalid.name")}
          autoComplete="name"
        />
        <FormFailure>{errors.root?.message}</FormFailure>
        <Button type="submit" variant="outline" disabled={isSubmitting || !isDirty}>
          {common("save")}
        </Button>
      </form>
    </Form>
  );
}

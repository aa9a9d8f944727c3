"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { useTranslations } from "next-intl";
import { useForm } from "react-hook-form";
import { setUp } from "@/app/(entrance)/setup/actions";
import { PersonFields } from "@/components/auth/person-fields";
import { FormFailure } from "@/components/form/form-failure";
import { FROM_SERVER, TextField } from "@/components/form/text-field";
import { Button } from "@/components/ui/button";
import { Form } from "@/components/ui/form";
import { createFirstAdminInput } from "@/lib/manage/team/team-schemas";

/** @param secret of the link; null shows a field for one */
export function SetUpForm({ secret }: { readonly secret: string | null }) {
  const t = useTranslations("auth");
  const form = useForm({
    resolver: zodResolver(createFirstAdminInput),
    defaultValues: { secret: secret ?? "", name: "", email: "", password: "" },
  });
  const { errors, isSubmitting, isSubmitSuccessful } = form.formState;

  const submit = form.handleSubmit(async (input) => {
    const result = await setUp(input);
    if (result.ok) {
      window.location.assign("/");
    } else if (result.issues.some(({ path }) => path === "secret")) {
      if (secret === null)
        form.setError("secret", { type: FROM_SERVER, message: t("setup.wrong") });
      else form.setError("root", { message: t("setup.oldLink") });
    } else {
      const message = result.code === "conflict" ? t("setup.taken") : t("failed");
      form.setError("root", { message });
    }
  });

  return (
    <Form {...form}>
      <form onSubmit={submit} noValidate className="space-y-4">
        {secret === null && (
          <TextField
            control={form.control}
            name="secret"
            type="password"
            label={t("fields.secret")}
            description={t("setup.secretHint")}
            invalid={t("invalid.secret")}
            autoComplete="off"
          />
        )}
        <PersonFields control={form.control} />
        <FormFailure>{errors.root?.message}</FormFailure>
        <Button type="submit" className="w-full" disabled={isSubmitting || isSubmitSuccessful}>
          {t("setup.submit")}
        </Button>
      </form>
    </Form>
  );
}

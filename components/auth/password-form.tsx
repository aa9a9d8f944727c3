"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useForm } from "react-hook-form";
import { toast } from "sonner";
import { setPassword } from "@/app/(portal)/account/actions";
import { FormFailure } from "@/components/form-failure";
import { FormTextField, FROM_SERVER } from "@/components/form-text-field";
import { Button } from "@/components/ui/button";
import { Form } from "@/components/ui/form";
import { changePasswordInput } from "@/lib/manage/team-schemas";

/** @param hasPassword Who signs in through another service so far sets a first one. */
export function PasswordForm({ hasPassword }: { readonly hasPassword: boolean }) {
  const t = useTranslations("auth");
  const router = useRouter();
  const empty = { ...(hasPassword && { currentPassword: "" }), newPassword: "" };
  const form = useForm({ resolver: zodResolver(changePasswordInput), defaultValues: empty });
  const { errors, isSubmitting } = form.formState;

  const submit = form.handleSubmit(async (input) => {
    const result = await setPassword(input);
    if (result.ok) {
      form.reset(empty);
      toast.success(t("account.passwordSaved"));
      router.refresh();
    } else if (result.issues.some(({ path }) => path === "currentPassword")) {
      const message = t("account.wrongPassword");
      form.setError("currentPassword", { type: FROM_SERVER, message });
    } else {
      // Of what the verb refuses, a conflict is that it was guessed too often.
      const message = result.code === "conflict" ? t("account.slowed") : t("failed");
      form.setError("root", { message });
    }
  });

  return (
    <Form {...form}>
      <form onSubmit={submit} noValidate className="max-w-sm space-y-4">
        {hasPassword && (
          <FormTextField
            control={form.control}
            name="currentPassword"
            type="password"
            label={t("fields.currentPassword")}
            invalid={t("invalid.currentPassword")}
            autoComplete="current-password"
          />
        )}
        <FormTextField
          control={form.control}
          name="newPassword"
          type="password"
          label={t("account.newPassword")}
          description={t("passwordHint")}
          invalid={t("invalid.newPassword")}
          autoComplete="new-password"
        />
        <FormFailure>{errors.root?.message}</FormFailure>
        <Button type="submit" variant="outline" disabled={isSubmitting}>
          {hasPassword ? t("account.changePassword") : t("account.setPassword")}
        </Button>
      </form>
    </Form>
  );
}

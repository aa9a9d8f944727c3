"use client";

import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useForm } from "react-hook-form";
import { toast } from "sonner";
import { setPassword } from "@/app/(portal)/account/actions";
import { answered } from "@/components/answered";
import { FormFailure } from "@/components/form/form-failure";
import { TextField } from "@/components/form/text-field";
import { Button } from "@/components/ui/button";
import { Form } from "@/components/ui/form";

const FIELDS = ["currentPassword", "newPassword"] as const;
const EMPTY = { currentPassword: "", newPassword: "" };

/**
 * The server checks both fields: only it knows whether the current password is right.
 * @param hasPassword False for members who have only signed in through another service; they set a first one.
 */
export function PasswordForm({ hasPassword }: { readonly hasPassword: boolean }) {
  const t = useTranslations("auth");
  const router = useRouter();
  const form = useForm({ defaultValues: EMPTY });
  const { errors, isSubmitting } = form.formState;

  const submit = form.handleSubmit(async ({ currentPassword, newPassword }) => {
    const result = await answered(() =>
      setPassword({ ...(hasPassword && { currentPassword }), newPassword }),
    );
    if (result === null) return;
    if (result.ok) {
      form.reset(EMPTY);
      toast.success(t("account.passwordSaved"));
      router.refresh();
    } else if (result.code === "invalid_input") {
      for (const field of FIELDS) {
        const isWrong = result.issues.some(({ path }) => path === field);
        if (isWrong) form.setError(field, { type: "invalid" });
      }
    } else {
      // Of the verb's rejections, a conflict means too many wrong attempts.
      const message = result.code === "conflict" ? t("account.slowed") : t("failed");
      form.setError("root", { message });
    }
  });

  return (
    <Form {...form}>
      <form onSubmit={submit} noValidate className="max-w-sm space-y-4">
        {hasPassword && (
          <TextField
            control={form.control}
            name="currentPassword"
            type="password"
            label={t("fields.currentPassword")}
            invalid={t("account.wrongPassword")}
            autoComplete="current-password"
          />
        )}
        <TextField
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

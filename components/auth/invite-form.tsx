"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { useTranslations } from "next-intl";
import { useForm } from "react-hook-form";
import { joinTeam } from "@/app/(entrance)/invite/[token]/actions";
import { PersonFields } from "@/components/auth/person-fields";
import { FormFailure } from "@/components/form/form-failure";
import { FROM_SERVER } from "@/components/form/text-field";
import { Button } from "@/components/ui/button";
import { Form } from "@/components/ui/form";
import { acceptInviteInput } from "@/lib/manage/team/team-schemas";

export function InviteForm({
  token,
  email,
}: {
  readonly token: string;
  /** The only address that may accept; null for any. */
  readonly email: string | null;
}) {
  const t = useTranslations("auth");
  const form = useForm({
    resolver: zodResolver(acceptInviteInput),
    defaultValues: { token, name: "", email: email ?? "", password: "" },
  });
  const { errors, isSubmitting, isSubmitSuccessful } = form.formState;

  const submit = form.handleSubmit(async (input) => {
    const result = await joinTeam(input);
    if (result.ok) window.location.assign("/");
    else if (result.code === "conflict") {
      form.setError("email", { type: FROM_SERVER, message: t("invite.isMember") });
    } else {
      const message = result.code === "not_found" ? t("invite.gone") : t("failed");
      form.setError("root", { message });
    }
  });

  return (
    <Form {...form}>
      <form onSubmit={submit} noValidate className="space-y-4">
        <PersonFields control={form.control} isEmailFixed={email !== null} />
        <FormFailure>{errors.root?.message}</FormFailure>
        <Button type="submit" className="w-full" disabled={isSubmitting || isSubmitSuccessful}>
          {t("invite.submit")}
        </Button>
      </form>
    </Form>
  );
}

"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { useTranslations } from "next-intl";
import { Controller, useForm } from "react-hook-form";
import { invite } from "@/app/(portal)/team/actions";
import { answered } from "@/components/answered";
import { FormFailure } from "@/components/form/form-failure";
import { FROM_SERVER, TextField } from "@/components/form/text-field";
import { RoleChoice } from "@/components/team/role-choice";
import { Button } from "@/components/ui/button";
import { DialogFooter } from "@/components/ui/dialog";
import { Form } from "@/components/ui/form";
import { Label } from "@/components/ui/label";
import {
  Select,
  SelectContent,
  SelectItem,
  SelectTrigger,
  SelectValue,
} from "@/components/ui/select";
import type { Role } from "@/lib/auth/member";
import type { CreatedInvite } from "@/lib/manage/team/invite-member";
import { INVITE_DAYS, inviteFormInput } from "@/lib/manage/team/team-schemas";

const DEFAULTS: { role: Role; email: string; expiresInDays: number } = {
  role: "member",
  email: "",
  expiresInDays: 7,
};

export function InviteForm({ onCreated }: { readonly onCreated: (invite: CreatedInvite) => void }) {
  const t = useTranslations("team");
  const auth = useTranslations("auth");
  const form = useForm({ resolver: zodResolver(inviteFormInput), defaultValues: DEFAULTS });
  const { errors, isSubmitting } = form.formState;

  const submit = form.handleSubmit(async ({ email, ...rest }) => {
    const result = await answered(() => invite({ ...rest, email: email || null }));
    if (result === null) return;
    if (result.ok) onCreated(result.data);
    else if (result.code === "conflict") {
      form.setError("email", { type: FROM_SERVER, message: t("invite.isMember") });
    } else form.setError("root", { message: t("failed") });
  });

  return (
    <Form {...form}>
      <form onSubmit={submit} noValidate className="space-y-4">
        <Controller
          control={form.control}
          name="role"
          render={({ field }) => <RoleChoice role={field.value} onChoose={field.onChange} />}
        />
        <TextField
          control={form.control}
          name="email"
          type="email"
          label={t("invite.email")}
          description={t("invite.emailHint")}
          invalid={auth("invalid.email")}
          autoComplete="off"
        />
        <Controller
          control={form.control}
          name="expiresInDays"
          render={({ field }) => (
            <div className="grid gap-2">
              <Label htmlFor="expires">{t("invite.expires")}</Label>
              <Select
                value={String(field.value)}
                onValueChange={(days) => field.onChange(Number(days))}
              >
                <SelectTrigger id="expires" className="w-full">
                  <SelectValue />
                </SelectTrigger>
                <SelectContent>
                  {INVITE_DAYS.map((days) => (
                    <SelectItem key={days} value={String(days)}>
                      {t("invite.days", { days })}
                    </SelectItem>
                  ))}
                </SelectContent>
              </Select>
            </div>
          )}
        />
        <FormFailure>{errors.root?.message}</FormFailure>
        <DialogFooter>
          <Button type="submit" disabled={isSubmitting}>
            {t("invite.submit")}
          </Button>
        </DialogFooter>
      </form>
    </Form>
  );
}

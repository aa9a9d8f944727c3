"use client";

import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useForm } from "react-hook-form";
import { toast } from "sonner";
import { rename } from "@/app/(portal)/account/actions";
import { answered } from "@/components/answered";
import { FormFailure } from "@/components/form/form-failure";
import { TextField } from "@/components/form/text-field";
import { Button } from "@/components/ui/button";
import { Form } from "@/components/ui/form";

/** The server checks the name: one field isn't worth the validation code's size in the browser. */
export function ProfileForm({ name }: { readonly name: string }) {
  const t = useTranslations("auth");
  const common = useTranslations("common");
  const router = useRouter();
  const form = useForm({ defaultValues: { name } });
  const { errors, isSubmitting, isDirty } = form.formState;

  const submit = form.handleSubmit(async (input) => {
    const result = await answered(() => rename(input));
    if (result === null) return;
    if (result.ok) {
      form.reset(input);
      toast.success(t("account.nameSaved"));
      router.refresh();
    } else if (result.code === "invalid_input") form.setError("name", { type: "invalid" });
    else form.setError("root", { message: t("failed") });
  });

  return (
    <Form {...form}>
      <form onSubmit={submit} noValidate className="max-w-sm space-y-4">
        <TextField
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

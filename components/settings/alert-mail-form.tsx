"use client";

import { useTranslations } from "next-intl";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { changeSettings } from "@/app/(portal)/settings/actions";
import { FormTextField } from "@/components/form-text-field";
import { Form } from "@/components/ui/form";
import { MOST_RECIPIENTS } from "@/lib/manage/settings-limits";
import type { Settings } from "@/lib/manage/settings-schema";
import { SaveBar } from "./save-bar";
import { splitAddresses } from "./split-addresses";
import { useFailureToast } from "./use-failure-toast";

interface MailFields {
  readonly mailFrom: string;
  /** Several are separated by commas. */
  readonly mailTo: string;
}

/** Who sends alerts by mail, and to whom. */
export function AlertMailForm({
  settings,
}: {
  readonly settings: Pick<Settings["alerts"], "mailFrom" | "mailTo">;
}) {
  const t = useTranslations("settings.alerts");
  const showFailure = useFailureToast();
  const [wasSaved, setWasSaved] = useState(false);
  const form = useForm<MailFields>({
    defaultValues: fieldsOf(settings),
    resolver: async (...asked) => (await import("./settings-resolvers")).mailResolver(...asked),
  });
  const { isDirty, isSubmitting } = form.formState;

  const save = form.handleSubmit(async ({ mailFrom, mailTo }) => {
    const changes = { mailFrom, mailTo: splitAddresses(mailTo) };
    const answer = await changeSettings({ section: "alerts", changes });
    if (answer.ok) form.reset(fieldsOf(answer.data.alerts));
    else showFailure(answer);
    setWasSaved(answer.ok);
  });

  return (
    <Form {...form}>
      <form noValidate className="space-y-5" onSubmit={save}>
        <div className="grid gap-4 sm:grid-cols-2 sm:items-start">
          <FormTextField
            control={form.control}
            name="mailFrom"
            label={t("mailFrom")}
            placeholder="One Balance <alerts@example.org>"
            description={t("mailFromHint")}
            invalid={t("mailFromInvalid")}
            spellCheck={false}
          />
          <FormTextField
            control={form.control}
            name="mailTo"
            label={t("mailTo")}
            placeholder="ada@example.org, lin@example.org"
            description={t("mailToHint", { max: MOST_RECIPIENTS })}
            invalid={t("mailToInvalid", { max: MOST_RECIPIENTS })}
            spellCheck={false}
          />
        </div>
        <SaveBar isDirty={isDirty} isSaving={isSubmitting} wasSaved={wasSaved} />
      </form>
    </Form>
  );
}

function fieldsOf({ mailFrom, mailTo }: Pick<Settings["alerts"], "mailFrom" | "mailTo">) {
  return { mailFrom, mailTo: mailTo.join(", ") };
}

"use client";

import { useTranslations } from "next-intl";
import { useForm } from "react-hook-form";
import { TextField } from "@/components/form/text-field";
import { Form } from "@/components/ui/form";
import { MOST_RECIPIENTS } from "@/lib/manage/settings/settings-limits";
import type { Settings } from "@/lib/manage/settings/settings-schema";
import { loadResolvers } from "../load-resolvers";
import { SaveBar } from "../save-bar";
import { useSectionSave } from "../use-section-save";
import { splitAddresses } from "./split-addresses";

interface MailFields {
  readonly mailFrom: string;
  /** Several are separated by commas. */
  readonly mailTo: string;
}

type Mail = Pick<Settings["alerts"], "mailFrom" | "mailTo">;

const mailOf = ({ mailFrom, mailTo }: Mail): Mail => ({ mailFrom, mailTo });

/** The sender and the recipients of alerts by email. */
export function AlertMailForm({
  settings,
}: {
  readonly settings: Pick<Settings["alerts"], "mailFrom" | "mailTo">;
}) {
  const t = useTranslations("settings.alerts");
  const form = useForm<MailFields>({
    defaultValues: fieldsOf(settings),
    resolver: async (...asked) => (await loadResolvers()).mailResolver(...asked),
  });
  const { isDirty, isSubmitting } = form.formState;

  const { save, wasSaved, notice } = useSectionSave({
    section: "alerts",
    read: mailOf(settings),
    form,
    pick: ({ alerts }) => mailOf(alerts),
    toForm: fieldsOf,
    labelOf: (name) => t(name),
  });

  return (
    <Form {...form}>
      <form
        noValidate
        className="space-y-5"
        onSubmit={form.handleSubmit(({ mailFrom, mailTo }) =>
          save({ mailFrom, mailTo: splitAddresses(mailTo) }),
        )}
      >
        <div className="grid gap-4 sm:grid-cols-2 sm:items-start">
          <TextField
            control={form.control}
            name="mailFrom"
            label={t("mailFrom")}
            placeholder="One Balance <alerts@example.org>"
            description={t("mailFromHint")}
            invalid={t("mailFromInvalid")}
            spellCheck={false}
          />
          <TextField
            control={form.control}
            name="mailTo"
            label={t("mailTo")}
            placeholder="ada@example.org, lin@example.org"
            description={t("mailToHint", { max: MOST_RECIPIENTS })}
            invalid={t("mailToInvalid", { max: MOST_RECIPIENTS })}
            spellCheck={false}
          />
        </div>
        {notice}
        <SaveBar isDirty={isDirty} isSaving={isSubmitting} wasSaved={wasSaved} />
      </form>
    </Form>
  );
}

function fieldsOf({ mailFrom, mailTo }: Pick<Settings["alerts"], "mailFrom" | "mailTo">) {
  return { mailFrom, mailTo: mailTo.join(", ") };
}

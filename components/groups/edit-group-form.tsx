"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useForm } from "react-hook-form";
import { toast } from "sonner";
import { changeGroup } from "@/app/(portal)/team/groups/actions";
import { ConflictNotice } from "@/components/conflict/conflict-notice";
import { useCarefulSave } from "@/components/conflict/use-careful-save";
import { FROM_SERVER } from "@/components/form/text-field";
import {
  type GroupFields,
  type GroupSettings,
  groupFields,
  toFields,
  toSettings,
} from "./group-fields";
import { GroupForm } from "./group-form";

const LABELS = { name: "name", usesCommonKeys: "common", weight: "weight" } as const;

/** Renames a group, and changes which keys it uses. */
export function EditGroupForm({
  id,
  settings,
  onDone,
}: {
  readonly id: string;
  readonly settings: GroupSettings;
  readonly onDone: () => void;
}) {
  const t = useTranslations("groups");
  const router = useRouter();
  const form = useForm<GroupFields>({
    resolver: zodResolver(groupFields),
    defaultValues: toFields(settings),
  });
  const careful = useCarefulSave<GroupSettings, void>(settings, ({ changes, was }) =>
    changeGroup({ id, changes, was }),
  );

  async function submit(fields: GroupFields) {
    const wanted = toSettings(fields);
    const saved = await careful.save(wanted);
    if (saved.kind === "open") return;
    if (saved.kind === "refused") {
      if (saved.failure.issues.some(({ path }) => path === "name")) {
        form.setError("name", { type: FROM_SERVER, message: t("form.taken") });
      } else form.setError("root", { message: t("failed") });
      return;
    }
    toast.success(t("edit.done", { name: wanted.name }));
    router.refresh();
    onDone();
  }

  const { isSubmitting } = form.formState;
  return (
    <GroupForm
      form={form}
      submitLabel={t("edit.submit")}
      onSubmit={submit}
      notice={
        <ConflictNotice
          conflict={careful.conflict}
          labelOf={(name) => t(`form.${LABELS[name]}`)}
          textOf={(value, name) =>
            name === "usesCommonKeys" ? t(value ? "common.yes" : "common.no") : String(value)
          }
          isBusy={isSubmitting}
          onTheirs={() => {
            const now = { ...toSettings(form.getValues()), ...careful.settle() };
            form.reset(toFields(now), { keepDefaultValues: true });
          }}
          onMine={() => {
            careful.settle();
            void form.handleSubmit(submit)();
          }}
        />
      }
    />
  );
}

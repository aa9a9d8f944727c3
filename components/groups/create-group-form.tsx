"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useForm } from "react-hook-form";
import { toast } from "sonner";
import { createGroup } from "@/app/(portal)/team/groups/actions";
import { answered } from "@/components/answered";
import { FROM_SERVER } from "@/components/form/text-field";
import { type GroupFields, groupFields, toFields, toSettings } from "./group-fields";
import { GroupForm } from "./group-form";

/** Creates a group, and opens its page. */
export function CreateGroupForm() {
  const t = useTranslations("groups");
  const router = useRouter();
  const form = useForm<GroupFields>({
    resolver: zodResolver(groupFields),
    defaultValues: toFields({ name: "", usesCommonKeys: true, weight: 1 }),
  });

  async function submit(fields: GroupFields) {
    const settings = toSettings(fields);
    const result = await answered(() => createGroup(settings));
    if (result === null) return;
    if (result.ok) {
      toast.success(t("create.done", { name: settings.name }));
      router.push(`/team/groups/${result.data.id}`);
    } else if (result.code === "conflict") {
      form.setError("name", { type: FROM_SERVER, message: t("form.taken") });
    } else form.setError("root", { message: t("failed") });
  }

  return <GroupForm form={form} submitLabel={t("create.submit")} onSubmit={submit} />;
}
